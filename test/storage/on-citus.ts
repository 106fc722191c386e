/** For suites that need a real Citus: the nodes of the one that OPTIO_TEST_DATABASE_URL names, and a database there for each test. */
import { afterEach } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { citusNodes } from '../support/citus.ts';
import { createDatabase } from '../support/database.ts';

const given = process.env.OPTIO_TEST_DATABASE_URL;
export const nodes = given === undefined ? [] : await citusNodes(given);
export const skip = nodes.length > 0 ? false : 'OPTIO_TEST_DATABASE_URL names no Citus';

export interface Opened {
  readonly databaseUrl: string;
  readonly store: Store;
}

/** Returns what opens a database, migrated, and `bare` or distributed; after each test of the suite it is dropped. */
export function useCitus(take: (opened: Opened) => void): (options?: { readonly bare?: boolean }) => Promise<void> {
  let end: () => Promise<void>;
  afterEach(() => end());
  return async (options) => {
    const { databaseUrl, drop } = await createDatabase(options);
    const store = await openStore(databaseUrl);
    end = async () => {
      await store.close();
      await drop();
    };
    await store.migrate();
    take({ databaseUrl, store });
  };
}
