/** A look at whether what was loaded is what Optio would have written. */
import { isDeepStrictEqual } from 'node:util';
import { replay } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { ACCOUNT_ID, addressOf, loadedState, type Population, typeId } from '../population.ts';
import { keyOf } from './produce.ts';

/** Reads some of the contacts and fails unless their ledgers rebuild what is stored of them, and that is what was to be loaded. */
export async function checkSubscribers(databaseUrl: string, population: Population, count: number): Promise<void> {
  const { contacts, typesEach } = population;
  const store = await openStore(databaseUrl);
  try {
    for (let index = 0; index < Math.min(count, contacts); index++) {
      // The first, the last, and others evenly between them.
      const contact = Math.floor((index * (contacts - 1)) / Math.max(1, Math.min(count, contacts) - 1));
      const ref = { accountId: ACCOUNT_ID, subscriberKey: keyOf(contact) };
      const [stored] = await store.subscribers.load([ref]);
      const history = await store.subscribers.history(ref, typesEach + 1);
      const statuses = stored?.state.preferences.EMAIL?.statuses.map(({ subscriptionId, state }) => [
        subscriptionId,
        state,
      ]);
      const wanted = Array.from({ length: typesEach }, (_, type) => [typeId(type), loadedState(contact, type)]);
      const isRight =
        stored?.address === addressOf(contact) &&
        isDeepStrictEqual(statuses, wanted) &&
        isDeepStrictEqual(replay(history.toReversed()), stored.state);
      if (!isRight) throw new Error(`contact ${contact} was not loaded as it should have been`);
    }
  } finally {
    await store.close();
  }
}
