import { openStore } from '../../src/storage/open-store.ts';
import { benchAccount, type Population } from '../population.ts';
import { keyOf, produceSubscriber } from './produce.ts';

export async function loadSubscribers(databaseUrl: string, { contacts, typesEach }: Population): Promise<void> {
  const store = await openStore(databaseUrl);
  await store.migrate();
  await store.catalog.insertFirstAccount(benchAccount());
  const order = Array.from({ length: contacts }, (_, contact) => ({ contact, key: keyOf(contact) })).sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  for (let start = 0; start < contacts; start += 1_000) {
    await store.subscribers.commit(
      order
        .slice(start, start + 1_000)
        .map(({ contact, key }, index) => produceSubscriber(contact, key, start + index, typesEach)),
    );
  }
  await store.close();
}
