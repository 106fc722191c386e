/**
 * The function that has a node keep the ledger open for a transaction that has written there: one call for each node of
 * a batch. The number in its name grows whenever it changes, so that older servers go on with theirs.
 */
import { HORIZON_TABLE, LEADING_TABLE } from './layout.ts';

export const HOLD_FUNCTION = 'optio_hold_1';

/**
 * `contact` is one of the contacts written, and leads to the node; `first` the earliest of all event ids. It fails by a
 * logarithm of zero where the ledger is closed through that. Why the lock is of this node's copy alone, and holds until
 * what the node has promised to commit can be seen, says `commit-function.ts`.
 */
export const CREATE_HOLD_FUNCTION = `
  CREATE OR REPLACE FUNCTION ${HOLD_FUNCTION}(contact bytea, first uuid) RETURNS void
  LANGUAGE plpgsql
  SET search_path FROM CURRENT
  SET citus.enable_ddl_propagation = off
  AS $function$
  DECLARE
    closed uuid;
  BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'a commit must see what it waited for: begin it with isolation level read committed'
        USING ERRCODE = 'invalid_transaction_state';
    END IF;
    LOCK TABLE ${HORIZON_TABLE} IN ROW SHARE MODE;
    SELECT horizon.closed_through INTO closed FROM ${HORIZON_TABLE} AS horizon;
    IF closed >= first THEN
      RAISE EXCEPTION 'the ledger is closed through the first event' USING ERRCODE = 'invalid_argument_for_logarithm';
    END IF;
  END
  $function$`;

/** Has Citus send calls to the node of the contact, on the connection that has written there. */
export const DISTRIBUTE_HOLD_FUNCTION = `
  SELECT create_distributed_function(
    '${HOLD_FUNCTION}(bytea, uuid)', distribution_arg_name := 'contact', colocate_with := '${LEADING_TABLE}',
    force_delegation := TRUE
  )`;
