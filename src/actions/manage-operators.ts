/**
 * Creates, lists and changes operators: the people who sign in and say which app acts for an account. Whatever changes what
 * an operator signs in with ends all their sessions.
 */
import { parseAddress } from '../domain/address.ts';
import type { Operator } from '../domain/operator.ts';
import { problemOfPassword } from '../domain/password.ts';
import { listAccounts } from './manage-accounts.ts';
import { firstProblem, insertWithId, invalid } from './manage-checks.ts';
import {
  done,
  instantAfter,
  type Management,
  type ManageOutcome,
  type ManageRefusal,
  persist,
  refused,
} from './manage-outcome.ts';
import { hashPassword } from './passwords.ts';
import { newTotpKey, totpUri } from './totp.ts';

export interface OperatorWish {
  readonly email: string;
  /** A strong one is made where none is given. */
  readonly password?: string | undefined;
  /** All accounts, also those to come, where none is named. */
  readonly accountIds?: readonly number[] | null | undefined;
}

/** An operator at the one moment their password is known; null where whoever asked has brought it along. */
export interface OperatorWithPassword {
  readonly operator: Operator;
  readonly password: string | null;
}

/** An operator at the one moment the key of their second factor is shown. */
export interface OperatorWithTotp {
  readonly operator: Operator;
  /** In base32. */
  readonly key: string;
  readonly uri: string;
}

/** The oldest first. */
export function listOperators({ store }: Management): Promise<Operator[]> {
  return store.operators.list();
}

/** By the e-mail address, whatever its case. */
export async function findOperator({ store }: Management, email: string): Promise<ManageOutcome<Operator>> {
  const operator = await store.operators.findByEmail(email.trim());
  return operator ? done(operator) : refused({ code: 'not-found', thing: 'operator', id: email.trim() });
}

export async function createOperator(
  management: Management,
  wish: OperatorWish,
): Promise<ManageOutcome<OperatorWithPassword>> {
  const email = wish.email.trim().normalize('NFC');
  const password = wish.password ?? newPassword(management);
  const accountIds = unique(wish.accountIds ?? null);
  const problem = firstProblem(
    checkEmail(email),
    checkPassword(password, email),
    await checkAccounts(management, accountIds),
  );
  if (problem) return refused(problem);
  const passwordHash = await hashPassword(password, management.passwordCost);
  const createdAt = management.clock();
  return insertWithId<OperatorWithPassword>(management, 'operator', undefined, async (id) => {
    if (await management.store.operators.findByEmail(email)) {
      return refused(invalid('email', 'belongs to an operator already'));
    }
    const of = { id, email, passwordHash, totpSecret: null, accountIds, createdAt, updatedAt: createdAt };
    const result = await management.store.operators.insert(of);
    return result === 'taken'
      ? 'taken'
      : done({ operator: of, password: wish.password === undefined ? password : null });
  });
}

/** Says for which accounts the operator may act: `null` for all. What is open in a browser goes by it at once. */
export async function updateOperator(
  management: Management,
  email: string,
  change: { readonly accountIds: readonly number[] | null },
): Promise<ManageOutcome<Operator>> {
  const accountIds = unique(change.accountIds);
  const problem = await checkAccounts(management, accountIds);
  if (problem) return refused(problem);
  return changeOperator(management, email, { accountIds });
}

/** Sets the password that is given, or else a strong one that is made. Ends all sessions. */
export async function setPassword(
  management: Management,
  email: string,
  given?: string,
): Promise<ManageOutcome<OperatorWithPassword>> {
  const found = await findOperator(management, email);
  if (found.kind === 'refused') return found;
  const password = given ?? newPassword(management);
  const problem = checkPassword(password, found.value.email);
  if (problem) return refused(problem);
  const passwordHash = await hashPassword(password, management.passwordCost);
  const outcome = await changeSecret(management, email, { passwordHash });
  if (outcome.kind === 'refused') return outcome;
  return done({ operator: outcome.value, password: given === undefined ? password : null });
}

