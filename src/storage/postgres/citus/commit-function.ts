/**
 * The function that commits one contact's change on the node that has the contact: Citus sends the whole call there, so
 * a commit is one round trip to one shard, and its own transaction there. The number in its name grows whenever it
 * changes, so that older servers go on with theirs.
 */
import { keepOpen, ON_ITS_NODE, sendToContact } from './hold-function.ts';

export const COMMIT_FUNCTION = 'optio_commit_2';

const ARGUMENTS = [
  ...['contact bytea', 'account bigint', 'new_address text', 'new_version integer', 'loaded_version integer'],
  ...['new_head uuid', 'new_head_hash bytea', 'new_last_event_at bigint', 'new_preferences json'],
  ...['ids uuid[]', 'versions integer[]', 'instants bigint[]', 'previous_ids uuid[]', 'hashes bytea[]'],
  ...['bodies json[]', 'personals json[]'],
];

/** `optio_commit_2(bytea, bigint, …)`. */
const COMMIT_SIGNATURE = `${COMMIT_FUNCTION}(${ARGUMENTS.map((argument) => argument.split(' ')[1]).join(', ')})`;

/**
 * It fails as the plain statement does: by a division by zero where the row is not as it was loaded (its last
 * event too, since it may have been read from a node whose place another had taken), and by a logarithm of
 * zero where the ledger is closed through the first of the events.
 */
export const CREATE_COMMIT_FUNCTION = `
  CREATE OR REPLACE FUNCTION ${COMMIT_FUNCTION}(
    ${ARGUMENTS.join(', ')}
  ) RETURNS void
  ${ON_ITS_NODE}
  AS $function$
  DECLARE
    closed uuid;
  BEGIN
    ${keepOpen('ids[1]')}
    IF loaded_version = 0 THEN
      INSERT INTO subscriber (
        account_id, subscriber_key, address, version, base_version,
        head_event_id, head_hash, last_event_at, preferences
      )
      VALUES (
        account, contact, new_address, new_version, 0,
        new_head, new_head_hash, new_last_event_at, new_preferences
      )
      ON CONFLICT (account_id, subscriber_key) DO NOTHING;
    ELSE
      UPDATE subscriber
      SET
        address = new_address, version = new_version, base_version = loaded_version,
        head_event_id = new_head, head_hash = new_head_hash, last_event_at = new_last_event_at,
        preferences = new_preferences
      WHERE account_id = account AND subscriber_key = contact AND version = loaded_version
        AND head_event_id = previous_ids[1];
    END IF;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the contact is not as it was loaded' USING ERRCODE = 'division_by_zero';
    END IF;
    FOR place IN 1 .. cardinality(ids) LOOP
      INSERT INTO event (
        event_id, account_id, subscriber_key, version, occurred_at,
        previous_event_id, hash, body, personal
      )
      VALUES (
        ids[place], account, contact, versions[place], instants[place],
        previous_ids[place], hashes[place], bodies[place], personals[place]
      );
    END LOOP;
  END
  $function$`;

export const DISTRIBUTE_COMMIT_FUNCTION = sendToContact(COMMIT_SIGNATURE);
