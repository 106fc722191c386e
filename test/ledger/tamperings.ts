/**
 * What somebody may do to a ledger who can write to the database and knows how everything is computed. Each kind alters
 * something at random; what of it would change nothing is not counted.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  type EventBody,
  type EventDraft,
  followEvent,
  hashEvent,
  type LedgerEvent,
  type Personal,
  sealEvent,
  UNKNOWN_SUBSCRIBER,
} from '../../src/domain/ledger.ts';
import { encodePreferences } from '../../src/storage/preferences-document.ts';
import { draftOf, type SampleContact, type SampleLedger } from '../support/sample-ledger.ts';

export interface Scene {
  readonly database: DatabaseSync;
  readonly sample: SampleLedger;
  readonly random: () => number;
}

/** Alters something; says what, for whoever repeats it, or null where nothing was altered. */
export type Tampering = (scene: Scene) => string | null;

const EVENT_COLUMNS = [
  'event_id',
  'account_id',
  'subscriber_key',
  'version',
  'occurred_at',
  'previous_event_id',
  'hash',
  'body',
  'personal',
];
const CONTACT_COLUMNS = [
  'account_id',
  'subscriber_key',
  'address',
  'version',
  'head_event_id',
  'head_hash',
  'last_event_at',
  'preferences',
];

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

function bytes(uuidOrHex: string): Buffer {
  return Buffer.from(uuidOrHex.replaceAll('-', ''), 'hex');
}

function run(database: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(database.prepare(sql).run(...values).changes);
}

/** A bit of a byte, a byte dropped, or one put in; of a number another number. */
function altered(value: unknown, random: () => number): { value: SQLInputValue; isText: boolean } | null {
  if (value === null) return null;
  if (typeof value === 'number') {
    const others = [value + 1, value - 1, -value, value + 2 ** 20, 2 ** 53 - 1, 0];
    const other = pick(random, others);
    return other === value ? null : { value: other, isText: false };
  }
  const isText = typeof value === 'string';
  const before = isText ? Buffer.from(value) : Buffer.from(value as Uint8Array);
  const at = Math.floor(random() * before.length);
  const how = random();
  const after = Buffer.from(before);
  if (how < 0.7) after[at]! ^= 1 << Math.floor(random() * 8);
  const [head, tail] = [before.subarray(0, at), before.subarray(at)];
  if (how < 0.7) return { value: after, isText };
  if (how < 0.85) return { value: Buffer.concat([head, tail.subarray(1)]), isText };
  return { value: Buffer.concat([head, Buffer.of(Math.floor(random() * 256)), tail]), isText };
}

function alterColumn(
  database: DatabaseSync,
  random: () => number,
  table: string,
  column: string,
  where: string,
  ...key: SQLInputValue[]
): string | null {
  const row = database.prepare(`SELECT ${column} AS value FROM ${table} WHERE ${where}`).get(...key);
  const change = altered(row?.value ?? null, random);
  if (!change) return null;
  const value = change.isText ? 'CAST(? AS TEXT)' : '?';
  run(database, `UPDATE OR REPLACE ${table} SET ${column} = ${value} WHERE ${where}`, change.value, ...key);
  return `${table}.${column} where ${where}: ${JSON.stringify(change.value)}`;
}

const alterEvent: Tampering = ({ database, sample, random }) => {
  const { eventId } = pick(random, pick(random, sample.contacts).events);
  return alterColumn(database, random, 'event', pick(random, EVENT_COLUMNS), 'event_id = ?', bytes(eventId));
};

const alterContact: Tampering = ({ database, sample, random }) => {
  const { accountId, subscriberKey } = pick(random, sample.contacts).ref;
  const where = 'account_id = ? AND subscriber_key = ?';
  const column = pick(random, CONTACT_COLUMNS);
  if (column === 'address') return readdress(database, accountId, subscriberKey);
  return alterColumn(database, random, 'subscriber', column, where, accountId, bytes(subscriberKey));
};

/** The case of an address is the contact's own, so an altered letter may be none: another one is another contact. */
function readdress(database: DatabaseSync, accountId: number, subscriberKey: string): string {
  const sql = "UPDATE subscriber SET address = 'else-' || address WHERE account_id = ? AND subscriber_key = ?";
  run(database, sql, accountId, bytes(subscriberKey));
  return `the address of ${subscriberKey}`;
}

