/** `optio account`: the family of commands on accounts. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addAccountCreate } from './account-create.ts';
import { addAccountList } from './account-list.ts';
import { addAccountUpdate } from './account-update.ts';

export function addAccount(program: Command, run: Run): Command {
  const family = program
    .command('account')
    .description('Accounts (HubSpot: portals) own everything else and know nothing of each other.');
  addAccountCreate(family, run);
  addAccountList(family, run);
  addAccountUpdate(family, run);
  return family;
}
