/**
 * Writes to contacts that other processes write to at the same time: load, seal, commit, and again on conflict.
 * Arguments: database URL, a name for this process, how many changes, how many contacts. Prints the conflicts seen.
 */
import { openStore } from '../../../src/storage/open-store.ts';
import { changeOf, contendedAddress, refOf, statusDraft } from '../samples.ts';

const [databaseUrl = '', name = '', changes = '', contacts = ''] = process.argv.slice(2);
const store = await openStore(databaseUrl);
let conflicts = 0;
for (let index = 0; index < Number(changes); index += 1) {
  // Three contacts a commit, in an order that differs between processes.
  const addresses = [0, 1, 2].map((step) => contendedAddress((index * 3 + step * name.length) % Number(contacts)));
  const refs = [...new Set(addresses)].map((address) => ({ address, ref: refOf(1, address) }));
  let committed = false;
  while (!committed) {
    const loaded = await store.subscribers.load(refs.map(({ ref }) => ref));
    const next = refs.map(({ address, ref }, position) => {
      const stored = loaded[position];
      const occurredAt = Math.max(Date.now(), (stored?.state.lastEventAt ?? 0) + 1);
      // The source says who wrote, so that a lost event can be named.
      const draft = statusDraft('SUBSCRIBED', occurredAt, {
        ...{ subscriptionId: (index % 5) + 1, source: `${name}:${index}`, legalBasisExplanation: `because ${index}` },
      });
      return changeOf(ref, address, stored, [draft]);
    });
    committed = (await store.subscribers.commit(next)) === 'committed';
    if (!committed) conflicts += 1;
  }
}
await store.close();
console.log(conflicts);
