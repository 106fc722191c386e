/** Everything that is known of an address (GDPR articles 15 and 20), in one document for machines and people. Changes nothing. */
import type { Address } from '../domain/address.ts';
import type { Catalog } from '../domain/catalog.ts';
import { CHANNELS } from '../domain/preferences.ts';
import type { SignUps } from '../domain/sign-up.ts';
import type { Store } from '../storage/port.ts';
import type { Clock } from './context.ts';
import { describeEvent, describeOptOuts, describeStatusThen } from './describe-history.ts';
import { readStatusesThen } from './read-history.ts';
import { readLedger } from './read-ledger.ts';
import { instant, instantOrNull } from './show-instant.ts';
import { refOf } from './subscriber-ref.ts';

/** What exporting takes: a server's `Context`, or the parts of a command. */
export interface Exporter {
  readonly store: Pick<Store, 'subscribers' | 'signUps' | 'linkRevocations'>;
  readonly clock: Clock;
}

/** Rejects with `LedgerBroken` where the contact's ledger does not hold. */
export async function exportSubject({ store, clock }: Exporter, catalog: Catalog, address: Address) {
  const ref = refOf(catalog.account.id, address);
  const [row] = await store.subscribers.load([ref]);
  const signUps = await store.signUps.load(ref);
  const linksVoidThrough = await store.linkRevocations.revokedThrough(ref);
  const newestFirst = (await readLedger(store.subscribers, ref)).reverse();
  return {
    subscriberIdString: address.shown,
    writtenAs: row?.address ?? null,
    accountId: catalog.account.id,
    accountName: catalog.account.name,
    exportedAt: instant(clock()),
    statuses: await statusesOf(store, catalog, address),
    optOuts: describeOptOuts(row?.state.preferences ?? {}),
    history: newestFirst.map((step) => describeEvent(step, catalog)),
    signUp: signUps && describeSignUps(signUps.signUps, catalog),
    linksVoidThrough: linksVoidThrough === 0 ? null : instant(linksVoidThrough),
  };
}

export type ExportedSubject = Awaited<ReturnType<typeof exportSubject>>;

async function statusesOf(store: Exporter['store'], catalog: Catalog, address: Address) {
  const now = Number.POSITIVE_INFINITY;
  const statuses = CHANNELS.map(async (channel) => {
    const held = await readStatusesThen({ store }, catalog, address, { channel, businessUnitId: null }, now);
    return held.map((status) => describeStatusThen(address, channel, status));
  });
  return (await Promise.all(statuses)).flat();
}

function describeSignUps({ address, pending, confirmed, message, expiresAt }: SignUps, { definitions }: Catalog) {
  return {
    writtenAs: address,
    pending: pending.map(({ subscriptionId, requestedAt, language, request, consent, appId }) => ({
      subscriptionId,
      subscriptionName: definitions.get(subscriptionId)?.name ?? null,
      requestedAt: instant(requestedAt),
      ...{ language, request, consent, appId },
    })),
    confirmed: [...confirmed],
    messageDueAt: instantOrNull(message.dueAt),
    messageSentAt: instantOrNull(message.sentAt),
    expiresAt: instant(expiresAt),
  };
}
