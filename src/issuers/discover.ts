/** What an issuer publishes of itself: its metadata (OpenID Connect Discovery 1.0, RFC 8414) and its keys (RFC 7517). */
import type { JSONWebKeySet } from 'jose';
import { isTrustworthy } from '../config/trusted-issuers.ts';

const LIMIT_BYTES = 524_288;
const PATIENCE_MS = 5_000;

/** An issuer does not say what is needed of it. The message completes "the issuer …", and quotes no token. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** The keys that `issuer` publishes now. Rejects with `IssuerUnavailable`; `signal` gives up earlier. */
export async function fetchKeys(issuer: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const { issuer: named, jwks_uri: jwksUri } = await fetchMetadata(issuer, signal);
  if (named !== issuer) {
    throw new IssuerUnavailable(`calls itself ${JSON.stringify(named)} in its metadata, which is not the same`);
  }
  if (!isPlaceOfKeys(jwksUri, issuer)) {
    throw new IssuerUnavailable(`names no jwks_uri with https in its metadata, but ${JSON.stringify(jwksUri)}`);
  }
  const keys = await fetchObject(jwksUri, signal);
  if (keys === null) throw new IssuerUnavailable(`answers 404 where its keys should be: ${jwksUri}`);
  return keys as unknown as JSONWebKeySet;
}

/** Like the issuer itself, over TLS; from this machine only where the issuer is on it too. */
function isPlaceOfKeys(url: unknown, issuer: string): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  return issuer.startsWith('https:') ? new URL(url).protocol === 'https:' : isTrustworthy(new URL(url));
}

async function fetchMetadata(issuer: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const [first, second] = metadataUrls(issuer);
  const metadata = (await fetchObject(first, signal)) ?? (await fetchObject(second, signal));
  if (metadata) return metadata;
  throw new IssuerUnavailable(`has no metadata, neither at ${first} nor at ${second}`);
}

/** Where OpenID Connect puts it, behind the issuer's path, and where RFC 8414 does, before it. */
export function metadataUrls(issuer: string): [string, string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** Null where nothing is there (404). Redirects are not followed: nobody else shall speak for the issuer. */
async function fetchObject(url: string, signal: AbortSignal): Promise<Record<string, unknown> | null> {
  const text = await fetchText(url, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
  if (text === null) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new IssuerUnavailable(`answers something else than JSON at ${url}`);
  }
  if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  throw new IssuerUnavailable(`answers something else than an object at ${url}`);
}

async function fetchText(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
    if (response.status === 200) return await readBounded(response, url);
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw new IssuerUnavailable(`answers ${response.status} at ${url}, not 200`);
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error;
    throw new IssuerUnavailable(`does not answer at ${url} (${reasonOf(error)})`, { cause: error });
  }
}

async function readBounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new IssuerUnavailable(`answers more than ${LIMIT_BYTES} bytes at ${url}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` hides why in its error's cause. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `not within ${PATIENCE_MS / 1_000} seconds`;
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? message ?? name;
}
