/** Creates, lists and revokes tokens. A secret is shown to whoever creates it and kept only as its SHA-256. */
import { isScope, SCOPES, type Scope } from '../domain/access.ts';
import type { Token } from '../domain/catalog.ts';
import { NETWORK_FORM, parseNetwork } from '../domain/networks.ts';
import { hashSecret } from './hash-secret.ts';
import { findApp } from './manage-apps.ts';
import { checkName, firstProblem, invalid, tidy } from './manage-checks.ts';
import { done, type Management, type ManageOutcome, type ManageRefusal, persist, refused } from './manage-outcome.ts';

export interface TokenWish {
  readonly name: string;
  /** The account's only app where it is not named. */
  readonly appId?: number | undefined;
  /** Those of the API where none is named; `optio.admin` must be asked for. */
  readonly scopes?: readonly string[] | undefined;
  /** Epoch milliseconds; null or absent: never. */
  readonly expiresAt?: number | null | undefined;
  /** As an operator writes them; from everywhere where none is named. */
  readonly allowedNetworks?: readonly string[] | undefined;
}

/** A token at the one moment its secret is known. */
export interface IssuedToken {
  readonly token: Token;
  readonly secret: string;
}

/** Every scope but the one to manage the account. */
export const API_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'optio.admin');

const HINT_CHARACTERS = 4;
const MAX_NETWORKS = 100;

/** A new secret, in the form of a private app's token. */
export function newSecret({ randomness }: Management): string {
  return `pat-opt1-${randomness.uuid()}`;
}

/** The end of a secret, by which people tell it from others. */
export function hintOf(secret: string): string {
  return secret.slice(-HINT_CHARACTERS);
}

/** The token that is kept for its first secret. */
export function composeToken(
  { randomness }: Management,
  secret: string,
  of: Pick<Token, 'accountId' | 'appId' | 'name' | 'scopes' | 'allowedNetworks' | 'createdAt' | 'expiresAt'>,
): Token {
  return {
    id: randomness.uuid(),
    secretHash: hashSecret(secret),
    hint: hintOf(secret),
    ...of,
    ...NEW_TOKEN,
  };
}

/** What is true of every token that has just been made. */
export const NEW_TOKEN = { revokedAt: null, rotatedAt: null, oldSecret: null, lastUsedAt: null } as const;

export async function createToken(
  management: Management,
  accountId: number,
  wish: TokenWish,
): Promise<ManageOutcome<IssuedToken>> {
  const now = management.clock();
  const problem = firstProblem(checkName('name', wish.name), checkExpiry(wish.expiresAt, now));
  if (problem) return refused(problem);
  const scopes = readScopes(wish.scopes);
  if (scopes.kind === 'refused') return scopes;
  const networks = readNetworks(wish.allowedNetworks ?? []);
  if (networks.kind === 'refused') return networks;
  const app = await findApp(management, accountId, wish.appId);
  if (app.kind === 'refused') return app;
  const outcome = await persist<IssuedToken>('token', async () => {
    const secret = newSecret(management);
    const token = composeToken(management, secret, {
      accountId,
      appId: app.value.id,
      name: tidy(wish.name),
      scopes: scopes.value,
      allowedNetworks: networks.value,
      createdAt: now,
      expiresAt: wish.expiresAt ?? null,
    });
    const result = await management.store.catalog.insertToken(token);
    return result === 'taken' ? null : done({ token, secret });
  });
  management.catalogs.clear();
  return outcome;
}

/** An account's tokens, the first one first; revoked and expired ones too. */
export function listTokens({ store }: Management, accountId: number): Promise<Token[]> {
  return store.catalog.listTokens(accountId);
}

export async function findToken(
  management: Management,
  accountId: number,
  tokenId: string,
): Promise<ManageOutcome<Token>> {
  const tokens = await management.store.catalog.listTokens(accountId);
  const token = tokens.find((candidate) => candidate.id === tokenId.toLowerCase());
  return token ? done(token) : refused({ code: 'not-found', thing: 'token', id: tokenId });
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Revokes a token by its id. Doing so again changes nothing and is no mistake. */
export async function revokeToken(
  management: Management,
  accountId: number,
  tokenId: string,
): Promise<ManageOutcome<null>> {
  const known =
    UUID.test(tokenId) &&
    (await management.store.catalog.revokeToken(accountId, tokenId.toLowerCase(), management.clock()));
  management.catalogs.clear();
  return known ? done(null) : refused({ code: 'not-found', thing: 'token', id: tokenId });
}

/** Scopes as they are kept; those of the API where nothing was said of them. */
export function readScopes(written: readonly string[] = API_SCOPES): ManageOutcome<readonly Scope[]> {
  const scopes = new Set<Scope>();
  for (const text of written) {
    if (!isScope(text)) {
      const shown = JSON.stringify(text.slice(0, 80));
      return refused(invalid('scopes', `must not hold ${shown}; allowed are ${SCOPES.join(', ')}`));
    }
    scopes.add(text);
  }
  return scopes.size === 0 ? refused(invalid('scopes', 'must not be empty')) : done([...scopes]);
}

function checkExpiry(expiresAt: number | null | undefined, now: number): ManageRefusal | null {
  if (expiresAt === null || expiresAt === undefined || expiresAt > now) return null;
  return invalid('expiresAt', 'must be in the future');
}

/** Networks in the form in which they are kept. */
export function readNetworks(written: readonly string[], field = 'allowedNetworks'): ManageOutcome<readonly string[]> {
  if (written.length > MAX_NETWORKS) {
    return refused(invalid(field, `must hold at most ${MAX_NETWORKS} networks, not ${written.length}`));
  }
  const networks = new Set<string>();
  for (const [index, text] of written.entries()) {
    const network = parseNetwork(text);
    if (network === null) return refused(invalid(`${field}[${index}]`, `must be ${NETWORK_FORM}`));
    networks.add(network);
  }
  return done([...networks]);
}
