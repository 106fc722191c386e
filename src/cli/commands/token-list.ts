/** `optio token list`. */
import type { Command } from 'commander';
import { describeToken } from '../../actions/describe-catalog.ts';
import { listTokens } from '../../actions/manage-tokens.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { summarizeScopes } from '../summarize-scopes.ts';
import { formatTable } from '../table.ts';

type DescribedToken = ReturnType<typeof describeToken>;

export function addTokenList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the tokens')
    .description(
      "Lists an account's tokens, revoked and expired ones too. Of a token itself only the last four characters are known. When it was last used is known to the minute, some seconds later.",
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio token list', 'find the id of a token to revoke']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const tokens = (await listTokens(management, account.id)).map(describeToken);
        const rows = tokens.map((token) => [
          token.id,
          token.name,
          endingOf(token),
          String(token.appId),
          showMinute(token.lastUsedAt),
          token.allowedNetworks.join(', ') || 'everywhere',
          stateOf(token),
          summarizeScopes(token.scopes),
        ]);
        return {
          kind: 'done',
          text: formatTable(['ID', 'NAME', 'ENDS IN', 'APP', 'LAST USED', 'FROM', 'STATE', 'SCOPES'], rows),
          data: tokens,
        };
      }),
    ),
  );
}

/** While a rotation is under way, the old secret too. */
function endingOf({ hint, oldSecret }: DescribedToken): string {
  if (oldSecret === null || Date.parse(oldSecret.endsAt) <= Date.now()) return `…${hint}`;
  return `…${hint} (…${oldSecret.hint} until ${oldSecret.endsAt})`;
}

/** `2026-01-31T12:00Z`: what is known to the minute is shown to the minute. */
function showMinute(instant: string | null): string {
  return instant === null ? 'never' : instant.replace(/:\d\d\.\d+Z$/, 'Z');
}

function stateOf(token: DescribedToken): string {
  if (token.revokedAt !== null) return `revoked ${token.revokedAt}`;
  if (token.expiresAt === null) return 'valid';
  return `${Date.parse(token.expiresAt) <= Date.now() ? 'expired' : 'valid until'} ${token.expiresAt}`;
}
