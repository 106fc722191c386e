/** The keys that an account's links are sealed with: made at first use, exchanged when the operator says so. */
import type { LinkKey } from '../domain/link.ts';
import type { CatalogCache } from './catalog-cache.ts';
import { done, instantAfter, type Management, type ManageOutcome, persist } from './manage-outcome.ts';
import { readEnd } from './rotation.ts';

/** What sealing needs: a server's `Context` is one. */
export interface KeyHolder extends Pick<Management, 'store' | 'clock' | 'randomness'> {
  readonly catalogs: Pick<CatalogCache, 'currentLinkKey' | 'freshLinkKey' | 'clear'>;
}

/**
 * The key that seals the account's new links; `isFresh`: whether it must not be one that was exchanged a moment ago. Two
 * processes may make the first one at once: then both are good.
 */
export async function currentLinkKey(holder: KeyHolder, accountId: number, isFresh = false): Promise<LinkKey> {
  const { catalogs } = holder;
  for (;;) {
    const current = await (isFresh ? catalogs.freshLinkKey(accountId) : catalogs.currentLinkKey(accountId));
    if (current) return current;
    await holder.store.catalog.insertLinkKey(newKey(holder, accountId), null);
    catalogs.clear();
  }
}

/** The oldest first. */
export async function listLinkKeys(management: Management, accountId: number): Promise<ManageOutcome<LinkKey[]>> {
  return done(await management.store.catalog.listLinkKeys(accountId));
}

/**
 * Makes a new key for all links from now on. Links of the keys before it work until `othersRetireAt`, epoch
 * milliseconds; with `now` they are void at once, with null they work for good.
 */
export async function rotateLinkKey(
  management: Management,
  accountId: number,
  othersRetireAt: number | 'now' | null,
): Promise<ManageOutcome<LinkKey>> {
  const retiresAt =
    othersRetireAt === null ? done(null) : readEnd('othersRetireAt', othersRetireAt, management.clock());
  if (retiresAt.kind === 'refused') return retiresAt;
  const outcome = await persist<LinkKey>('link key', async () => {
    // The latest seals: later than those before it also where their maker's clock was ahead.
    const before = (await management.store.catalog.listLinkKeys(accountId)).at(-1)?.createdAt ?? 0;
    const key = newKey(management, accountId, before);
    const result = await management.store.catalog.insertLinkKey(key, retiresAt.value);
    return result === 'taken' ? null : done(key);
  });
  management.catalogs.clear();
  return outcome;
}

function newKey(
  { clock, randomness }: Pick<Management, 'clock' | 'randomness'>,
  accountId: number,
  previousAt = 0,
): LinkKey {
  const createdAt = instantAfter(clock, previousAt);
  return { id: keyId(randomness.uuid()), accountId, secret: randomness.secret(), createdAt, retiresAt: null };
}

/** The last eight digits: the only ones in which all of ours differ. */
function keyId(uuid: string): string {
  return uuid.slice(-8);
}
