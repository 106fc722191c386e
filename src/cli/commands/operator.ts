/** `optio operator`: the family of commands on the people who say which app acts for an account. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addOperatorCreate } from './operator-create.ts';
import { addOperatorDelete } from './operator-delete.ts';
import { addOperatorList } from './operator-list.ts';
import { addOperatorRemoveTotp } from './operator-remove-totp.ts';
import { addOperatorSetPassword } from './operator-set-password.ts';
import { addOperatorSetUpTotp } from './operator-set-up-totp.ts';
import { addOperatorSignOut } from './operator-sign-out.ts';
import { addOperatorUpdate } from './operator-update.ts';

export function addOperator(program: Command, run: Run): Command {
  const family = program
    .command('operator')
    .description(
      'Operators are the people who sign in with a browser and say which app may act for an account, and in what.',
    );
  addOperatorCreate(family, run);
  addOperatorList(family, run);
  addOperatorUpdate(family, run);
  addOperatorSetPassword(family, run);
  addOperatorSetUpTotp(family, run);
  addOperatorRemoveTotp(family, run);
  addOperatorSignOut(family, run);
  addOperatorDelete(family, run);
  return family;
}
