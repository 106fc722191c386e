/** `optio brand`: the family of commands on brands. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addBrandCreate } from './brand-create.ts';
import { addBrandList } from './brand-list.ts';
import { addBrandShow } from './brand-show.ts';
import { addBrandUpdate } from './brand-update.ts';

export function addBrand(program: Command, run: Run): Command {
  const family = program
    .command('brand')
    .description('Brands (HubSpot: business units) divide an account. Brand 0 is the account itself.');
  addBrandCreate(family, run);
  addBrandList(family, run);
  addBrandShow(family, run);
  addBrandUpdate(family, run);
  return family;
}
