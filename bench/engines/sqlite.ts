/** SQLite files, copied from one that was loaded once. */
import { constants } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { uuidToBytes } from '../../src/storage/sqlite/binary.ts';
import type { Population } from '../population.ts';
import type { Scratch } from '../scratch.ts';
import { loadSubscribers } from '../subscribers/load.ts';
import { type BenchDatabase, type Engine, firstUuidOf } from './engine.ts';

export async function sqliteEngine(scratch: Scratch): Promise<Engine> {
  const folder = await scratch.folder();
  const originals = new Map<string, Promise<string>>();
  let copies = 0;
  const nameOf = ({ contacts, typesEach }: Population) => `${contacts}x${typesEach}`;

  const original = (population: Population): Promise<string> => {
    const name = nameOf(population);
    const path = join(folder, `${name}.db`);
    const found = originals.get(name) ?? loadSubscribers(`sqlite:${path}`, population).then(() => path);
    originals.set(name, found);
    return found;
  };

  return {
    name: 'sqlite',
    title: `SQLite ${process.versions.sqlite}`,
    loaded: async (population) => {
      const path = join(folder, `${nameOf(population)}-copy-${++copies}.db`);
      await copyFile(await original(population), path, constants.COPYFILE_FICLONE);
      return openedFile(path, population);
    },
    forget: async (population) => {
      const path = await originals.get(nameOf(population));
      originals.delete(nameOf(population));
      if (path) await removeFile(path);
    },
  };
}

function openedFile(path: string, population: Population): BenchDatabase {
  return {
    url: `sqlite:${path}`,
    population,
    eventsSince: async (instant) => {
      const database = new DatabaseSync(path, { readOnly: true });
      try {
        const count = database.prepare('SELECT count(*) AS events FROM event WHERE event_id >= ?');
        return (count.get(uuidToBytes(firstUuidOf(instant))) as { events: number }).events;
      } finally {
        database.close();
      }
    },
    drop: () => removeFile(path),
  };
}

async function removeFile(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
}
