/** What every adapter must do, whatever its engine: one suite, run against each real database. */
import { describe } from 'node:test';
import type { Store } from '../../src/storage/port.ts';
import { auditContract } from './contract-audit.ts';
import { authorizationContract } from './contract-authorization.ts';
import { catalogContract } from './contract-catalog.ts';
import { checkpointContract } from './contract-checkpoints.ts';
import { forgettingContract } from './contract-forgetting.ts';
import { idempotencyContract } from './contract-idempotency.ts';
import { installationContract } from './contract-installations.ts';
import { ledgerContract } from './contract-ledger.ts';
import { lifecycleContract } from './contract-lifecycle.ts';
import { linkContract } from './contract-links.ts';
import { operatorContract } from './contract-operators.ts';
import { signUpContract } from './contract-sign-ups.ts';
import { subscriberContract } from './contract-subscribers.ts';
import { tokenContract } from './contract-tokens.ts';
import { viewContract } from './contract-views.ts';

/** A database of one's own, just made, that nothing has migrated. */
export interface FreshDatabase {
  readonly databaseUrl: string;
  /** A store on it, not migrated; closed by `drop` if not before. */
  readonly store: Store;
  /** Whether another store, in another process too, sees the same data under `databaseUrl`. */
  readonly isShared: boolean;
  /** Runs a query past the adapter, as a person with a database client would; undefined where none can look in. */
  readonly select?: (sql: string) => Promise<Record<string, unknown>[]>;
  readonly drop: () => Promise<void>;
}

/** Where databases are distributed before they are used, one that shall be `bare` is not. */
export type OpenFresh = (options?: { readonly bare?: boolean }) => Promise<FreshDatabase>;

export function storageContract(name: string, openFresh: OpenFresh): void {
  describe(name, () => {
    describe('subscribers', () => subscriberContract(openFresh));
    describe('forgetting', () => forgettingContract(openFresh));
    describe('ledger', () => ledgerContract(openFresh));
    describe('catalog', () => catalogContract(openFresh));
    describe('tokens and apps', () => tokenContract(openFresh));
    describe('links', () => linkContract(openFresh));
    describe('sign-ups', () => signUpContract(openFresh));
    describe('operators', () => operatorContract(openFresh));
    describe('installations', () => installationContract(openFresh));
    describe('authorization', () => authorizationContract(openFresh));
    describe('checkpoints', () => checkpointContract(openFresh));
    describe('idempotency keys', () => idempotencyContract(openFresh));
    describe('audit', () => auditContract(openFresh));
    describe('views', () => viewContract(openFresh));
    describe('lifecycle', () => lifecycleContract(openFresh));
  });
}
