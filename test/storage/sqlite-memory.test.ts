import { openStore } from '../../src/storage/open-store.ts';
import { storageContract } from './contract.ts';

storageContract('SQLite, in memory', async () => {
  const databaseUrl = 'sqlite::memory:';
  const store = await openStore(databaseUrl);
  return { databaseUrl, store, isShared: false, drop: () => store.close() };
});
