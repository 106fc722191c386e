/** `optio link-key rotate`: a new key for new links; of the old ones it must be said how long they work. */
import { type Command, Option } from 'commander';
import { describeLinkKey } from '../../actions/describe-catalog.ts';
import { rotateLinkKey } from '../../actions/manage-link-keys.ts';
import { instant } from '../../actions/show-instant.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, EXPIRY_FORM, examples, jsonOption, parseEnd } from '../options.ts';
import type { Run } from '../program.ts';

type OldLinksUntil = number | 'now' | 'never';

interface Options {
  readonly account?: number;
  readonly oldLinksUntil: OldLinksUntil;
}

export function addLinkKeyRotate(family: Command, run: Run): void {
  const command = family
    .command('rotate')
    .summary('seal new links with a new key')
    .description(
      'Makes a new key, which seals links from now on; running servers take it up within two seconds. You must say how long the links that were made before work, since contacts may still hold them in old messages and must be able to unsubscribe.',
    )
    .addOption(
      new Option(
        '--old-links-until <when>',
        'a duration (90d, 52w) or an instant (ISO 8601, or a date): they work that long, then no more; now: they are void at once, all of them; never: nothing ends them',
      )
        .argParser(parseOldLinksUntil)
        .makeOptionMandatory(),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        [
          'optio link-key rotate --old-links-until 90d',
          'a key that has been used for years; messages of it may be read',
        ],
        ['optio link-key rotate --old-links-until never', 'the same, and old links go on working for good'],
        ['optio link-key rotate --old-links-until now', 'somebody has a copy of the database'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const { oldLinksUntil } = options;
        const othersRetireAt = oldLinksUntil === 'never' ? null : oldLinksUntil;
        return concludeWith(await rotateLinkKey(management, account.id, othersRetireAt), (key) => ({
          text: `Key ${key.id} seals links from now on. ${ofTheOthers(oldLinksUntil)}`,
          data: describeLinkKey(key),
        }));
      }),
    ),
  );
}

function parseOldLinksUntil(text: string): OldLinksUntil {
  if (text === 'now' || text === 'never') return text;
  return parseEnd(text, `${EXPIRY_FORM}, now or never`, 'with now the links are void at once');
}

function ofTheOthers(until: OldLinksUntil): string {
  if (until === 'now') return 'Links of the keys before it are void.';
  if (until === 'never') return 'Links of the keys before it go on working.';
  return `Links of the keys before it work until ${instant(until)}, unless their end was set earlier.`;
}
