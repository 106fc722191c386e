/** SQLite files in a folder of their own. */
import { constants } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { uuidToBytes } from '../../src/storage/sqlite/binary.ts';
import type { Population } from '../population.ts';
import type { Scratch } from '../scratch.ts';
import { type BenchDatabase, type Engine, firstUuidOf } from './engine.ts';

export async function sqliteEngine(scratch: Scratch): Promise<Engine> {
  const folder = await scratch.folder();
  let files = 0;
  const create = async (population: Population, owner: Scratch): Promise<SqliteFile> => {
    const file = new SqliteFile(join(folder, `${++files}.db`), population);
    owner.later(() => file.remove());
    return file;
  };
  return {
    name: 'sqlite',
    title: `SQLite ${process.versions.sqlite}`,
    create,
    copy: async (original, owner) => {
      const file = await create(original.population, owner);
      await copyFile(original.url.slice('sqlite:'.length), file.path, constants.COPYFILE_FICLONE);
      return file;
    },
  };
}

class SqliteFile implements BenchDatabase {
  readonly path: string;
  readonly population: Population;

  constructor(path: string, population: Population) {
    this.path = path;
    this.population = population;
  }

  get url(): string {
    return `sqlite:${this.path}`;
  }

  async eventsSince(instant: number): Promise<number> {
    const database = new DatabaseSync(this.path, { readOnly: true });
    try {
      const count = database.prepare('SELECT count(*) AS events FROM event WHERE event_id >= ?');
      return (count.get(uuidToBytes(firstUuidOf(instant))) as { events: number }).events;
    } finally {
      database.close();
    }
  }

  async remove(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) await rm(this.path + suffix, { force: true });
  }
}
