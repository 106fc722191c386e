/**
 * The limit above: Optio's own server with its routes, schemas, authentication, validation and rendering, but behind
 * them a committer and a reader that answer at once and always the same. Nothing is decided, hashed, gathered or kept.
 */
import type { Committer } from '../../src/actions/committer.ts';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import type { SubscriberReader } from '../../src/actions/subscriber-reader.ts';
import { effectiveStatus } from '../../src/domain/preferences.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { benchAccount, MAX_TYPES } from '../population.ts';
import { keyOf, produceSubscriber } from '../subscribers/produce.ts';
import { serve } from './serve.ts';

// For the account and the token alone, which the server keeps in its cache.
const store = await openStore('sqlite::memory:');
await store.migrate();
await store.catalog.insertFirstAccount(benchAccount());

const { state } = produceSubscriber(0, keyOf(0), 0, MAX_TYPES);
const definition = benchAccount().definitions[0]!;
const outcome = {
  kind: 'status-set',
  status: effectiveStatus(state.preferences.EMAIL!, definition),
  transition: 'REQUESTED_CHANGE_OCCURRED',
} as const;

const committer: Pick<Committer, 'submit'> = {
  submit: ({ changes }) => Promise.resolve({ kind: 'committed', outcomes: changes.map(() => outcome) }),
};
const load: SubscriberReader['load'] = (refs) => Promise.resolve(refs.map(() => state.preferences));
const reader = { load } as SubscriberReader;

const context = await createContext(store);
await serve({ ...context, committer: committer as Committer, reader, lenientReader: reader }, async () => {
  await stopContext(context);
  await store.close();
});
