/** `optio link`: the family of commands on the links by which contacts decide. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addLinkMake } from './link-make.ts';
import { addLinkRevoke } from './link-revoke.ts';

export function addLink(program: Command, run: Run): Command {
  const family = program
    .command('link')
    .description('Links lead contacts to the pages where they choose or unsubscribe, without a login.');
  addLinkMake(family, run);
  addLinkRevoke(family, run);
  return family;
}
