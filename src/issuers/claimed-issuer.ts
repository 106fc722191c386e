/** Looks at what may be a JWT, before anything is verified. */

/** Three parts in base64url, of which the last, the signature, may be missing: such a token is refused, not unknown. */
const COMPACT_JWS = /^(ey[\w-]+)\.([\w-]+)\.[\w-]*$/;

/** The parts of what looks like a signed JWT: its header as it was sent, and the issuer that it says it is of. */
export interface Claimed {
  readonly header: string;
  readonly issuer: string;
}

/** Null for everything that is no signed JWT with an issuer. */
export function claimedIssuer(token: string): Claimed | null {
  const [, header, payload] = COMPACT_JWS.exec(token) ?? [];
  if (header === undefined || payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !Object.hasOwn(claims, 'iss')) return null;
    const { iss } = claims as { iss: unknown };
    return typeof iss === 'string' ? { header, issuer: iss } : null;
  } catch {
    return null;
  }
}
