import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../src/storage/open-store.ts';
import { type FreshDatabase, storageContract } from './contract.ts';

storageContract('SQLite, in a file', openFresh);

async function openFresh(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'optio-sqlite-'));
  const path = join(folder, 'made', 'on the way', 'optio.db');
  const databaseUrl = `sqlite:${path}`;
  const store = await openStore(databaseUrl);
  return {
    databaseUrl,
    store,
    isShared: true,
    select: async (sql) => {
      const database = new DatabaseSync(path);
      try {
        return database
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }));
      } finally {
        database.close();
      }
    },
    drop: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
