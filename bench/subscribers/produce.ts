/** Subscribers with a history, made as the committer would: decided one change after the other, each event sealed. */
import { systemRandomness } from '../../src/actions/context.ts';
import { subscriberKey } from '../../src/domain/address.ts';
import { makeCatalog } from '../../src/domain/catalog.ts';
import { decide } from '../../src/domain/decide.ts';
import { type LedgerEvent, sealEvent, UNKNOWN_SUBSCRIBER } from '../../src/domain/ledger.ts';
import { publicApiActor } from '../../src/domain/outcome.ts';
import type { SubscriberChange } from '../../src/storage/port.ts';
import { ACCOUNT_ID, APP_ID, addressOf, benchAccount, changeTo, LOADED_AT, loadedState } from '../population.ts';

/** How many ids share a millisecond: what the twelve bits behind it can count. */
const IDS_PER_MS = 4_096;

const { account, businessUnits, definitions } = benchAccount();
const catalog = makeCatalog(account, businessUnits, definitions);
const actor = publicApiActor(APP_ID);
const { salt } = systemRandomness();
const NODE = `8${salt().slice(0, 3)}-${salt().slice(0, 12)}`;

export function keyOf(contact: number): string {
  return subscriberKey(ACCOUNT_ID, addressOf(contact));
}

/**
 * A contact as the first to be written to. `place` is its place among those that are loaded, from 0: ids and instants
 * go up with it, so that whoever inserts in that order appends to the ledger.
 */
export function produceSubscriber(contact: number, key: string, place: number, typesEach: number): SubscriberChange {
  const ref = { accountId: ACCOUNT_ID, subscriberKey: key };
  const events: LedgerEvent[] = [];
  let state = UNKNOWN_SUBSCRIBER;
  for (let type = 0; type < typesEach; type++) {
    const sequence = place * typesEach + type;
    const decision = decide(state, changeTo(type, loadedState(contact, type)), actor, catalog, instantOf(sequence));
    if (!decision.event) throw new Error('A change that was to be loaded changes nothing');
    const { event, next } = sealEvent(state, ref, decision.event, { eventId: eventId(sequence), salt });
    events.push(event);
    state = next;
  }
  return { ref, address: addressOf(contact), baseVersion: 0, state, events };
}

function instantOf(sequence: number): number {
  return LOADED_AT + Math.floor(sequence / IDS_PER_MS);
}

/** A UUIDv7 whose instant and counter are the place in the load; its random bits are drawn once a process. */
function eventId(sequence: number): string {
  const ms = instantOf(sequence).toString(16).padStart(12, '0');
  const counter = (sequence % IDS_PER_MS).toString(16).padStart(3, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${counter}-${NODE}`;
}
