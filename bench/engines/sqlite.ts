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
  const originals = new Map<string, Promise<BenchDatabase>>();
  let files = 0;
  const newPath = () => join(folder, `${++files}.db`);

  const load = async (population: Population): Promise<BenchDatabase> => {
    const path = newPath();
    await loadSubscribers(`sqlite:${path}`, population);
    return new SqliteFile(path, population);
  };
  const copy = async (population: Population): Promise<BenchDatabase> => {
    const name = JSON.stringify(population);
    const original = originals.get(name) ?? load(population);
    originals.set(name, original);
    const path = newPath();
    await copyFile((await original).url.slice('sqlite:'.length), path, constants.COPYFILE_FICLONE);
    return new SqliteFile(path, population);
  };
  return { name: 'sqlite', title: `SQLite ${process.versions.sqlite}`, load, copy };
}

class SqliteFile implements BenchDatabase {
  readonly url: string;
  readonly population: Population;
  readonly #path: string;

  constructor(path: string, population: Population) {
    this.#path = path;
    this.url = `sqlite:${path}`;
    this.population = population;
  }

  async eventsSince(instant: number): Promise<number> {
    const database = new DatabaseSync(this.#path, { readOnly: true });
    try {
      const count = database.prepare('SELECT count(*) AS events FROM event WHERE event_id >= ?');
      return (count.get(uuidToBytes(firstUuidOf(instant))) as { events: number }).events;
    } finally {
      database.close();
    }
  }

  async drop(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) await rm(this.#path + suffix, { force: true });
  }
}
