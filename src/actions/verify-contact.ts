/** Checks one contact without reading everybody's events: its chain and row, and that the last checkpoint covers its events. */
import { type BrokenChain, ChainAudit } from '../domain/chain-audit.ts';
import type { LedgerAudit, Store, SubscriberRef } from '../storage/port.ts';
import { covers, proveInclusion } from './prove-inclusion.ts';
import type { Broken, Verdict } from './verify-ledger.ts';

/** Null where nothing is known of the contact. `checkpoints` of the verdict is 1 where one covers any of its events. */
export async function verifyContact(
  store: Pick<Store, 'checkpoints'>,
  audit: LedgerAudit,
  ref: SubscriberRef,
): Promise<Verdict | null> {
  const { row, events } = await audit.contact(ref);
  if (!row) return null;
  const broken: Broken[] = [];
  const chain = new ChainAudit(audit.documentOf, (found: BrokenChain) => broken.push({ kind: 'contact', ...found }));
  for (const event of events) chain.add(event);
  chain.end(row);
  let sealedEvents = 0;
  for (const { eventId, hash, version } of events) {
    const proof = await proveInclusion(store, eventId);
    if (proof === 'not-sealed') continue;
    sealedEvents += 1;
    if (proof === 'not-found' || !covers(proof, hash))
      broken.push({ kind: 'contact', ...ref, version, eventId, problem: 'not-as-sealed' });
  }
  const brokenCount = broken.length;
  return {
    contacts: 1,
    events: events.length,
    checkpoints: Math.min(1, sealedEvents),
    sealedEvents,
    brokenCount,
    broken,
  };
}
