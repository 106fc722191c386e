/** What an event of a contact's ledger says, in words for people. */
import type { DescribedEvent, StateChange } from '../actions/describe-history.ts';
import type { State } from '../domain/preferences.ts';
import { printable } from './table.ts';

/** When and what, in one line. */
export function headlineOf(event: DescribedEvent): string {
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
      return `evidence was kept long enough, that of event${expiredVersions.length === 1 ? '' : 's'} ${expiredVersions.join(', ')}`;
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

export type Field = readonly [name: string, value: string];

/** Everything else that is known of it, by name. */
export function fieldsOf(event: DescribedEvent): Field[] {
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

export function fieldUnlessNull(name: string, value: string | null): Field[] {
  return value === null ? [] : [[name, value]];
}

function fieldWhere(isThere: unknown, name: string, value: string | undefined): Field[] {
  return isThere ? [[name, value ?? '']] : [];
}
