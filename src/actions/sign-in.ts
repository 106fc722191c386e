/**
 * Signs operators in and out. Whoever tries learns one thing only: whether all was right. No answer, and as far as that
 * can be had no answer's time, tells an unknown address from a wrong password or a wrong code.
 */
import { parseAddress } from '../domain/address.ts';
import { networkOfCaller } from '../domain/networks.ts';
import type { Operator, OperatorSession } from '../domain/operator.ts';
import type { Context } from './context.ts';
import { hashSecret } from './hash-secret.ts';
import { instantAfter } from './manage-outcome.ts';
import { checkPassword, hashOfNobody, hashPassword, isCheaper } from './passwords.ts';
import { TOTP_KEY_OF_NOBODY, totpStep } from './totp.ts';

export interface SignInTry {
  readonly email: string;
  readonly password: string;
  /** Of the second factor; null or empty where none was given. */
  readonly code: string | null;
  /** Null where it is not known: such callers are counted as one. */
  readonly callerAddress: string | null;
}

/** Instants are epoch milliseconds. */
export type SignInOutcome =
  | {
      readonly kind: 'signed-in';
      /** For the browser; only its SHA-256 is kept. */
      readonly secret: string;
      readonly expiresAt: number;
      readonly operator: Operator;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'too-many'; readonly tryAgainAt: number }
  | { readonly kind: 'too-busy' };

export interface SignedIn {
  readonly operator: Operator;
  readonly session: OperatorSession;
}

const SESSION_MS = 12 * 3_600_000;
const WINDOW_MS = 15 * 60_000;

type Parts = Pick<Context, 'store' | 'clock' | 'randomness' | 'passwordCost'>;

export async function signIn(context: Parts, tried: SignInTry): Promise<SignInOutcome> {
  const { store, clock, passwordCost } = context;
  const email = tried.email.trim();
  const limits = limitsOf(email, tried.callerAddress);
  const tryAgainAt = await countTry(context, [limits.ofCaller, limits.ofBoth, limits.ofEmail]);
  if (tryAgainAt !== null) return { kind: 'too-many', tryAgainAt };
  await store.operators.forgetExpired(clock());
  const operator = parseAddress(email) && (await store.operators.findByEmail(email));
  // The same is worked out for everybody, whoever there is and whatever was right.
  const step = await totpStep(operator?.totpSecret ?? TOTP_KEY_OF_NOBODY, tried.code ?? '', clock());
  const check = await checkPassword(tried.password, operator?.passwordHash ?? hashOfNobody(passwordCost));
  if (check === 'too-busy') return { kind: 'too-busy' };
  if (!operator || check === 'wrong' || !(await isCodeGood(context, operator, step))) return { kind: 'refused' };
  const begun = await beginSession(context, operator, tried.password);
  if (begun.kind === 'refused') return begun;
  await store.operators.forgetTries([limits.ofBoth.key]);
  await renewHash(context, operator, tried.password);
  return begun;
}

/** Who is signed in with this secret; null where nobody is, or is no more. */
export function signedIn({ store, clock }: Parts, secret: string): Promise<SignedIn | null> {
  return store.operators.findSession(hashSecret(secret), clock());
}

/** Ends the session of this secret; where there is none, nothing happens. */
export function signOut({ store }: Parts, secret: string): Promise<void> {
  return store.operators.endSession(hashSecret(secret));
}

/** How many tries there may be in a window of what `key` stands for. */
interface TryLimit {
  readonly key: string;
  readonly most: number;
}

function limitsOf(email: string, callerAddress: string | null) {
  const caller = callerAddress === null ? 'unknown' : networkOfCaller(callerAddress);
  // As operators are found by it: whatever the case.
  const wanted = email.normalize('NFC').toLowerCase();
  return {
    ofCaller: { key: `caller\n${caller}`, most: 30 },
    ofBoth: { key: `both\n${caller}\n${wanted}`, most: 5 },
    ofEmail: { key: `email\n${wanted}`, most: 100 },
  };
}

/**
 * Counts a try, and says when the next one may be where it is one too many; otherwise null. What one limit keeps out is
 * not counted for the next: else one caller could use up an address's tries, and keep its owner out.
 */
async function countTry({ store, clock }: Parts, limits: readonly TryLimit[]): Promise<number | null> {
  for (const { key, most } of limits) {
    const now = clock();
    const [tries] = await store.operators.countTries([key], now, now + WINDOW_MS);
    if (tries && tries.count > most) return tries.windowEndsAt;
  }
  return null;
}

/** Each code is good once, by the step that it is of. Who has no second factor needs none. */
async function isCodeGood({ store }: Parts, operator: Operator, step: number | null): Promise<boolean> {
  if (operator.totpSecret === null) return true;
  return step !== null && store.operators.useTotpStep(operator.id, step);
}

/** Refused where the operator was changed meanwhile, so that what was shown is good no more. */
async function beginSession(
  { store, clock, randomness }: Parts,
  checked: Operator,
  password: string,
): Promise<SignInOutcome & { kind: 'signed-in' | 'refused' }> {
  const secret = randomness.secret();
  const createdAt = clock();
  const session = {
    secretHash: hashSecret(secret),
    operatorId: checked.id,
    createdAt,
    expiresAt: createdAt + SESSION_MS,
  };
  await store.operators.insertSession(session);
  // Whoever changes a password ends sessions after it. So one that begins now is ended then, or sees the change here.
  const operator = await store.operators.find(checked.id);
  if (operator && (await isGoodStill(checked, operator, password))) {
    return { kind: 'signed-in', secret, expiresAt: session.expiresAt, operator };
  }
  await store.operators.endSession(session.secretHash);
  return { kind: 'refused' };
}

/** The hash alone may be another one: a sign-in beside this one has renewed it. */
async function isGoodStill(checked: Operator, now: Operator, password: string): Promise<boolean> {
  if (now.totpSecret !== checked.totpSecret) return false;
  return now.passwordHash === checked.passwordHash || (await checkPassword(password, now.passwordHash)) === 'right';
}

/** Hashes made when hashes were cheaper become as costly as today's: only now is the password at hand. */
async function renewHash({ store, clock, passwordCost }: Parts, operator: Operator, password: string): Promise<void> {
  if (!isCheaper(operator.passwordHash, passwordCost)) return;
  const passwordHash = await hashPassword(password, passwordCost);
  const updatedAt = instantAfter(clock, operator.updatedAt);
  // Where somebody else changed the operator meanwhile, theirs stays.
  await store.operators.update({ ...operator, passwordHash, updatedAt }, operator.updatedAt);
}
