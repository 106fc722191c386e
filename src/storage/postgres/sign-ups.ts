/** What waits to be confirmed, on PostgreSQL. */
import type { MessagePlan } from '../../domain/sign-up.ts';
import type { MessageClaim, SaveResult, SignUpStore, SignUpsChange, StoredSignUps, SubscriberRef } from '../port.ts';
import { encodeSignUps } from '../sign-up-document.ts';
import { type SignUpRow, toSignUps } from '../sign-up-rows.ts';
import type { Connections } from './connections.ts';

const COLUMNS = `
  address, version, document::text, message_due_at, message_due_since, message_sent_at, expires_at`;

export const LOAD = `SELECT ${COLUMNS} FROM sign_up WHERE account_id = $1 AND subscriber_key = $2`;

export const INSERT = `
  INSERT INTO sign_up (
    account_id, subscriber_key, address, version, document,
    message_due_at, message_due_since, message_sent_at, expires_at
  )
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (account_id, subscriber_key) DO NOTHING
  RETURNING 1`;

export const UPDATE = `
  UPDATE sign_up
  SET
    address = $3, version = $4, document = $5,
    message_due_at = $6, message_due_since = $7, message_sent_at = $8, expires_at = $9
  WHERE account_id = $1 AND subscriber_key = $2 AND version = $10
  RETURNING 1`;

/** Whoever waited for a row that another one claimed meanwhile finds the outer condition untrue. */
const CLAIM = `
  UPDATE sign_up
  SET claimed_until = $1
  WHERE (account_id, subscriber_key) IN (
    SELECT account_id, subscriber_key
    FROM sign_up
    WHERE message_due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
    ORDER BY message_due_at
    LIMIT $3
  ) AND message_due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
  RETURNING account_id, encode(subscriber_key, 'hex') AS subscriber_key, ${COLUMNS}`;

export const SETTLE = `
  UPDATE sign_up
  SET
    message_due_at = $4, message_due_since = $5, message_sent_at = $6, claimed_until = NULL, version = version + 1
  WHERE account_id = $1 AND subscriber_key = $2 AND claimed_until = $3
  RETURNING 1`;

export const FORGET = 'DELETE FROM sign_up WHERE account_id = $1 AND subscriber_key = $2 RETURNING 1';

type ClaimedRow = SignUpRow & { readonly account_id: number; readonly subscriber_key: string };

export class PostgresSignUps implements SignUpStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async load(ref: SubscriberRef): Promise<StoredSignUps | null> {
    const [row] = await this.#connections.reads.all<SignUpRow>(LOAD, ...keyOf(ref));
    return row ? { version: row.version, signUps: toSignUps(row) } : null;
  }

  async save({ ref, baseVersion, signUps }: SignUpsChange): Promise<SaveResult> {
    const { address, message, expiresAt } = signUps;
    const values = [
      ...[...keyOf(ref), address, baseVersion + 1, encodeSignUps(signUps)],
      ...[message.dueAt, message.dueSince, message.sentAt, expiresAt],
    ];
    const changed =
      baseVersion === 0
        ? await this.#connections.all(INSERT, ...values)
        : await this.#connections.all(UPDATE, ...values, baseVersion);
    return changed.length === 1 ? 'committed' : 'conflict';
  }

  async claimDue(now: number, until: number, limit: number): Promise<MessageClaim[]> {
    const rows = await this.#connections.all<ClaimedRow>(CLAIM, until, now, limit);
    return rows.map((row) => ({
      ref: { accountId: row.account_id, subscriberKey: row.subscriber_key },
      until,
      signUps: toSignUps(row),
    }));
  }

  async settle({ ref, until }: MessageClaim, { dueAt, dueSince, sentAt }: MessagePlan): Promise<boolean> {
    return (await this.#connections.all(SETTLE, ...keyOf(ref), until, dueAt, dueSince, sentAt)).length === 1;
  }

  async forget(ref: SubscriberRef): Promise<boolean> {
    return (await this.#connections.all(FORGET, ...keyOf(ref))).length === 1;
  }

  async forgetExpired(now: number): Promise<number> {
    return (await this.#connections.all('DELETE FROM sign_up WHERE expires_at <= $1 RETURNING 1', now)).length;
  }
}

function keyOf({ accountId, subscriberKey }: SubscriberRef): [number, Buffer] {
  return [accountId, Buffer.from(subscriberKey, 'hex')];
}
