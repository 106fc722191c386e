/** A stream of writes to a running server, and a look afterwards at whether it kept its word. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { replay } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store, StoredSubscriber } from '../../src/storage/port.ts';
import type { OptioServer } from './optio-process.ts';

const STATUSES = '/communication-preferences/v4/statuses';
const BATCH_SIZE = 10;
/** Contacts that are looked at at once: on a busy machine more would wait for a connection for too long. */
const PAGE = 100;

export type State = 'SUBSCRIBED' | 'UNSUBSCRIBED';

/** Sends a write to a path of the API; false where it is not known to have been carried out and the writer is to stop. */
export type Send = (path: string, body: unknown) => Promise<boolean>;

export interface WriteOptions {
  /** Each round writes to contacts of its own. */
  readonly round: number;
  readonly writers: number;
  readonly isOver: () => boolean;
  /** Where nothing is said, every write is sent once. */
  readonly send?: Send;
}

/** What was asked for, in order, of contacts that only one writer writes to. */
export interface Written {
  /** By address: the states asked for, oldest first, and how many of them were answered. */
  readonly contacts: Map<string, { asked: State[]; answered: number }>;
  /** The addresses of each batch, answered or not. */
  readonly batches: { readonly addresses: readonly string[]; isAnswered: boolean }[];
}

export function nothingWritten(): Written {
  return { contacts: new Map(), batches: [] };
}

/**
 * Writes until the server is gone or `isOver`: half of the writers one contact after the other, again and again so
 * that a contact has several events, the other half batches of new contacts. Resolves when all of them have stopped.
 */
export async function writeUntil(
  server: OptioServer,
  access: { readonly token: string; readonly subscriptionId: number },
  written: Written,
  { round, writers, isOver, send = sendOnce(server, access.token) }: WriteOptions,
): Promise<void> {
  const input = { subscriptionId: access.subscriptionId, channel: 'EMAIL' };
  const writeSingles = async (writer: number) => {
    for (let count = 0; !isOver(); count++) {
      const address = `single-${round}-${writer}-${count % 5}@example.com`;
      const contact = written.contacts.get(address) ?? { asked: [], answered: 0 };
      written.contacts.set(address, contact);
      const statusState: State = contact.asked.length % 2 === 0 ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
      contact.asked.push(statusState);
      if (!(await send(`${STATUSES}/${encodeURIComponent(address)}`, { ...input, statusState }))) return;
      contact.answered += 1;
    }
  };
  const writeBatches = async (writer: number) => {
    for (let count = 0; !isOver(); count++) {
      const addresses = Array.from(
        { length: BATCH_SIZE },
        (_, i) => `batch-${round}-${writer}-${count}-${i}@example.com`,
      );
      const batch = { addresses, isAnswered: false };
      written.batches.push(batch);
      const inputs = addresses.map((subscriberIdString) => ({
        ...input,
        subscriberIdString,
        statusState: 'SUBSCRIBED',
      }));
      if (!(await send(`${STATUSES}/batch/write`, { inputs }))) return;
      batch.isAnswered = true;
    }
  };
  await Promise.all(
    Array.from({ length: writers }, (_, writer) => (writer % 2 === 0 ? writeSingles(writer) : writeBatches(writer))),
  );
}

/** No answer at all is what a writer expects whose server is about to be killed. */
function sendOnce(server: OptioServer, token: string): Send {
  return async (path, body) => {
    const answer = await server.request('POST', path, { token, body }).catch(() => null);
    if (answer) assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer !== null;
  };
}

/** Fails unless everything that was answered is there, batches are whole or absent, and every ledger replays. */
export async function assertKept(databaseUrl: string, written: Written): Promise<{ contacts: number; events: number }> {
  const store = await openStore(databaseUrl);
  try {
    const stored = new Map<string, StoredSubscriber>();
    let events = 0;
    for await (const page of everybody(store)) {
      for (const subscriber of page) stored.set(subscriber.address!, subscriber);
      const lengths = await Promise.all(page.map((subscriber) => assertReplays(store, subscriber)));
      events += lengths.reduce((sum, length) => sum + length, 0);
    }
    for (const [address, { asked, answered }] of written.contacts) {
      const events = stored.get(address)?.state.version ?? 0;
      assert.ok(events >= answered && events <= asked.length, `${address}: ${events} of ${answered}..${asked.length}`);
      if (events > 0) assert.equal(stateOf(stored.get(address)!), asked[events - 1]);
    }
    for (const { addresses, isAnswered } of written.batches) {
      const there = addresses.filter((address) => stored.has(address)).length;
      const allowed = isAnswered ? [addresses.length] : [0, addresses.length];
      assert.ok(allowed.includes(there), `${there} of a batch of ${addresses.length}, answered: ${isAnswered}`);
    }
    return { contacts: stored.size, events };
  } finally {
    await store.close();
  }
}

async function* everybody(store: Store): AsyncGenerator<StoredSubscriber[]> {
  for (let page = await store.subscribers.scan(null, PAGE); page.length > 0; ) {
    yield page;
    page = await store.subscribers.scan(page.at(-1)!.ref, PAGE);
  }
}

async function assertReplays(store: Store, { ref, state, address }: StoredSubscriber): Promise<number> {
  const history = await store.subscribers.history(ref, state.version + 1);
  const rebuilt = replay(history.toReversed());
  assert.ok(
    isDeepStrictEqual(rebuilt, state),
    `${address}: ${JSON.stringify(rebuilt)} is not ${JSON.stringify(state)}`,
  );
  return history.length;
}

function stateOf({ state }: StoredSubscriber): string | undefined {
  return state.preferences.EMAIL?.statuses[0]?.state;
}
