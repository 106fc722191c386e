/**
 * The function that has a node keep the ledger open for a transaction that has written there: one call for each node of
 * a batch. The number in its name grows whenever it changes, so that older servers go on with theirs.
 */
import { HORIZON_TABLE, LEADING_TABLE } from './layout.ts';

export const HOLD_FUNCTION = 'optio_hold_1';

/** Of a function for one node: Citus would pass a lock on to all nodes, were that not switched off. */
export const ON_ITS_NODE = `
  LANGUAGE plpgsql
  SET search_path FROM CURRENT
  SET citus.enable_ddl_propagation = off`;

/**
 * The steps by which a node keeps the ledger open for what it will commit, whose earliest event id is `first`; they set `closed`.
 * The lock is of the node's own copy of the table, which whoever closes the ledger locks on every node: with it, nobody
 * closes until the commit is there to be seen, however its transaction ends, and even where the node crashes after it has
 * promised to commit. They fail by a logarithm of zero where the ledger is closed through that event.
 */
export function keepOpen(first: string): string {
  return `
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'a commit must see what it waited for: set default_transaction_isolation to read committed'
        USING ERRCODE = 'invalid_transaction_state';
    END IF;
    LOCK TABLE ${HORIZON_TABLE} IN ROW SHARE MODE;
    SELECT horizon.closed_through INTO closed FROM ${HORIZON_TABLE} AS horizon;
    IF closed >= ${first} THEN
      RAISE EXCEPTION 'the ledger is closed through the first event' USING ERRCODE = 'invalid_argument_for_logarithm';
    END IF;`;
}

/** `contact` is one of the contacts written, and leads to the node; `first` the earliest of all event ids. */
export const CREATE_HOLD_FUNCTION = `
  CREATE OR REPLACE FUNCTION ${HOLD_FUNCTION}(contact bytea, first uuid) RETURNS void
  ${ON_ITS_NODE}
  AS $function$
  DECLARE
    closed uuid;
  BEGIN
    ${keepOpen('first')}
  END
  $function$`;

/** Has Citus send calls to the node of the contact, those inside transactions too, on the connection that has written there. */
export function sendToContact(signature: string): string {
  return `
  SELECT create_distributed_function(
    '${signature}', distribution_arg_name := 'contact', colocate_with := '${LEADING_TABLE}',
    force_delegation := TRUE
  )`;
}

export const DISTRIBUTE_HOLD_FUNCTION = sendToContact(`${HOLD_FUNCTION}(bytea, uuid)`);
