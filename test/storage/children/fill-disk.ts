/** Commits to the SQLite file argv[2] until that fails, then prints what is there of what was and was not committed. */
import { openStore } from '../../../src/storage/open-store.ts';
import type { SubscriberRef } from '../../../src/storage/port.ts';
import { firstChange } from '../samples.ts';

const store = await openStore(`sqlite:${process.argv[2]}`);
await store.migrate();
const committed: SubscriberRef[] = [];
let refused: SubscriberRef[] = [];
let refusedBy = '';
while (refusedBy === '') {
  const changes = Array.from({ length: 200 }, (_, i) => firstChange(1, `c${committed.length + i}@example.com`));
  refused = changes.map((change) => change.ref);
  try {
    await store.subscribers.commit(changes);
    committed.push(...refused);
  } catch (error) {
    refusedBy = (error as Error).name;
  }
}
const count = async (refs: SubscriberRef[]) => (await store.subscribers.load(refs)).filter(Boolean).length;
const keptOfRefused = await count(refused);
const lostOfCommitted = committed.length - (await count(committed));
console.log(JSON.stringify({ committed: committed.length, refusedBy, keptOfRefused, lostOfCommitted }));
