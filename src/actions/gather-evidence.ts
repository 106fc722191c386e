/** Everything that shows what a contact may be sent and why, with the proofs: what an evidence package is made of. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../domain/address.ts';
import type { Catalog } from '../domain/catalog.ts';
import { type Checkpoint, publishedCheckpoint } from '../domain/checkpoint.ts';
import type { LedgerEvent, ReplayStep } from '../domain/ledger.ts';
import { CHANNELS } from '../domain/preferences.ts';
import type { Store } from '../storage/port.ts';
import { readStoredCheckpoint } from './checkpoints.ts';
import { consentRecordsOf } from './consent-records.ts';
import { describeEvent, describeOptOuts, describeStatusThen } from './describe-history.ts';
import { covers, proveInclusion } from './prove-inclusion.ts';
import { statusesAfter } from './read-history.ts';
import { readLedger } from './read-ledger.ts';
import { type Sealing, sealLedger } from './seal-ledger.ts';
import { instant } from './show-instant.ts';
import { refOf } from './subscriber-ref.ts';

/** What gathering takes: it seals the ledger first. */
export interface EvidenceSources extends Sealing {
  readonly store: Sealing['store'] & Pick<Store, 'subscribers'>;
}

export type EvidenceOutcome =
  | { readonly kind: 'gathered'; readonly evidence: GatheredEvidence }
  /** Nobody ever said anything of the address: there is nothing to show. */
  | { readonly kind: 'unknown' }
  /** The ledger is not what was sealed: nothing may be proven by it. */
  | { readonly kind: 'broken' };

export type GatheredEvidence = ReturnType<typeof describeEvidence>;

/** An event's place among those that the first checkpoint after it covers, which may have been published long ago. */
interface Proof {
  readonly eventId: string;
  /** The checkpoint's number. */
  readonly checkpoint: number;
  readonly index: number;
  readonly path: readonly string[];
}

interface Proven {
  /** Those that the proofs are by, the oldest first. */
  readonly checkpoints: readonly Checkpoint[];
  readonly proofs: readonly Proof[];
}

/** Events can be sealed once they are a second old. */
const SEALABLE_AFTER_MS = 1_100;

/** Seals the ledger first, so that all of the contact's events are proven. Rejects with `LedgerBroken` where its chain does not hold. */
export async function gatherEvidence(
  sources: EvidenceSources,
  catalog: Catalog,
  address: Address,
): Promise<EvidenceOutcome> {
  const { store, clock } = sources;
  const steps = await readLedger(store.subscribers, refOf(catalog.account.id, address));
  if (steps.length === 0) return { kind: 'unknown' };
  const proven = await proveAll(sources, steps);
  if (!proven) return { kind: 'broken' };
  return { kind: 'gathered', evidence: describeEvidence(catalog, address, steps, proven, clock()) };
}

/** Null where the ledger is not what was sealed. */
async function proveAll(sources: EvidenceSources, steps: readonly ReplayStep[]): Promise<Proven | null> {
  const { store } = sources;
  if (!(await sealThrough(sources, steps.at(-1)!.event))) return null;
  const last = (await store.checkpoints.last())?.number ?? 0;
  const used = new Map<number, Checkpoint>();
  const proofs: Proof[] = [];
  for (const { event } of steps) {
    const number = await firstCovering(store, event.eventId, proofs.at(-1)?.checkpoint ?? 1, last);
    if (number > last) break;
    const [stored] = await store.checkpoints.list(number - 1, 1);
    const proof = await proveInclusion(store, event.eventId, stored);
    if (typeof proof === 'string' || !covers(proof, event.hash)) return null;
    proofs.push({ eventId: event.eventId, checkpoint: number, index: proof.index, path: proof.path });
    used.set(number, proof.checkpoint);
  }
  return { checkpoints: [...used.values()], proofs };
}

/** The first checkpoint from `low` through `last` that is closed through the event; beyond `last` where none is. */
async function firstCovering(
  { checkpoints }: Pick<Store, 'checkpoints'>,
  eventId: string,
  low: number,
  last: number,
): Promise<number> {
  let [from, to] = [low, last + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const [stored] = await checkpoints.list(middle - 1, 1);
    const isClosed = eventId <= ((stored && readStoredCheckpoint(stored)?.closedThrough) ?? '');
    if (isClosed) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Waits for an event that is not old enough yet, once. False where the last checkpoint was altered. */
async function sealThrough(sources: EvidenceSources, { eventId }: LedgerEvent): Promise<boolean> {
  for (let isLast = false; ; isLast = true) {
    const outcome = await sealLedger(sources);
    if (outcome.kind === 'broken') return false;
    const isSealed = 'checkpoint' in outcome && eventId <= (outcome.checkpoint?.closedThrough ?? '');
    if (isSealed || isLast) return true;
    await pause(SEALABLE_AFTER_MS);
  }
}

function describeEvidence(
  catalog: Catalog,
  address: Address,
  steps: readonly ReplayStep[],
  { checkpoints, proofs }: Proven,
  now: number,
) {
  const { account } = catalog;
  const { after, event: head } = steps.at(-1)!;
  const history = steps.map((step) => describeEvent(step, catalog));
  const contact = {
    ...(after.isErased
      ? { address: null, normalised: null }
      : { address: address.shown, normalised: address.normalised }),
    subscriberKey: head.subscriberKey,
    erased: after.isErased,
  };
  return {
    madeAt: instant(now),
    account: { id: account.id, name: account.name },
    contact,
    statuses: CHANNELS.flatMap((channel) =>
      statusesAfter(steps, catalog, { channel, businessUnitId: null }, Number.POSITIVE_INFINITY).map((status) => {
        const { subscriberIdString, ...described } = describeStatusThen(address, channel, status);
        return described;
      }),
    ),
    optOuts: describeOptOuts(after.preferences),
    history,
    consentRecords: consentRecordsOf(history, catalog, contact),
    ledger: steps.map(({ event }) => ({ ...event, personal: event.personal && JSON.stringify(event.personal) })),
    checkpoints: checkpoints.map(publishedCheckpoint),
    proofs,
  };
}
