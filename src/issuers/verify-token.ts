/** Verifies an access token of an issuer: RFC 9068 section 4, RFC 8725. */
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from 'jose';
import type { Verification } from '../actions/trusted-issuers.ts';
import type { TrustedIssuer } from '../config/trusted-issuers.ts';
import { IssuerUnavailable } from './discover.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { readHolder } from './read-holder.ts';

/** Longer ones are not even read: none of ours would need it. */
export const LONGEST_HEADER_CHARACTERS = 4_096;

export type VerifiedToken =
  | Exclude<Verification, { readonly kind: 'authenticated' }>
  /**
   * `validUntil` is the first instant at which it is valid no more, in epoch milliseconds; `generation` that of the keys
   * by which it was verified.
   */
  | (Verification & { readonly kind: 'authenticated'; readonly validUntil: number; readonly generation: number });

/** What `token` is worth at `now`, in epoch milliseconds; it says of itself that it is of the `trusted` issuer. */
export async function verifyToken(
  token: string,
  trusted: TrustedIssuer,
  keys: IssuerKeys,
  now: number,
): Promise<VerifiedToken> {
  try {
    const { issuer, audience, algorithms, clockSkewSeconds, plainJwt } = trusted;
    let generation = keys.generation;
    const findKey: JWTVerifyGetKey = async (header, signed) => {
      const key = await keys.find(header, signed);
      generation = keys.generation;
      return key;
    };
    const verified = await jwtVerify(token, findKey, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat'],
      ...(!plainJwt && { typ: 'at+jwt' }),
    });
    const fault = findFault(verified, trusted, now);
    if (fault !== null) return refused(fault);
    const principal = readHolder(verified.payload, trusted);
    if (typeof principal === 'string') return refused(principal);
    const validUntil = (verified.payload.exp! + clockSkewSeconds) * 1_000;
    return { kind: 'authenticated', principal, validUntil, generation };
  } catch (error) {
    return answerTo(error, trusted);
  }
}

/** What `jose` lets pass and we do not, as a sentence. */
function findFault({ protectedHeader, payload }: JWTVerifyResult, trusted: TrustedIssuer, now: number): string | null {
  if (protectedHeader.crit !== undefined)
    return 'Its header has critical extensions (crit), which none is known of here.';
  if (trusted.plainJwt && !/^(?:application\/)?(?:at\+)?jwt$/i.test(protectedHeader.typ ?? 'JWT')) {
    return 'Its type (typ) is neither at+jwt nor JWT.';
  }
  if (payload.cnf !== undefined) return 'It is bound to a key of its holder (cnf), which is not checked here.';
  return findFaultOfTimes(payload, trusted, now);
}

function findFaultOfTimes({ iat, exp }: JWTPayload, trusted: TrustedIssuer, now: number): string | null {
  const { clockSkewSeconds, maxLifetimeSeconds } = trusted;
  if (iat! > now / 1_000 + clockSkewSeconds) return 'It was issued in the future (iat).';
  if (exp! - iat! > maxLifetimeSeconds) return `It is valid for longer than ${maxLifetimeSeconds} seconds (iat, exp).`;
  return null;
}

function answerTo(error: unknown, { issuer, audience, plainJwt }: TrustedIssuer): VerifiedToken {
  if (error instanceof IssuerUnavailable) return { kind: 'unverifiable', issuer };
  if (error instanceof errors.JWTExpired)
    return { kind: 'expired', expiredAt: Math.max(0, error.payload.exp! * 1_000) };
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(describeClaim(error, audience, plainJwt));
  }
  if (error instanceof errors.JOSEError) return refused(BY_CODE[error.code] ?? UNREADABLE);
  // What the issuer publishes as a key is none that can be imported or that is long enough.
  if (error instanceof TypeError || error instanceof DOMException) return refused(UNUSABLE_KEY);
  throw error;
}

const UNREADABLE = 'It cannot be read as a signed JWT.';
const UNUSABLE_KEY = 'The key that its issuer publishes for it cannot be used.';

const BY_CODE: Readonly<Record<string, string>> = {
  [errors.JOSEAlgNotAllowed.code]: 'Its signature is of a kind (alg) that is not taken of its issuer.',
  [errors.JWKSNoMatchingKey.code]: 'It is signed with a key (kid) that its issuer does not publish.',
  [errors.JWKSMultipleMatchingKeys.code]:
    'It does not say with which key it is signed (kid), and its issuer has several.',
  [errors.JWSSignatureVerificationFailed.code]: 'Its signature is not right.',
  [errors.JWKSInvalid.code]: UNUSABLE_KEY,
};

function describeClaim(error: errors.JWTClaimValidationFailed, audience: string, plainJwt: boolean): string {
  const { claim, reason } = error;
  if (claim === 'typ') return `Its type (typ) is not ${plainJwt ? 'JWT' : 'at+jwt'}.`;
  if (reason === 'missing') return `It has no claim "${claim}".`;
  if (reason === 'invalid') return `Its claim "${claim}" is no number.`;
  if (claim === 'aud') return `It is not made out to this server: its audience (aud) is not ${audience}.`;
  return claim === 'nbf' ? 'It is not valid yet (nbf).' : `Its claim "${claim}" is not right.`;
}

function refused(because: string): VerifiedToken {
  return { kind: 'refused', because };
}