const alterSeals: Tampering = ({ database, random }) => {
  const [table, column] = pick(random, [
    ['ledger_checkpoint', 'document'],
    ['ledger_checkpoint', 'peaks'],
    ['ledger_checkpoint', 'number'],
    ['ledger_tile', 'root'],
    ['ledger_tile', 'last_event_id'],
    ['ledger_tile', 'number'],
  ] as const);
  const [row] = database.prepare(`SELECT number FROM ${table} ORDER BY random() LIMIT 1`).all();
  return alterColumn(database, random, table, column, 'number = ?', row!.number as number);
};

const dropSeal: Tampering = ({ database, random }) => {
  const [table, number] = pick(random, [
    ['ledger_checkpoint', 1],
    ['ledger_checkpoint', 2],
    ['ledger_tile', 0],
  ] as const);
  run(database, `DELETE FROM ${table} WHERE number = ?`, number);
  return `${table} ${number} dropped`;
};

const moveHorizonBack: Tampering = ({ database }) => {
  run(database, 'UPDATE ledger_horizon SET closed_through = ?', Buffer.alloc(16, 1));
  return 'the horizon moved back';
};

const dropEvent: Tampering = ({ database, sample, random }) => {
  const { eventId } = pick(random, pick(random, sample.contacts).events);
  run(database, 'DELETE FROM event WHERE event_id = ?', bytes(eventId));
  return `event ${eventId} dropped`;
};

/** Two events of a contact change places: each gets what the other says. */
const swapEvents: Tampering = ({ database, sample, random }) => {
  const { events } = pick(random, sample.contacts);
  const [one, other] = [pick(random, events), pick(random, events)];
  const column = pick(random, ['version', 'body', 'hash', 'occurred_at', 'personal']);
  const read = database.prepare(`SELECT ${column} AS value FROM event WHERE event_id = ?`);
  const [first, second] = [one, other].map(({ eventId }) => read.get(bytes(eventId))!.value as SQLInputValue);
  if (JSON.stringify(first) === JSON.stringify(second)) return null;
  const write = `UPDATE event SET ${column} = ? WHERE event_id = ?`;
  run(database, write, second!, bytes(one.eventId));
  run(database, write, first!, bytes(other.eventId));
  return `${column} of ${one.eventId} and ${other.eventId} swapped`;
};

const swapPersonal: Tampering = ({ database, sample, random }) => {
  const events = sample.contacts.flatMap((contact) => contact.events).filter(({ personal }) => personal !== null);
  const [one, other] = [pick(random, events), pick(random, events)];
  if (one === other) return null;
  const write = 'UPDATE event SET personal = ? WHERE event_id = ?';
  run(database, write, JSON.stringify(other.personal), bytes(one.eventId));
  return `what is personal of ${one.eventId} is that of ${other.eventId}`;
};

/** Personal values vanish, or others take their place, with a salt that somebody chose. */
const alterPersonal: Tampering = ({ database, sample, random }) => {
  const events = sample.contacts.flatMap((contact) => contact.events).filter(({ personal }) => personal !== null);
  const { eventId, personal } = pick(random, events);
  const { legalBasisExplanation: explanation } = personal as Personal;
  const values = [null, '{}', JSON.stringify({ ...personal, more: { salt: '00'.repeat(16), value: 'x' } })];
  if (explanation) values.push(JSON.stringify({ ...personal, legalBasisExplanation: { ...explanation, value: 'x' } }));
  run(database, 'UPDATE event SET personal = ? WHERE event_id = ?', pick(random, values), bytes(eventId));
  return `what is personal of ${eventId}`;
};

/** Chains and row hold again: only a checkpoint can tell. */
const rewriteSuffix: Tampering = ({ database, sample, random }) => {
  const contact = pick(random, sample.contacts.filter(hasSealedEvents(sample)));
  const sealed = contact.events.filter(isSealed(sample)).length;
  const from = Math.floor(random() * sealed);
  const events = contact.events.slice(0, from);
  for (const old of contact.events.slice(from)) events.push(forge(old, events.at(-1) ?? null, random));
  store(database, contact, events);
  return `${contact.ref.subscriberKey} rewritten from version ${from + 1} on`;
};

