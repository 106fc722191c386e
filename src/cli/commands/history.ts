/** `optio history`: everything that was ever said of a contact, for people or for machines. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type DescribedEvent, describeEvent, type StateChange } from '../../actions/describe-history.ts';
import { readHistory } from '../../actions/read-history.ts';
import type { Address } from '../../domain/address.ts';
import type { State } from '../../domain/preferences.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields, printable } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly limit?: number;
}

export function addHistory(program: Command, run: Run): Command {
  const command = program
    .command('history')
    .description(
      "Prints every change of what a contact may be sent, newest first: what held before and after, why, by whom, and what shows it. The contact's ledger is checked on the way; where it does not hold, that is said and nothing else.",
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(
      new Option('--limit <count>', 'the newest so many changes; all of them by default').argParser(parseLimit),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio history ada@example.com', 'why does Ada get our mail?'],
        ['optio history ada@example.com --limit 1 --json', 'the last change, for a script'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async ({ store }, account) => {
        const catalog = await loadCatalog(store, account);
        const { limit = Number.POSITIVE_INFINITY } = options;
        const page = await readHistory({ store }, account.id, address, { limit, after: null });
        const events = page!.steps.map((step) => describeEvent(step, catalog));
        return { kind: 'done', text: describeForPeople(address, events, page!.next !== null), data: events };
      }),
    ),
  );
  return command;
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

function describeForPeople(address: Address, events: readonly DescribedEvent[], hasMore: boolean): string {
  if (events.length === 0) return `Nobody ever said anything about ${address.shown}.`;
  const blocks = events.map((event) => `${headlineOf(event)}\n${indented(formatFields(fieldsOf(event)))}`);
  const more = hasMore ? ['There are older changes; a larger --limit, or none, shows them.'] : [];
  return [...blocks, ...more].join('\n\n');
}

function indented(lines: string): string {
  return lines.replace(/^/gm, '  ');
}

function headlineOf(event: DescribedEvent): string {
  return printable(`${event.occurredAt}  ${whatHappened(event)}`);
}

function whatHappened({ type, businessUnitId, changes, expiredVersions }: DescribedEvent): string {
  const scope = businessUnitId === null ? 'of the account' : `of brand ${businessUnitId}`;
  switch (type) {
    case 'OPTED_OUT_OF_ALL':
      return `opted out of everything ${scope}`;
    case 'OPT_OUT_WITHDRAWN':
      return `took the opt-out of everything ${scope} back`;
    case 'ERASED':
      return 'was erased';
    case 'EVIDENCE_EXPIRED':
      return `evidence was kept long enough, that of event ${expiredVersions.join(', ')}`;
    case 'STATUS_SET': {
      const [own] = changes;
      return own!.from === own!.to ? `${nameOf(own!)}: ${WORDS[own!.to]} as before, for a new reason` : wordsOf(own!);
    }
  }
}

const WORDS: Readonly<Record<State, string>> = {
  SUBSCRIBED: 'subscribed',
  UNSUBSCRIBED: 'unsubscribed',
  NOT_SPECIFIED: 'not specified',
};

function wordsOf(change: StateChange): string {
  return `${nameOf(change)}: ${WORDS[change.from]} → ${WORDS[change.to]}`;
}

function nameOf({ subscriptionId, subscriptionName }: StateChange): string {
  return subscriptionName === null ? `type ${subscriptionId}` : `${subscriptionName} (${subscriptionId})`;
}

type Field = readonly [name: string, value: string];

function fieldsOf(event: DescribedEvent): Field[] {
  const { changes, endedOptOuts, legalBasis, legalBasisExplanation, evidence } = event;
  const others = event.type === 'STATUS_SET' ? changes.slice(1) : changes;
  const ended = endedOptOuts.map(({ businessUnitId }) => businessUnitId ?? 'the account');
  return [
    ...others.map((change): Field => ['so', wordsOf(change)]),
    ...fieldWhere(ended.length > 0, 'ended', `the opt-out of everything of ${ended.join(' and of ')}`),
    ['by', event.page === null ? event.source : `the contact: ${event.source}`],
    ...fieldWhere(event.reason !== null, 'reason', String(event.reason)),
    ...fieldWhere(legalBasis !== null, 'legal basis', String(legalBasis)),
    ...fieldWhere(legalBasisExplanation !== null, 'explanation', String(legalBasisExplanation)),
    ...(evidence ? evidenceFields(evidence) : []),
    ...fieldWhere(event.erased, 'erased', 'texts of this change were erased; that they were there is still proven'),
    ['event', `${event.eventId}, the contact's no. ${event.version}`],
    ['hash', event.hash],
  ];
}

function evidenceFields({ request, type, consent, signUp }: NonNullable<DescribedEvent['evidence']>): Field[] {
  const asked = signUp && `${signUp.request.at} ${signUp.appId === null ? 'by a form' : `through app ${signUp.appId}`}`;
  return [
    ...fieldWhere(type, 'was shown', type && [type.name, type.description].filter((text) => text !== '').join(': ')),
    ...fieldWhere(consent, 'agreed to', consent && `${consent.text} (${consent.language})`),
    ...fieldWhere(asked, 'asked for', asked),
    ...fieldWhere(request.userAgent, 'browser', request.userAgent),
    ...fieldWhere(request.ipAddress, 'IP address', request.ipAddress),
  ];
}

function fieldWhere(isThere: unknown, name: string, value: string | undefined): Field[] {
  return isThere ? [[name, value ?? '']] : [];
}
