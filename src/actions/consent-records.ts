/**
 * A contact's history as consent records, one for each type of mail, by the structure of ISO/IEC TS 27560:2023 as it is
 * publicly described (https://w3id.org/dpv/guides/consent-27560). `docs/evidence.md` maps it field by field.
 */
import type { Catalog } from '../domain/catalog.ts';
import type { ContactAct, Evidence, TextShown } from '../domain/evidence.ts';
import type { State } from '../domain/preferences.ts';
import type { DescribedEvent, StateChange } from './describe-history.ts';

const SCHEMA_VERSION = 'ISO/IEC TS 27560:2023';

/** Of the states of a consent, those that a history can tell. */
type ConsentState = 'given' | 'reaffirmed' | 'refused' | 'withdrawn' | 'unknown' | 'terminated';

interface Change {
  readonly event: DescribedEvent;
  readonly change: StateChange | null;
}

type ContactNamed = { readonly address: string | null; readonly subscriberKey: string };

/** `history` is oldest first. Types of which nothing was ever said have no record. */
export function consentRecordsOf(history: readonly DescribedEvent[], catalog: Catalog, contact: ContactNamed) {
  const types = new Set(history.flatMap(({ changes }) => changes.map(({ subscriptionId }) => subscriptionId)));
  return [...types].map((type) => consentRecord(type, changesOf(type, history), catalog, contact));
}

/** What happened to a type: its own changes, and the erasure of the contact, which ends the record of what was said. */
function changesOf(type: number, history: readonly DescribedEvent[]): Change[] {
  let isBegun = false;
  return history.flatMap((event): Change[] => {
    const change = event.changes.find(({ subscriptionId }) => subscriptionId === type) ?? null;
    isBegun ||= change !== null;
    return change || (isBegun && event.type === 'ERASED') ? [{ event, change }] : [];
  });
}

function consentRecord(
  type: number,
  changes: readonly Change[],
  { account, definitions }: Catalog,
  contact: ContactNamed,
) {
  const definition = definitions.get(type);
  const { event: latest } = changes.at(-1)!;
  const notice = changes.findLast(({ event }) => noticeOf(event))?.event;
  const controller = `account:${account.id}`;
  const principal = contact.address ?? `subscriber-key:${contact.subscriberKey}`;
  return {
    schema_version: SCHEMA_VERSION,
    record_id: `${changes[0]!.event.eventId}/${type}`,
    pii_principal_id: principal,
    pii_processing: {
      privacy_notice: notice ? noticeOf(notice) : null,
      language: (notice && noticeOf(notice)?.language) ?? null,
      purposes: [
        {
          purpose_id: type,
          purpose: definition?.name ?? null,
          purpose_description: definition?.description ?? null,
          lawful_basis: changes.findLast(({ event }) => event.legalBasis !== null)?.event.legalBasis ?? null,
          pii_information: [{ pii_type: 'e-mail address', pii_optional: false }],
          pii_controllers: [controller],
          collection_method: latest.source,
          withdrawal_method: 'Preference page, unsubscribe page or one click, by links made for the contact',
        },
      ],
    },
    party_identification: [
      { party_id: controller, party_name: account.name, party_type: 'PII controller' },
      { party_id: principal, party_type: 'PII principal' },
    ],
    consent_events: changes.map(({ event, change }) => ({
      event_id: event.eventId,
      event_time: event.occurredAt,
      event_type: typeOf(event),
      event_state: stateOf(event, change),
      entity_id: event.page === null ? (event.appId === null ? 'operator' : `app:${event.appId}`) : principal,
      lawful_basis: event.legalBasis,
      explanation: event.legalBasisExplanation,
      privacy_notice: noticeOf(event),
      validity_duration: null,
    })),
  };
}

export type ConsentRecord = ReturnType<typeof consentRecordsOf>[number];

/** The text that was agreed to. */
function noticeOf({ evidence }: { readonly evidence: Evidence | null }): TextShown | null {
  const { consent = null, signUp } = evidence ?? {};
  return consent ?? signUp?.consent ?? null;
}

const BY_CONTACT: Readonly<Record<ContactAct, string>> = {
  'preference-page': 'expressed by the contact on a page',
  'unsubscribe-page': 'expressed by the contact on a page',
  'one-click': 'expressed by the contact in one click',
  'sign-up': 'expressed by the contact, confirmed by e-mail',
};

function typeOf({ page }: DescribedEvent): string {
  return page === null ? 'recorded for the contact' : BY_CONTACT[page];
}

/** Whoever is subscribed on another ground than consent gave none that is known of. */
function stateOf(event: DescribedEvent, change: StateChange | null): ConsentState {
  if (event.type === 'ERASED' || change === null) return 'terminated';
  const { from, to } = change;
  if (to === 'UNSUBSCRIBED') return from === 'SUBSCRIBED' ? 'withdrawn' : 'refused';
  const isConsent = event.legalBasis === 'CONSENT_WITH_NOTICE' || (event.page !== null && noticeOf(event) !== null);
  return to === 'SUBSCRIBED' && isConsent ? given(from) : 'unknown';
}

function given(from: State): ConsentState {
  return from === 'SUBSCRIBED' ? 'reaffirmed' : 'given';
}
