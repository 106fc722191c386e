/** Operators to test with, on a store of any engine. Their passwords are hashed quickly. */
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Context } from '../../src/actions/context.ts';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { createOperator, type OperatorWish } from '../../src/actions/manage-operators.ts';
import type { ManageOutcome } from '../../src/actions/manage-outcome.ts';
import type { PasswordCost } from '../../src/actions/passwords.ts';
import { type SignInOutcome, type SignInTry, signIn } from '../../src/actions/sign-in.ts';
import type { Operator } from '../../src/domain/operator.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { OperatorStore, Store } from '../../src/storage/port.ts';
import type { Engine } from '../http/support/engines.ts';
import { newAccount } from './account.ts';
import { withMethodsOf } from './tampered-store.ts';

export const QUICK: PasswordCost = { log2N: 4, r: 8, p: 1 };
export const PASSWORD = 'correct horse battery staple';
/** Where the clock stands at first. */
export const START = Date.UTC(2026, 4, 4, 10, 20, 30);

export interface OperatorsSetting {
  readonly store: Store;
  /** With the accounts 1 and 2. Its clock is `clock.now`. */
  readonly context: Context;
  readonly clock: { now: number };
  /** Another process's. */
  readonly contextWith: (passwordCost: PasswordCost) => Context;
  readonly close: () => Promise<void>;
}

export async function setUpOperators(engine: Engine): Promise<OperatorsSetting> {
  const database = await engine.create();
  const store = await openStore(database.databaseUrl);
  await store.migrate();
  for (const id of [1, 2]) await store.catalog.insertAccount(newAccount(id));
  const clock = { now: START };
  const context = await createContext(store, { clock: () => clock.now, passwordCost: QUICK });
  const close = async () => {
    await stopContext(context);
    await store.close();
    await database.drop();
  };
  return { store, context, clock, contextWith: (passwordCost) => ({ ...context, passwordCost }), close };
}

/** An operator for all accounts, with `PASSWORD`, unless something else is wished for. */
export async function makeOperator(
  context: Context,
  email: string,
  wish: Partial<OperatorWish> = {},
): Promise<Operator> {
  return assertDone(await createOperator(context, { email, password: PASSWORD, ...wish })).operator;
}

export function assertDone<Value>(outcome: ManageOutcome<Value>): Value {
  if (outcome.kind === 'done') return outcome.value;
  throw new Error(JSON.stringify(outcome.refusal));
}

/** What an authenticator app that has the key shows at `now`. */
export function codeOf(key: string, now: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(key), timestamp: now });
}

/** An operator who tries to sign in: in each test another one, on another day and in another network. */
export interface TryingOperator {
  readonly context: Context;
  readonly clock: { now: number };
  readonly contextWith: (passwordCost: PasswordCost) => Context;
  readonly email: string;
  /** A number that no other test's network has. */
  readonly network: number;
  /** An address of the network. */
  readonly from: (host: number) => string;
  /** With the right password, unless something else is tried. */
  readonly attempt: (tried?: Partial<SignInTry>, by?: Context) => Promise<SignInOutcome>;
  readonly attemptWrong: (tried?: Partial<SignInTry>) => Promise<SignInOutcome>;
  readonly letIn: (tried?: Partial<SignInTry>, by?: Context) => Promise<SignInOutcome & { kind: 'signed-in' }>;
}

/** For the suite that is being described. */
export function useOperator(engine: Engine): TryingOperator {
  let setting: OperatorsSetting;
  let count = 0;
  before(async () => {
    setting = await setUpOperators(engine);
  });
  after(() => setting.close());
  beforeEach(async () => {
    count += 1;
    setting.clock.now = START + count * DAY_MS;
    await makeOperator(setting.context, emailOf(count));
  });
  const from = (host: number) => `10.${count}.0.${host}`;
  const attempt = (tried: Partial<SignInTry> = {}, by = setting.context) =>
    signIn(by, { email: emailOf(count), password: PASSWORD, code: null, callerAddress: from(1), ...tried });
  return {
    get context() {
      return setting.context;
    },
    get clock() {
      return setting.clock;
    },
    contextWith: (passwordCost) => setting.contextWith(passwordCost),
    get email() {
      return emailOf(count);
    },
    get network() {
      return count;
    },
    from,
    attempt,
    attemptWrong: (tried = {}) => attempt({ password: 'wrong horse', ...tried }),
    letIn: async (tried, by) => {
      const outcome = await attempt(tried, by);
      assert.equal(outcome.kind, 'signed-in', JSON.stringify(outcome));
      return outcome;
    },
  };
}

const DAY_MS = 86_400_000;

function emailOf(count: number): string {
  return `ana${count}@example.com`;
}

/** The same, with a store of operators that behaves otherwise in some methods, and tells of all that are called. */
export function withOperators(
  context: Context,
  otherwise: Partial<OperatorStore>,
  tell: (method: string) => void = () => {},
): Context {
  const operators = new Proxy(context.store.operators, {
    get: (target, name) => {
      tell(String(name));
      const own = otherwise[name as keyof OperatorStore] ?? target[name as keyof OperatorStore];
      return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
    },
  });
  return { ...context, store: withMethodsOf(context.store, { operators }) };
}
