/** That an app may act for an account, and in what. The app may be another account's. Instants are epoch milliseconds. */
import type { Scope } from './access.ts';

export interface Installation {
  readonly accountId: number;
  /** The app's, wherever it was made. */
  readonly clientId: string;
  /** The app's id, under which its changes stand in the account's ledger. */
  readonly appId: number;
  /** What was approved last. Tokens that were given before keep what they were given. */
  readonly scopes: readonly Scope[];
  /** The operator who approved; null: somebody at the command line or the API did. */
  readonly installedBy: number | null;
  readonly installedAt: number;
  readonly updatedAt: number;
}