/** The last events of a contact are gone, and its row is as it was before them. */
const dropSuffix: Tampering = ({ database, sample, random }) => {
  const contact = pick(random, sample.contacts.filter(hasSealedEvents(sample)));
  const sealed = contact.events.filter(isSealed(sample)).length;
  const left = Math.floor(random() * sealed);
  store(database, contact, contact.events.slice(0, left));
  return `${contact.ref.subscriberKey} cut after version ${left}`;
};

/** A contact that never was, dated back. */
const addContact: Tampering = ({ database, sample, random }) => {
  const contact = pick(random, sample.contacts.filter(hasSealedEvents(sample)));
  const like = pick(random, contact.events.filter(isSealed(sample)));
  const key = contact.ref.subscriberKey.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const eventId = like.eventId.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  const first = { ...like, subscriberKey: key, eventId, version: 1, previousEventId: null };
  const invented = { ...contact, ref: { ...contact.ref, subscriberKey: key } };
  store(database, invented, [{ ...first, hash: hashEvent(UNKNOWN_SUBSCRIBER.headHash, first) }]);
  run(database, 'UPDATE subscriber SET address = NULL WHERE subscriber_key = ?', bytes(key));
  return `contact ${key} invented`;
};

function isSealed({ checkpoints }: SampleLedger): (event: LedgerEvent) => boolean {
  return ({ eventId }) => eventId <= checkpoints.at(-1)!.closedThrough;
}

function hasSealedEvents(sample: SampleLedger): (contact: SampleContact) => boolean {
  return ({ events }) => events.some(isSealed(sample));
}

/** Another event in the place of `old`, after `before`. */
function forge(old: LedgerEvent, before: LedgerEvent | null, random: () => number): LedgerEvent {
  const state = before
    ? { ...UNKNOWN_SUBSCRIBER, version: before.version, headEventId: before.eventId, headHash: before.hash }
    : UNKNOWN_SUBSCRIBER;
  const draft: EventDraft = draftOf(old.occurredAt, random);
  const chance = { eventId: old.eventId, salt: () => '0123456789abcdef'.repeat(2) };
  return sealEvent(state, old, { ...draft, body: { ...draft.body, source: 'Forged' } }, chance).event;
}

/** Has the contact have these events, and the row that follows from them; none at all where there are none. */
function store(database: DatabaseSync, { ref, address }: SampleContact, events: readonly LedgerEvent[]): void {
  const owner = [ref.accountId, bytes(ref.subscriberKey)] as const;
  run(database, 'DELETE FROM event WHERE account_id = ? AND subscriber_key = ?', ...owner);
  run(database, 'DELETE FROM subscriber WHERE account_id = ? AND subscriber_key = ?', ...owner);
  let state = UNKNOWN_SUBSCRIBER;
  for (const event of events) {
    state = followEvent(state, event, JSON.parse(event.body) as EventBody);
    const { eventId, version, occurredAt, previousEventId, hash, body, personal } = event;
    const values = [bytes(eventId), ...owner, version, occurredAt, previousEventId && bytes(previousEventId)];
    const rest = [bytes(hash), body, personal && JSON.stringify(personal)];
    run(database, 'INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', ...values, ...rest);
  }
  if (events.length === 0) return;
  const { version, headEventId, headHash, lastEventAt, preferences } = state;
  const head = [version, bytes(headEventId!), bytes(headHash), lastEventAt];
  const sql = `
    INSERT INTO subscriber (account_id, subscriber_key, address, version, head_event_id, head_hash, last_event_at, preferences)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  run(database, sql, ...owner, address, ...head, encodePreferences(preferences));
}

export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'a byte of an event': alterEvent,
  "a byte of a contact's row": alterContact,
  'a byte of a seal': alterSeals,
  'a seal dropped': dropSeal,
  'the horizon moved back': moveHorizonBack,
  'an event dropped': dropEvent,
  'events swapped': swapEvents,
  'personal values swapped': swapPersonal,
  'personal values altered': alterPersonal,
  'a suffix rewritten, hashes and row too': rewriteSuffix,
  'a suffix or a whole contact dropped, row too': dropSuffix,
  'a contact invented': addContact,
};
