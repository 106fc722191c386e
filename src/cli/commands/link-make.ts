/** `optio link make`: one contact's links, to try them or to answer somebody who asks for one. */
import { type Command, Option } from 'commander';
import { describeMailingLinks } from '../../actions/describe-links.ts';
import { type LinkRefusal, makeLinks } from '../../actions/make-links.ts';
import type { Address } from '../../domain/address.ts';
import { openLinkMaker, SITE_UNKNOWN, warnOfSite } from '../link-maker.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact, parseId, parseLanguage } from '../options.ts';
import type { Run } from '../program.ts';
import { failed } from '../shell.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly type?: number;
  readonly brand?: number;
  readonly language?: string;
}

export function addLinkMake(family: Command, run: Run): void {
  const command = family
    .command('make')
    .summary("make a contact's links")
    .description(
      'Makes the links of one contact, and the headers of a message to them. The contact need not be known. Whoever has a link can use it: send it to nobody else. For a whole mailing, POST /optio/v1/links/batch makes them, 10 000 contacts a call.',
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(
      new Option('--type <id>', 'the type of mail that one click ends; everything without it').argParser(parseId),
    )
    .addOption(new Option('--brand <id>', 'the brand; that of the type by default, or 0').argParser(parseId))
    .addOption(
      new Option(
        '--language <tag>',
        'the language of the pages where the browser asks for no other (BCP 47, such as de)',
      ).argParser(parseLanguage),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio link make ada@example.com --public-url https://mail.example.com', 'where the server is found by Ada'],
        [
          'optio link make ada@example.com --type 39644612 --language de',
          'one click ends this type; pages in German by default',
        ],
        ['optio link make ada@example.com --json | jq -r .managePreferencesUrl', 'the preference page alone'],
      ),
    );
  addSettings(command, ['databaseUrl', 'publicUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async (management, account, config) => {
        const maker = openLinkMaker(management, config);
        if (!maker) return failed(SITE_UNKNOWN);
        const mailing = { businessUnitId: options.brand ?? null, subscriptionId: options.type ?? null };
        const wish = { address, language: options.language ?? null };
        const outcome = await makeLinks(maker, account.id, mailing, [wish]);
        if (outcome.kind === 'refused') return failed(describeRefusal(outcome.refusal));
        warnOfSite(shell, config, maker);
        const message = { mailing, brand: outcome.brand, siteUrl: maker.site.url };
        const made = describeMailingLinks(message, wish, outcome.links[0]!);
        return { kind: 'done', text: describeForPeople(made), data: made };
      }),
    ),
  );
}

function describeRefusal(refusal: LinkRefusal): string {
  switch (refusal.code) {
    case 'subscription-unknown':
      return `there is no definition ${refusal.subscriptionId}; optio definition list shows them`;
    case 'business-unit-unknown':
      return `there is no brand ${refusal.businessUnitId}; optio brand list shows them`;
    case 'brand-mismatch':
      return `definition ${refusal.subscriptionId} is not of brand ${refusal.businessUnitId}; leave --brand out for its own`;
  }
}

function describeForPeople(made: ReturnType<typeof describeMailingLinks>): string {
  const urls = formatFields([
    ['choose', made.managePreferencesUrl],
    ...(made.unsubscribeSingleUrl ? [['end the type', made.unsubscribeSingleUrl] as const] : []),
    ['end everything', made.unsubscribeAllUrl],
  ]);
  const headers = Object.entries(made.headers).map(([name, value]) => `${name}: ${value}`);
  return `${urls}\n\nHeaders of a message to ${made.subscriberIdString}:\n\n${headers.join('\n')}`;
}
