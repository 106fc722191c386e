/** `optio link-key list`. */
import type { Command } from 'commander';
import { describeLinkKey } from '../../actions/describe-catalog.ts';
import { listLinkKeys } from '../../actions/manage-link-keys.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addLinkKeyList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the keys')
    .description("Lists the account's link keys, the oldest first. The last one seals new links.")
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio link-key list', 'see how old the key is, and until when others work']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await listLinkKeys(management, account.id), (found) => {
          const keys = found.map(describeLinkKey);
          const rows = keys.map((key) => [key.id, key.createdAt, stateOf(key, Date.now())]);
          return { text: formatTable(['ID', 'CREATED', 'ITS LINKS'], rows), data: keys };
        }),
      ),
    ),
  );
}

function stateOf({ retiresAt }: ReturnType<typeof describeLinkKey>, now: number): string {
  if (retiresAt === null) return 'work';
  return `${Date.parse(retiresAt) <= now ? 'void since' : 'work until'} ${retiresAt}`;
}
