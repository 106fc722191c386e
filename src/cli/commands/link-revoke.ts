/** `optio link revoke`: makes void what one contact was sent. */
import type { Command } from 'commander';
import { revokeLinks } from '../../actions/open-link.ts';
import { instant } from '../../actions/show-instant.ts';
import type { Address } from '../../domain/address.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';

export function addLinkRevoke(family: Command, run: Run): void {
  const command = family
    .command('revoke')
    .summary("take a contact's links back")
    .description(
      'Makes every link void that was made for the contact up to now, at once and for good: in messages that they still have, too. Links that are made later work. What the contact chose stays.',
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio link revoke ada@example.com', 'a message to Ada went astray']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const revokedThrough = instant(await revokeLinks(management, account.id, address));
        return {
          kind: 'done',
          text: `Links to ${address.shown} that were made up to ${revokedThrough} are void.`,
          data: { subscriberIdString: address.shown, revokedThrough },
        };
      }),
    ),
  );
}
