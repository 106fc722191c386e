/**
 * What Optio would be without gathering: the same server on the same store, where every request loads, decides and
 * commits in a transaction of its own. On PostgreSQL they run side by side on all connections of the pool.
 */
import type { CatalogCache } from '../../src/actions/catalog-cache.ts';
import type { CommitOutcome, Committer } from '../../src/actions/committer.ts';
import { systemRandomness } from '../../src/actions/context.ts';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { Gathering, refsOf, type WantedChanges } from '../../src/actions/gathering.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { SubscriberStore } from '../../src/storage/port.ts';
import { serve } from './serve.ts';

/** After as many conflicts the request is given up, as the committer does. */
const MAX_ATTEMPTS = 50;
const randomness = systemRandomness();

const store = await openStore(process.argv[2] ?? '');
const context = await createContext(store);
const committer: Pick<Committer, 'submit'> = {
  submit: (wanted) => commitAlone(store.subscribers, context.catalogs, wanted),
};
await serve({ ...context, committer: committer as Committer }, async () => {
  await stopContext(context);
  await store.close();
});

async function commitAlone(
  subscribers: SubscriberStore,
  catalogs: CatalogCache,
  wanted: WantedChanges,
): Promise<CommitOutcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const refs = refsOf([wanted]);
    const gathering = new Gathering(await subscribers.load(refs), refs, randomness);
    const outcomes = gathering.decide(wanted, await catalogs.catalog(wanted.accountId), Date.now());
    const changes = gathering.changes();
    if (changes.length === 0) return { kind: 'committed', outcomes };
    if ((await subscribers.commit(changes)) === 'committed') return { kind: 'committed', outcomes };
  }
  return { kind: 'contended' };
}
