/**
 * Changes contacts that other processes change too, as a server does, by a clock that is wrong: by one number of
 * milliseconds during the first half, by another during the second. Arguments: database URL, a name for this process, how
 * many rounds, the two numbers. Prints how often a commit was refused because the ledger was closed by then.
 */
import { createContext, stopContext } from '../../../src/actions/create-context.ts';
import { publicApiActor } from '../../../src/domain/outcome.ts';
import { openStore } from '../../../src/storage/open-store.ts';
import { wanted } from '../../support/account.ts';
import { statusChange } from '../../support/subjects.ts';
import { tamper } from '../../support/tampered-store.ts';

const CALLS_AT_ONCE = 20;
const CONTACTS = 150;

const [databaseUrl = '', name = '', rounds = '', first = '', second = ''] = process.argv.slice(2);
let wrongBy = Number(first);
let refused = 0;
const opened = await openStore(databaseUrl);
const store = tamper(opened, (real) => ({
  commit: async (changes) => {
    const result = await real.commit(changes);
    if (result === 'too-late') refused += 1;
    return result;
  },
}));
const context = await createContext(store, { clock: () => Date.now() + wrongBy });
for (let round = 0; round < Number(rounds); round += 1) {
  if (round === Math.floor(Number(rounds) / 2)) wrongBy = Number(second);
  const calls = Array.from({ length: CALLS_AT_ONCE }, (_, call) => {
    const state = (round + call) % 2 === 0 ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
    const place = (round * CALLS_AT_ONCE + call) % CONTACTS;
    // Of twenty contacts one is everybody's: that one's events tell by which clocks the others go.
    const addresses = [
      `${name}${place}@example.com`,
      call === 0 ? `shared${place}@example.com` : `${name}@example.com`,
    ];
    const changes = addresses.map((address) => wanted(address, statusChange(101, state)));
    return context.committer.submit({ accountId: 1, actor: publicApiActor(10), changes });
  });
  for (const { kind } of await Promise.all(calls)) if (kind !== 'committed') throw new Error(`A call was ${kind}`);
}
await stopContext(context);
await opened.close();
console.log(refused);
