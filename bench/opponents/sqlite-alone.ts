/**
 * The limit below, on SQLite: the hot statements of Optio's adapter in a tight loop, with its settings, on `node:sqlite`.
 * A row is loaded, written back with its next version, and an event of the usual size appended. Nothing is parsed,
 * decided or hashed. A child process: each message it gets is a measurement, each it sends what that found.
 */
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { v7 } from 'uuid';
import { uuidToBytes } from '../../src/storage/sqlite/binary.ts';
import { SETTINGS } from '../../src/storage/sqlite/connection.ts';
import { WRITER_SQL as SQL } from '../../src/storage/sqlite/writer.ts';
import { ACCOUNT_ID } from '../population.ts';
import { keyOf, produceSubscriber } from '../subscribers/produce.ts';

export interface AloneTask {
  readonly rowsPerTransaction: number;
  readonly durationMs: number;
}

const [path = '', contacts = ''] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec(SETTINGS);
const load = database.prepare(SQL.load);
load.setReturnArrays(true);
const update = database.prepare(SQL.update);
const append = database.prepare(SQL.append);
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');

const keys = Array.from({ length: Number(contacts) }, (_, contact) => Buffer.from(keyOf(contact), 'hex'));
const [event] = produceSubscriber(0, keyOf(0), 0, 1).events;
const hash = randomBytes(32);
let position = 0;

function writeRow(key: Buffer): void {
  const row = load.get(ACCOUNT_ID, key) as unknown as [string, number, Uint8Array, Uint8Array, number, string];
  const [address, version, headEventId, , lastEventAt, preferences] = row;
  const eventId = uuidToBytes(v7());
  const { changes } = update.run(
    address,
    version + 1,
    eventId,
    hash,
    lastEventAt + 1,
    preferences,
    ACCOUNT_ID,
    key,
    version,
  );
  if (changes !== 1) throw new Error('A row was not as it had been read');
  append.run(eventId, ACCOUNT_ID, key, version + 1, lastEventAt + 1, headEventId, hash, event!.body, null);
}

/** Rows a second. */
function measure({ rowsPerTransaction, durationMs }: AloneTask): number {
  const startedAt = performance.now();
  let rows = 0;
  do {
    const batch = Array.from({ length: rowsPerTransaction }, () => keys[position++ % keys.length]!);
    begin.run();
    for (const key of batch.sort(Buffer.compare)) writeRow(key);
    commit.run();
    rows += rowsPerTransaction;
  } while (performance.now() - startedAt < durationMs);
  return rows / ((performance.now() - startedAt) / 1e3);
}

process.on('message', (task: AloneTask) => process.send!(measure(task)));
process.on('disconnect', () => database.close());
process.send!('ready');
