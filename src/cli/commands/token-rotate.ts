/** `optio token rotate`: a new token in place of another, which works on for a while. */
import type { Command } from 'commander';
import { describeIssuedToken } from '../../actions/describe-catalog.ts';
import { rotateToken } from '../../actions/rotate-token.ts';
import type { OldUntil } from '../../actions/rotation.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, oldUntilOption } from '../options.ts';
import type { Run } from '../program.ts';
import { showIssuedToken } from '../show-secrets.ts';

interface Options {
  readonly account?: number;
  readonly oldUntil?: OldUntil;
}

export function addTokenRotate(family: Command, run: Run): void {
  const command = family
    .command('rotate')
    .summary('replace a token by a new one, and show it, once')
    .description(
      'Makes a new token under the same id, with the same app, scopes, networks and end, and shows it this once. Running servers take it within two seconds. The old one works on for a day, or as --old-until says; one that was replaced before it works no more.',
    )
    .argument('<token-id>', 'its id as "optio token list" shows it, not the token itself')
    .addOption(oldUntilOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio token rotate 5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11', 'a day to change it everywhere'],
        ['optio token rotate 5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11 --old-until now', 'somebody else knows the old one'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, tokenId: string, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await rotateToken(management, account.id, tokenId, options.oldUntil), (issued) => ({
          text: showIssuedToken(issued),
          data: describeIssuedToken(issued),
        })),
      ),
    ),
  );
}
