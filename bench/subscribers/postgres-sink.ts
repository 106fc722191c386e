/** Bulk loading into PostgreSQL: COPY in its binary format, a connection a table, so that both fill side by side. */
import { once } from 'node:events';
import pg from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { SubscriberChange } from '../../src/storage/port.ts';
import { encodePreferences } from '../../src/storage/preferences-document.ts';
import { BinaryRows } from './binary-rows.ts';
import type { Sink } from './sink.ts';

const COPY_SUBSCRIBERS = `
  COPY subscriber (
    account_id, subscriber_key, address, version, base_version, head_event_id, head_hash, last_event_at, preferences
  ) FROM STDIN WITH (FORMAT binary)`;
const COPY_EVENTS = `
  COPY event (
    event_id, account_id, subscriber_key, version, occurred_at, previous_event_id, hash, body, personal
  ) FROM STDIN WITH (FORMAT binary)`;

export async function postgresSink(databaseUrl: string): Promise<Sink> {
  const subscribers = await CopiedTable.begin(databaseUrl, COPY_SUBSCRIBERS);
  const events = await CopiedTable.begin(databaseUrl, COPY_EVENTS);
  return {
    write: (change) => {
      writeSubscriber(subscribers.rows, change);
      writeEvents(events.rows, change);
    },
    drained: async () => {
      await Promise.all([subscribers.send(), events.send()]);
    },
    finish: async () => {
      await Promise.all([subscribers.finish(), events.finish()]);
    },
  };
}

function writeSubscriber(rows: BinaryRows, { ref, address, baseVersion, state }: SubscriberChange): void {
  rows.begin(9);
  rows.bigint(ref.accountId);
  rows.hex(ref.subscriberKey);
  rows.text(address);
  rows.integer(state.version);
  rows.integer(baseVersion);
  rows.uuid(state.headEventId);
  rows.hex(state.headHash);
  rows.bigint(state.lastEventAt);
  rows.text(encodePreferences(state.preferences));
}

function writeEvents(rows: BinaryRows, { events }: SubscriberChange): void {
  for (const event of events) {
    rows.begin(9);
    rows.uuid(event.eventId);
    rows.bigint(event.accountId);
    rows.hex(event.subscriberKey);
    rows.integer(event.version);
    rows.bigint(event.occurredAt);
    rows.uuid(event.previousEventId);
    rows.hex(event.hash);
    rows.text(event.body);
    rows.text(event.personal === null ? null : JSON.stringify(event.personal));
  }
}

/** A COPY that runs on a connection of its own. */
class CopiedTable {
  readonly rows = new BinaryRows();
  readonly #client: pg.Client;
  readonly #stream: CopyStreamQuery;
  readonly #failed: Promise<never>;

  static async begin(databaseUrl: string, sql: string): Promise<CopiedTable> {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    return new CopiedTable(client, client.query(copyFrom(sql)));
  }

  private constructor(client: pg.Client, stream: CopyStreamQuery) {
    this.#client = client;
    this.#stream = stream;
    this.#failed = once(stream, 'error').then(([error]) => Promise.reject(error));
    this.#failed.catch(() => {});
  }

  async send(): Promise<void> {
    if (!this.#stream.write(this.rows.take())) await Promise.race([once(this.#stream, 'drain'), this.#failed]);
  }

  async finish(): Promise<void> {
    this.rows.end();
    this.#stream.end(this.rows.take());
    await Promise.race([once(this.#stream, 'finish'), this.#failed]);
    await this.#client.end();
  }
}
