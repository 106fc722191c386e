/**
 * Scripts for pgbench: the two hot statements of Optio's adapter, the load and the commit. What a client would compute is
 * made in SQL, or sent back as it was read: nothing is parsed, decided or hashed. Each client has contacts of its own,
 * so that none meets a conflict, which would end it.
 */
import { COMMIT } from '../../src/storage/postgres/commit.ts';
import { LOAD } from '../../src/storage/postgres/subscribers.ts';
import { ACCOUNT_ID } from '../population.ts';
import { keyOf, produceSubscriber } from '../subscribers/produce.ts';

/** Of the usual size. Names after a colon are pgbench's variables, so no digit may stand there. */
const BODY = `'${produceSubscriber(0, keyOf(0), 0, 1).events[0]!.body.replaceAll(/:(?=\d)/g, ': ')}'::json`;
const HASH = `decode('${'9f'.repeat(32)}', 'hex')`;
const CHANCE = '\\set chance random(1, 4611686018427387904)';

/** The id of a transaction's only event, or of its first. */
const EARLIEST_ID = eventId(':chance::bigint');

/** One contact a transaction. */
export function singleScript(contacts: number, clients: number): string {
  const contact = `(:place * ${clients} + :client_id)`;
  const version = ':row_version::integer';
  const instant = ':row_last_event_at::bigint';
  const values = [
    `${ACCOUNT_ID}`,
    keyOfContact(contact),
    ':row_address',
    `${version} + 1`,
    version,
    EARLIEST_ID,
    HASH,
    `${instant} + 1`,
    ':row_preferences',
    EARLIEST_ID,
    `${ACCOUNT_ID}`,
    keyOfContact(contact),
    `${version} + 1`,
    `${instant} + 1`,
    ':row_head_event_id',
    HASH,
    BODY,
    'NULL',
  ].map((value) => `ARRAY[${value}]`);
  return `\\set place random(0, ${Math.floor(contacts / clients) - 1})
${CHANCE}
${withValues(LOAD.one, [String(ACCOUNT_ID), keyOfContact(contact)])}
\\gset row_
${withValues(COMMIT, [...values, '1', EARLIEST_ID])};
`;
}

/** As many contacts a transaction as `rows`; what was loaded is sent back in arrays. */
export function batchScript(contacts: number, clients: number, rows: number): string {
  const places = `generate_series(0, ${rows - 1}) AS place`;
  const key = keyOfContact(`((:start + place) * ${clients} + :client_id)`);
  const keys = `ARRAY(SELECT ${key} AS key FROM ${places} ORDER BY key)`;
  const same = (value: string) => `array_fill(${value}, ARRAY[${rows}])`;
  const ids = `ARRAY(SELECT ${eventId(':chance::bigint + place')} FROM ${places})`;
  const versions = `ARRAY(SELECT version + 1 FROM unnest(:row_versions::integer[]) AS version)`;
  const instants = `ARRAY(SELECT instant + 1 FROM unnest(:row_instants::bigint[]) AS instant)`;
  const account = same(`${ACCOUNT_ID}::bigint`);
  const subscriber = [account, ':row_keys', ':row_addresses', versions, ':row_versions', ids, same(HASH), instants];
  const event = [ids, account, ':row_keys', versions, instants, ':row_head_ids', same(HASH), same(BODY)];
  const values = [...subscriber, ':row_preferences', ...event, same('NULL::json'), String(rows), EARLIEST_ID];
  return `\\set start random(0, ${Math.floor(contacts / clients) - rows})
${CHANCE}
SELECT
  array_agg(decode(key, 'hex')) AS keys,
  array_agg(address) AS addresses,
  array_agg(version) AS versions,
  array_agg(head_event_id) AS head_ids,
  array_agg(last_event_at) AS instants,
  array_agg(preferences) AS preferences
FROM (${withValues(LOAD.several, [String(ACCOUNT_ID), keys])}
  ORDER BY subscriber_key
) AS found (account_id, key, address, version, head_event_id, head_hash, last_event_at, preferences)
\\gset row_
${withValues(COMMIT, values)};
`;
}

/** As `keyOf`, in SQL. */
function keyOfContact(contact: string): string {
  return `substring(sha256(convert_to('${ACCOUNT_ID}' || chr(10) || 'contact-' || ${contact} || '@example.com', 'UTF8')) FOR 16)`;
}

/** Later than those before it; `now()` is the same throughout a statement, so an event's id comes out twice alike. */
function eventId(chance: string): string {
  const instant = `lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')`;
  return `(${instant} || '7000' || lpad(to_hex(${chance}), 16, '8'))::uuid`;
}

/** The statement with what stands for its parameters. */
function withValues(sql: string, values: readonly string[]): string {
  return sql.replaceAll(/\$(\d+)/g, (_, number) => {
    const value = values[Number(number) - 1];
    if (value === undefined) throw new Error(`The statement has a parameter $${number} that pgbench is not told`);
    return value;
  });
}
