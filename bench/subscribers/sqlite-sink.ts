/**
 * Bulk loading into SQLite files. A file has one writer, so every thread but the first fills a file of its own, which
 * `mergeParts` then appends to the first one's: copying rows in their order costs a fraction of making them.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { encodePreferences } from '../../src/storage/preferences-document.ts';
import { toBytes, uuidToBytes } from '../../src/storage/sqlite/binary.ts';
import { WRITER_SQL as SQL } from '../../src/storage/sqlite/writer.ts';
import type { Sink } from './sink.ts';

/**
 * Nobody reads the file before it is whole, and a load that is cut off is begun anew. The journal, of which node:sqlite
 * does not let go, stays small: what is new has nothing to be put back.
 */
const CARELESS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -65536;
`;
/** As the migrated file has it from then on. */
const CAREFUL = 'PRAGMA journal_mode = WAL';

/** The path in an SQLite URL; null of any other. */
export function fileOf(databaseUrl: string): string | null {
  return databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : null;
}

/** The file that a thread fills: the database itself, or one beside it. */
export function partPath(path: string, part: number): string {
  return part === 0 ? path : `${path}-part-${part}`;
}

/** Writes to a migrated file. */
export function sqliteSink(path: string): Sink {
  const database = new DatabaseSync(path);
  database.exec(CARELESS);
  const insert = database.prepare(SQL.insert);
  const append = database.prepare(SQL.append);
  database.exec('BEGIN');
  return {
    write: ({ ref, address, state, events }) => {
      const key = toBytes(ref.subscriberKey);
      insert.run(
        address,
        state.version,
        uuidToBytes(state.headEventId!),
        toBytes(state.headHash),
        state.lastEventAt,
        encodePreferences(state.preferences),
        ref.accountId,
        key,
      );
      for (const event of events) {
        append.run(
          uuidToBytes(event.eventId),
          event.accountId,
          key,
          event.version,
          event.occurredAt,
          event.previousEventId === null ? null : uuidToBytes(event.previousEventId),
          toBytes(event.hash),
          event.body,
          event.personal === null ? null : JSON.stringify(event.personal),
        );
      }
    },
    drained: async () => {},
    finish: async () => {
      database.exec('COMMIT');
      database.close();
    },
  };
}

/** Appends the other threads' files to the first one's, and makes that the ordinary, durable file again. */
export async function mergeParts(path: string, parts: number): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec(CARELESS);
  for (let part = 1; part < parts; part++) {
    database.prepare('ATTACH ? AS part').run(partPath(path, part));
    database.exec(`
      BEGIN;
      INSERT INTO main.subscriber SELECT * FROM part.subscriber ORDER BY rowid;
      INSERT INTO main.event SELECT * FROM part.event ORDER BY event_id;
      COMMIT;
      DETACH part;
    `);
    await rm(partPath(path, part), { force: true });
  }
  database.exec(CAREFUL);
  database.close();
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