/** Gives the operator a second factor, or another in the place of the one there is. Ends all sessions. */
export async function setUpTotp(management: Management, email: string): Promise<ManageOutcome<OperatorWithTotp>> {
  const key = await newTotpKey(management.randomness);
  const outcome = await changeSecret(management, email, { totpSecret: key });
  if (outcome.kind === 'refused') return outcome;
  return done({ operator: outcome.value, key, uri: await totpUri(key, outcome.value.email) });
}

/** From now on the password alone will do. Ends all sessions. */
export function removeTotp(management: Management, email: string): Promise<ManageOutcome<Operator>> {
  return changeSecret(management, email, { totpSecret: null });
}

/** Ends all the operator's sessions: as many as `ended` says. */
export async function signOutEverywhere(
  management: Management,
  email: string,
): Promise<ManageOutcome<{ operator: Operator; ended: number }>> {
  const found = await findOperator(management, email);
  if (found.kind === 'refused') return found;
  const ended = await management.store.operators.endSessions(found.value.id, management.clock());
  return done({ operator: found.value, ended });
}

/** With all sessions. What the operator installed stays. */
export async function deleteOperator(management: Management, email: string): Promise<ManageOutcome<Operator>> {
  const found = await findOperator(management, email);
  if (found.kind === 'refused') return found;
  const deleted = await management.store.operators.delete(found.value.id);
  return deleted ? found : refused({ code: 'not-found', thing: 'operator', id: email.trim() });
}

async function changeSecret(
  management: Management,
  email: string,
  change: Partial<Pick<Operator, 'passwordHash' | 'totpSecret'>>,
): Promise<ManageOutcome<Operator>> {
  const outcome = await changeOperator(management, email, change);
  // Only now: a session that begins meanwhile sees the change (`signIn`), or is ended here.
  if (outcome.kind === 'done') await management.store.operators.endSessions(outcome.value.id, management.clock());
  return outcome;
}

/** Nothing is written where nothing differs. */
function changeOperator(
  management: Management,
  email: string,
  change: Partial<Pick<Operator, 'passwordHash' | 'totpSecret' | 'accountIds'>>,
): Promise<ManageOutcome<Operator>> {
  return persist<Operator>('operator', async () => {
    const found = await findOperator(management, email);
    if (found.kind === 'refused') return found;
    const before = found.value;
    const wanted = { ...before, ...change };
    if (JSON.stringify(wanted) === JSON.stringify(before)) return found;
    const after = { ...wanted, updatedAt: instantAfter(management.clock, before.updatedAt) };
    const result = await management.store.operators.update(after, before.updatedAt);
    return result === 'stale' ? null : done(after);
  });
}

function checkEmail(email: string): ManageRefusal | null {
  return parseAddress(email) ? null : invalid('email', 'must be an e-mail address: local-part@domain');
}

function checkPassword(password: string, email: string): ManageRefusal | null {
  const problem = problemOfPassword(password, email);
  return problem === null ? null : invalid('password', problem);
}

async function checkAccounts(
  management: Management,
  accountIds: readonly number[] | null,
): Promise<ManageRefusal | null> {
  if (accountIds === null) return null;
  if (accountIds.length === 0) return invalid('accountIds', 'must name an account');
  const known = new Set((await listAccounts(management)).map((account) => account.id));
  const id = accountIds.find((each) => !known.has(each));
  return id === undefined ? null : { code: 'not-found', thing: 'account', id };
}

function unique(accountIds: readonly number[] | null): readonly number[] | null {
  return accountIds && [...new Set(accountIds)];
}

/** Digits and small letters without those that are mistaken for others: 32, so that each is worth five bits. */
const CHARACTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const PASSWORD_CHARACTERS = 24;

/** 120 random bits, in six groups that a person can type. */
function newPassword({ randomness }: Management): string {
  const octets = [...Buffer.from(randomness.secret(), 'hex').subarray(0, PASSWORD_CHARACTERS)];
  const characters = octets.map((octet) => CHARACTERS[octet % CHARACTERS.length]!).join('');
  return characters.replace(/.{4}(?=.)/g, '$&-');
}
