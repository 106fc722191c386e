/** `optio token revoke`: takes a token back for good. */
import type { Command } from 'commander';
import { revokeToken } from '../../actions/manage-tokens.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addTokenRevoke(family: Command, run: Run): void {
  const command = family
    .command('revoke')
    .summary('take a token back for good')
    .description('Revokes a token. Running servers refuse it within two seconds. Doing so again changes nothing.')
    .argument('<token-id>', 'its id as "optio token list" shows it, not the token itself')
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio token revoke 5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11', 'refuse it from now on']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, tokenId: string, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await revokeToken(management, account.id, tokenId), () => ({
          text: `Token ${tokenId} is revoked.`,
          data: { id: tokenId, revoked: true },
        })),
      ),
    ),
  );
}
