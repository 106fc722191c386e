/** A suite's own database, ready for use. */
import { after, before } from 'node:test';
import type { FreshDatabase, OpenFresh } from './contract.ts';

/** Opened and migrated before the suite's tests, when `take` is handed it, and dropped after them. */
export function useMigrated(openFresh: OpenFresh, take: (fresh: FreshDatabase) => void): void {
  let fresh: FreshDatabase | undefined;
  before(async () => {
    fresh = await openFresh();
    await fresh.store.migrate();
    take(fresh);
  });
  after(() => fresh?.drop());
}
