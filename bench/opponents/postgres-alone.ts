/**
 * The limit below, on PostgreSQL, where pgbench is not installed: the two statements of Optio's adapter in loops on as
 * many connections as Optio has lanes, or as it is compared at for single rows. Rows are loaded and written back with
 * their next version, and events of the usual size appended. Nothing is parsed, decided or hashed.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { v7 } from 'uuid';
import * as arrays from '../../src/storage/postgres/binary-array.ts';
import { COMMIT } from '../../src/storage/postgres/commit.ts';
import { LOAD, queryLoad } from '../../src/storage/postgres/subscribers.ts';
import { ACCOUNT_ID } from '../population.ts';
import { keyOf, produceSubscriber } from '../subscribers/produce.ts';

const CONNECTIONS_OF_SINGLES = 64;
const CONNECTIONS_OF_BATCHES = 4;

const [url = '', contacts = ''] = process.argv.slice(2);
const keys = Array.from({ length: Number(contacts) }, (_, contact) => keyOf(contact));
const [event] = produceSubscriber(0, keyOf(0), 0, 1).events;
const hash = randomBytes(32).toString('hex');
const clients = Array.from({ length: CONNECTIONS_OF_SINGLES }, () => new pg.Client(url));
for (const client of clients) await client.connect();
let position = 0;

async function transaction(client: pg.Client, rows: number): Promise<void> {
  const wanted = Array.from({ length: rows }, () => keys[position++ % keys.length]!).sort();
  const loaded = (await queryLoad(client, LOAD, ACCOUNT_ID, wanted)) as string[][];
  const found = loaded.sort((a, b) => (a[1]! < b[1]! ? -1 : 1));
  const column = (index: number) => found.map((row) => row[index]!);
  const next = (index: number) => found.map((row) => Number(row[index]) + 1);
  const same = <T>(value: T) => found.map(() => value);
  const ids = found.map(() => v7());
  await client.query({
    name: 'commit',
    text: COMMIT,
    values: [
      arrays.bigintArray(same(ACCOUNT_ID)),
      arrays.byteaArray(column(1)),
      arrays.textArray(column(2)),
      arrays.integerArray(next(3)),
      arrays.integerArray(column(3).map(Number)),
      arrays.uuidArray(ids),
      arrays.byteaArray(same(hash)),
      arrays.bigintArray(next(6)),
      arrays.jsonArray(column(7)),
      arrays.uuidArray(ids),
      arrays.bigintArray(same(ACCOUNT_ID)),
      arrays.byteaArray(column(1)),
      arrays.integerArray(next(3)),
      arrays.bigintArray(next(6)),
      arrays.uuidArray(column(4)),
      arrays.byteaArray(same(hash)),
      arrays.jsonArray(same(event!.body)),
      arrays.jsonArray(same(null)),
      rows,
      ids.toSorted()[0],
    ],
  });
}

async function measure(rowsPerTransaction: number, durationMs: number): Promise<number> {
  const startedAt = performance.now();
  let rows = 0;
  const used = clients.slice(0, rowsPerTransaction === 1 ? CONNECTIONS_OF_SINGLES : CONNECTIONS_OF_BATCHES);
  await Promise.all(
    used.map(async (client) => {
      do {
        await transaction(client, rowsPerTransaction);
        rows += rowsPerTransaction;
      } while (performance.now() - startedAt < durationMs);
    }),
  );
  return rows / ((performance.now() - startedAt) / 1e3);
}

process.on(
  'message',
  async ({ rowsPerTransaction, durationMs }: { rowsPerTransaction: number; durationMs: number }) => {
    process.send!(await measure(rowsPerTransaction, durationMs));
  },
);
process.on('disconnect', () => Promise.all(clients.map((client) => client.end())));
process.send!('ready');
