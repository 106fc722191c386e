/** `optio token`: the family of commands on API tokens. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addTokenCreate } from './token-create.ts';
import { addTokenList } from './token-list.ts';
import { addTokenRevoke } from './token-revoke.ts';
import { addTokenRotate } from './token-rotate.ts';

export function addToken(program: Command, run: Run): Command {
  const family = program
    .command('token')
    .description('Tokens let an app use the API. Each belongs to one account and one app; only its SHA-256 is kept.');
  addTokenCreate(family, run);
  addTokenList(family, run);
  addTokenRotate(family, run);
  addTokenRevoke(family, run);
  return family;
}
