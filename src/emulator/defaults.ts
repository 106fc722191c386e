/** What an emulator holds where its seed does not say: numbers that are easy to tell apart, the same in every run. */
import type { PasswordCost } from '../actions/passwords.ts';

/** A token with all scopes on the first account. */
export const FIXED_TOKEN = 'pat-opt1-00000000-0000-4000-8000-000000000000';

/** The first account's; each further one has one more. */
export const FIRST_ACCOUNT_ID = 10_000_001;
export const APP_ID = 20_000_001;
/** The first default definition's; the others follow. */
export const FIRST_DEFINITION_ID = 30_000_001;
/** What is created over the management API without an id gets this and those that follow. */
export const FIRST_NEW_ID = 90_000_001;

/** The first operator's; each further one has one more. */
export const FIRST_OPERATOR_ID = 40_000_001;
export const OPERATOR = { email: 'operator@example.com', password: 'the-operator-of-the-tests' } as const;
/** Next to nothing: these passwords protect nobody, and a reset is to take milliseconds. */
export const PASSWORD_COST_OF_TESTS: PasswordCost = { log2N: 4, r: 8, p: 1 };
