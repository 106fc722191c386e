/** Operators to test with, on a store of any engine. Their passwords are hashed quickly. */
import { Secret, TOTP } from 'otpauth';
import type { Context } from '../../src/actions/context.ts';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { createOperator, type OperatorWish } from '../../src/actions/manage-operators.ts';
import type { ManageOutcome } from '../../src/actions/manage-outcome.ts';
import type { PasswordCost } from '../../src/actions/passwords.ts';
import type { Operator } from '../../src/domain/operator.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import type { Engine } from '../http/support/engines.ts';
import { newAccount } from './account.ts';

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
