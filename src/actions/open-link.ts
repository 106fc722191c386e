/** Opens a link that somebody follows: whose it is, and for what. Changes nothing. */
import { type Address, parseAddress } from '../domain/address.ts';
import type { BusinessUnit, Catalog } from '../domain/catalog.ts';
import type { LinkClaims, LinkKey } from '../domain/link.ts';
import { keyIdOf, openLink as readLink } from '../domain/link.ts';
import type { SubscriberRef } from '../storage/port.ts';
import type { Context } from './context.ts';
import type { Management } from './manage-outcome.ts';
import { refOf } from './subscriber-ref.ts';

/** A link that works, with what its page needs of the account. */
export interface OpenLink {
  readonly accountId: number;
  /** What it was sealed with. */
  readonly key: LinkKey;
  readonly claims: LinkClaims;
  readonly catalog: Catalog;
  readonly brand: BusinessUnit;
}

/** One that is a contact's. */
export interface ContactLink extends OpenLink {
  readonly address: Address;
  readonly ref: SubscriberRef;
}

/**
 * `unknown`: none that this server made, or one that was altered. `expired`: its key was retired. `revoked`: this
 * contact's links were taken back.
 */
export type BadLink = 'unknown' | 'expired' | 'revoked';

export type OpenOutcome =
  | { readonly kind: 'contact'; readonly link: ContactLink }
  /** Nobody's: for whoever finds it. */
  | { readonly kind: 'anybody'; readonly link: OpenLink }
  | { readonly kind: 'bad'; readonly why: BadLink };

/** Opens the link with this token. Nothing that comes back says whether the contact is known here. */
export async function openLink(context: Context, token: string): Promise<OpenOutcome> {
  const id = keyIdOf(token);
  const key = id === null ? null : await context.catalogs.linkKey(id);
  const claims = key && readLink(key, token);
  if (!key || !claims) return { kind: 'bad', why: 'unknown' };
  if (key.retiresAt !== null && key.retiresAt <= context.clock()) return { kind: 'bad', why: 'expired' };
  const { accountId } = key;
  const catalog = await catalogWith(context, accountId, claims);
  const brand = catalog?.businessUnits.get(claims.businessUnitId);
  if (!catalog || !brand) return { kind: 'bad', why: 'unknown' };
  const link = { accountId, key, claims, catalog, brand };
  if (claims.address === '') return { kind: 'anybody', link };
  const address = parseAddress(claims.address);
  if (!address) return { kind: 'bad', why: 'unknown' };
  const ref = refOf(accountId, address);
  const revokedThrough = await context.store.linkRevocations.revokedThrough(ref);
  if (claims.issuedAt <= revokedThrough) return { kind: 'bad', why: 'revoked' };
  return { kind: 'contact', link: { ...link, address, ref } };
}

/**
 * The account's catalog with the brand and the types that a link names: another process may have made them, and the link,
 * a moment ago. Null where there are none: the database is older than the link, restored from a backup.
 */
async function catalogWith(
  { catalogs }: Context,
  accountId: number,
  { businessUnitId, subscriptionIds }: LinkClaims,
): Promise<Catalog | null> {
  const hasAll = ({ businessUnits, definitions }: Catalog) =>
    businessUnits.has(businessUnitId) && subscriptionIds.every((id) => definitions.has(id));
  const known = await catalogs.catalog(accountId);
  if (hasAll(known)) return known;
  const fresh = await catalogs.freshCatalog(accountId);
  return hasAll(fresh) ? fresh : null;
}

/** Makes all links void that were made for the contact up to now, and returns that instant in epoch milliseconds. */
export async function revokeLinks(
  { store, clock }: Pick<Management, 'store' | 'clock'>,
  accountId: number,
  address: Address,
): Promise<number> {
  const ref = refOf(accountId, address);
  const through = clock();
  await store.linkRevocations.revoke(ref, through);
  return through;
}
