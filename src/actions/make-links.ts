/** Makes the links by which contacts decide for themselves. No writes, and no query in the steady state. */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { Address } from '../domain/address.ts';
import type { BusinessUnit } from '../domain/catalog.ts';
import type { LinkClaims, LinkKey } from '../domain/link.ts';
import { sealLink } from '../domain/link.ts';
import type { Refusal } from '../domain/outcome.ts';
import { CatalogCache } from './catalog-cache.ts';
import type { Site } from './context.ts';
import { currentLinkKey, type KeyHolder } from './manage-link-keys.ts';
import type { Management } from './manage-outcome.ts';

/** For whom links are wanted, and in which language (BCP 47) their pages shall be. */
export interface LinkWish {
  readonly address: Address;
  readonly language: string | null;
}

/** What the links of a mailing have in common. */
export interface Mailing {
  /** Null: that of the type, or the account's own (0) without one. */
  readonly businessUnitId: number | null;
  /** The type that one click ends. */
  readonly subscriptionId: number | null;
}

/** A contact's links, as URLs. */
export interface ContactLinks {
  readonly manage: string;
  readonly unsubscribeAll: string;
  /** Null where the mailing is of no type. */
  readonly unsubscribe: string | null;
}

export type LinksOutcome =
  | { readonly kind: 'made'; readonly brand: BusinessUnit; readonly links: readonly ContactLinks[] }
  | { readonly kind: 'refused'; readonly refusal: LinkRefusal };

export type LinkRefusal =
  | Extract<Refusal, { code: 'business-unit-unknown' | 'subscription-unknown' }>
  /** The type is another brand's. */
  | { readonly code: 'brand-mismatch'; readonly subscriptionId: number; readonly businessUnitId: number };

/** What making links needs: a server's `Context` is one; the command line makes its own with `linkMakerOf`. */
export interface LinkMaker extends KeyHolder {
  readonly site: Readonly<Site>;
  readonly catalogs: KeyHolder['catalogs'] & Pick<CatalogCache, 'catalog'>;
}

/** Makes links on a store on which nobody serves in this process; they begin with `siteUrl`. */
export function linkMakerOf({ store, clock, randomness }: Management, siteUrl: string): LinkMaker {
  return { site: { url: siteUrl }, store, clock, randomness, catalogs: new CatalogCache(store) };
}

/** Where links lead, below the site's URL. */
export const LINK_PATH = '/l';

/** How many contacts' links are made before others get a turn: some ten milliseconds' worth. */
const TURN = 250;

/** Makes each contact's links, in the order of the wishes. The contacts need not be known, and nothing is stored. */
export async function makeLinks(
  maker: LinkMaker,
  accountId: number,
  mailing: Mailing,
  wishes: readonly LinkWish[],
): Promise<LinksOutcome> {
  const catalog = await maker.catalogs.catalog(accountId);
  const { subscriptionId } = mailing;
  const definition = subscriptionId === null ? undefined : catalog.definitions.get(subscriptionId);
  if (subscriptionId !== null && !definition) {
    return { kind: 'refused', refusal: { code: 'subscription-unknown', subscriptionId } };
  }
  const businessUnitId = mailing.businessUnitId ?? definition?.businessUnitId ?? 0;
  const brand = catalog.businessUnits.get(businessUnitId);
  if (!brand) {
    return { kind: 'refused', refusal: { code: 'business-unit-unknown', businessUnitId } };
  }
  if (definition && definition.businessUnitId !== businessUnitId) {
    return { kind: 'refused', refusal: { code: 'brand-mismatch', subscriptionId: definition.id, businessUnitId } };
  }
  // Many links at once are worth a look at whether the key was just exchanged: they would be void from the start.
  const key = await currentLinkKey(maker, accountId, wishes.length > 1);
  const subscriptionIds = definition ? [definition.id] : [];
  const links: ContactLinks[] = [];
  for (const { address, language } of wishes) {
    if (links.length % TURN === TURN - 1) await letOthersRun();
    const claims = { businessUnitId, subscriptionIds, language, address: address.written };
    links.push({
      manage: linkTo(maker, key, { ...claims, purpose: 'manage' }),
      unsubscribeAll: linkTo(maker, key, { ...claims, purpose: 'unsubscribe-all' }),
      unsubscribe: definition ? linkTo(maker, key, { ...claims, purpose: 'unsubscribe' }) : null,
    });
  }
  return { kind: 'made', brand, links };
}

/** A link's URL, made now. */
export function linkTo(
  { site, clock, randomness }: Omit<LinkMaker, 'catalogs'>,
  key: LinkKey,
  claims: Omit<LinkClaims, 'issuedAt'>,
): string {
  return `${site.url}${LINK_PATH}/${sealLink(key, randomness.nonce(), { ...claims, issuedAt: clock() })}`;
}
