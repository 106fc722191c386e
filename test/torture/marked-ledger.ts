/** Holds a whole ledger against what marked writers asked for and were answered. */
import assert from 'node:assert/strict';
import { type EventBody, type LedgerEvent, replay } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Asked, StatusInput } from './marked-writer.ts';

const PAGE = 500;

export interface Contact {
  readonly address: string;
  /** Oldest first. */
  readonly events: readonly LedgerEvent[];
}

/** Every contact's events. Fails where a chain does not verify, has a gap, or does not rebuild the stored state. */
export async function readLedger(databaseUrl: string): Promise<Contact[]> {
  const store = await openStore(databaseUrl);
  const contacts: Contact[] = [];
  try {
    for (let page = await store.subscribers.scan(null, PAGE); page.length > 0; ) {
      for (const { ref, address, state } of page) {
        const events = (await store.subscribers.history(ref, state.version + 1)).toReversed();
        assert.deepEqual(replay(events), state, `${address}: the ledger rebuilds what is stored`);
        contacts.push({ address: address ?? '', events });
      }
      page = await store.subscribers.scan(page.at(-1)!.ref, PAGE);
    }
  } finally {
    await store.close();
  }
  const ids = contacts.flatMap(({ events }) => events.map(({ eventId }) => eventId));
  assert.equal(new Set(ids).size, ids.length, 'no two events share an id');
  return contacts;
}

interface Found {
  readonly address: string;
  readonly body: EventBody;
  readonly occurredAt: number;
}

/**
 * Fails unless every answered input has exactly one event, which says what the answer said; every other input has one at
 * most, all of its request or none; and nothing is there that nobody asked for.
 */
export function assertAgrees(
  ledger: readonly Contact[],
  requests: readonly Asked[],
): { events: number; answered: number; brokenOff: number } {
  const { byMarker, optOuts, events } = index(ledger);
  const possibleOptOuts = new Map<string, number>();
  for (const asked of requests) {
    if (asked.kind === 'set') assertSet(asked.inputs, asked.rows, byMarker);
    else assertOptedOut(asked.addresses, asked.rows, optOuts, possibleOptOuts);
  }
  assert.equal(byMarker.size, 0, `nobody asked for ${[...byMarker.keys()].slice(0, 3)}`);
  for (const [address, instants] of optOuts) {
    const possible = possibleOptOuts.get(address) ?? 0;
    assert.ok(instants.size <= possible, `${address}: ${instants.size} opt-outs were never answered, of ${possible}`);
  }
  const answered = requests.filter(({ rows }) => rows !== null).length;
  return { events, answered, brokenOff: requests.filter(({ rows, isBusy }) => rows === null && !isBusy).length };
}

/** The events by their markers, and the instants of each contact's opt-outs. What is accounted for is taken away. */
function index(ledger: readonly Contact[]) {
  const byMarker = new Map<string, Found>();
  const optOuts = new Map<string, Set<number>>();
  let events = 0;
  for (const { address, events: chain } of ledger) {
    events += chain.length;
    const instants = new Set<number>();
    optOuts.set(address, instants);
    for (const { body: text, personal, occurredAt } of chain) {
      const body = JSON.parse(text) as EventBody;
      if (body.type === 'OPTED_OUT_OF_ALL') {
        instants.add(occurredAt);
        continue;
      }
      const marker = personal?.legalBasisExplanation?.value ?? '';
      assert.ok(!byMarker.has(marker), `${marker} was carried out twice`);
      byMarker.set(marker, { address, body, occurredAt });
    }
  }
  return { byMarker, optOuts, events };
}

function assertSet(inputs: readonly StatusInput[], rows: Asked['rows'], byMarker: Map<string, Found>): void {
  const found = inputs.map(({ marker }) => byMarker.get(marker));
  for (const { marker } of inputs) byMarker.delete(marker);
  if (rows === null) {
    const there = found.filter((event) => event !== undefined).length;
    assert.ok(
      there === 0 || there === inputs.length,
      `${there} of ${inputs.length} inputs: a batch is whole or absent`,
    );
    return;
  }
  assert.equal(rows.length, inputs.length);
  inputs.forEach(({ address, marker, subscriptionId, state }, place) => {
    const event = found[place];
    assert.ok(event, `${marker} was answered, but is not in the ledger`);
    const { body, occurredAt } = event;
    assert.ok(body.type === 'STATUS_SET');
    assert.deepEqual([event.address, body.subscriptionId, body.to], [address, subscriptionId, state], marker);
    const row = rows[place]!;
    const changed = body.from === 'UNSUBSCRIBED' ? 'RESUBSCRIBE_OCCURRED' : 'REQUESTED_CHANGE_OCCURRED';
    const reason =
      body.from === state ? 'NO_STATUS_CHANGE' : state === 'SUBSCRIBED' ? changed : 'REQUESTED_CHANGE_OCCURRED';
    const { subscriberIdString, status, setStatusSuccessReason, legalBasisExplanation, timestamp } = row;
    assert.deepEqual(
      [subscriberIdString, row.subscriptionId, status, setStatusSuccessReason, legalBasisExplanation],
      [address, subscriptionId, state, reason, marker],
    );
    assert.equal(Date.parse(timestamp), occurredAt, `${marker}: the state answered is the state that held`);
  });
}

function assertOptedOut(
  addresses: readonly string[],
  rows: Asked['rows'],
  optOuts: Map<string, Set<number>>,
  possible: Map<string, number>,
): void {
  for (const address of addresses) {
    if (rows === null) {
      possible.set(address, (possible.get(address) ?? 0) + 1);
      continue;
    }
    const own = rows.filter(({ subscriberIdString }) => subscriberIdString === address);
    const [instant, ...others] = new Set(own.map(({ timestamp }) => Date.parse(timestamp)));
    assert.ok(instant !== undefined && others.length === 0, `${address}: one opt-out, at one instant`);
    for (const { status } of own) assert.equal(status, 'UNSUBSCRIBED');
    assert.ok(optOuts.get(address)?.delete(instant), `${address}: an answered opt-out is in the ledger, once`);
  }
}
