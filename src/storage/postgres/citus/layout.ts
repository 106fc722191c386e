/**
 * Where each table lies once the database is distributed with Citus. Every table of the migrations is named
 * here (`test/storage/citus-layout.test.ts`): whoever adds a table decides where it goes.
 */

/** What a contact's rows are found by, on whichever node they are. */
export const SHARD_KEY = 'subscriber_key';

/** What all others are co-located with: a contact's rows are on one node. */
export const LEADING_TABLE = 'subscriber';

/** Split by the contact's key, in the order in which they are distributed. */
export const SPLIT_TABLES = [LEADING_TABLE, 'event', 'link_revocation', 'sign_up'] as const;

/**
 * Whole on every node, so that each commit compares its ids with it where it commits. It is the last to be distributed,
 * together with the function that commits.
 */
export const HORIZON_TABLE = 'ledger_horizon';

/** Small, and of no contact: these stay where they are, on the coordinator, which alone Optio asks for them. */
export const COORDINATOR_TABLES = [
  ...['account', 'business_unit', 'subscription_definition', 'app', 'token', 'old_token_secret', 'link_key'],
  ...['catalog_revision', 'operator', 'operator_session', 'sign_in_try', 'installation', 'authorization_item'],
  ...['idempotency_key', 'server_secret', 'ledger_checkpoint', 'ledger_tile', 'migration'],
] as const;
