/** `optio link-key`: the family of commands on the keys that links are sealed with. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addLinkKeyList } from './link-key-list.ts';
import { addLinkKeyRotate } from './link-key-rotate.ts';

export function addLinkKey(program: Command, run: Run): Command {
  const family = program
    .command('link-key')
    .description("Link keys seal an account's links. The first is made with the first link; a key is never shown.");
  addLinkKeyList(family, run);
  addLinkKeyRotate(family, run);
  return family;
}
