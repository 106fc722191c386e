/** What waits to be confirmed, on SQLite. */
import type { MessagePlan } from '../../domain/sign-up.ts';
import type { MessageClaim, SaveResult, SignUpStore, SignUpsChange, StoredSignUps, SubscriberRef } from '../port.ts';
import { encodeSignUps } from '../sign-up-document.ts';
import { type SignUpRow, toSignUps } from '../sign-up-rows.ts';
import { toBytes, toHex } from './binary.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

const COLUMNS = 'address, version, document, message_due_at, message_due_since, message_sent_at, expires_at';

const INSERT = `
  INSERT INTO sign_up (${COLUMNS}, account_id, subscriber_key)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;

const UPDATE = `
  UPDATE sign_up
  SET address = ?, version = ?, document = ?, message_due_at = ?, message_due_since = ?, message_sent_at = ?, expires_at = ?
  WHERE account_id = ? AND subscriber_key = ? AND version = ?`;

const CLAIM = `
  UPDATE sign_up
  SET claimed_until = ?
  WHERE (account_id, subscriber_key) IN (
    SELECT account_id, subscriber_key
    FROM sign_up
    WHERE message_due_at <= ? AND (claimed_until IS NULL OR claimed_until <= ?)
    ORDER BY message_due_at
    LIMIT ?
  )
  RETURNING account_id, subscriber_key, ${COLUMNS}`;

const SETTLE = `
  UPDATE sign_up
  SET message_due_at = ?, message_due_since = ?, message_sent_at = ?, claimed_until = NULL, version = version + 1
  WHERE account_id = ? AND subscriber_key = ? AND claimed_until = ?`;

/** For transactions that do more. False where there was nothing. */
export function forgetWith(connection: Connection, { accountId, subscriberKey }: SubscriberRef): boolean {
  const forget = 'DELETE FROM sign_up WHERE account_id = ? AND subscriber_key = ?';
  return connection.change(forget, accountId, toBytes(subscriberKey)) === 1;
}

type ClaimedRow = SignUpRow & { readonly account_id: number; readonly subscriber_key: Uint8Array };

export class SqliteSignUps implements SignUpStore {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  load({ accountId, subscriberKey }: SubscriberRef): Promise<StoredSignUps | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<SignUpRow>(
        `SELECT ${COLUMNS} FROM sign_up WHERE account_id = ? AND subscriber_key = ?`,
        ...[accountId, toBytes(subscriberKey)],
      );
      return row ? { version: row.version, signUps: toSignUps(row) } : null;
    });
  }

  async save({ ref, baseVersion, signUps }: SignUpsChange): Promise<SaveResult> {
    const { address, message, expiresAt } = signUps;
    const values = [
      ...[address, baseVersion + 1, encodeSignUps(signUps)],
      ...[message.dueAt, message.dueSince, message.sentAt, expiresAt, ref.accountId, toBytes(ref.subscriberKey)],
    ];
    const changed = await this.#transactions.write((connection) =>
      baseVersion === 0 ? connection.change(INSERT, ...values) : connection.change(UPDATE, ...values, baseVersion),
    );
    return changed === 1 ? 'committed' : 'conflict';
  }

  async claimDue(now: number, until: number, limit: number): Promise<MessageClaim[]> {
    const rows = await this.#transactions.write((connection) =>
      connection.all<ClaimedRow>(CLAIM, until, now, now, limit),
    );
    return rows.map((row) => ({
      ref: { accountId: row.account_id, subscriberKey: toHex(row.subscriber_key) },
      until,
      signUps: toSignUps(row),
    }));
  }

  async settle({ ref, until }: MessageClaim, { dueAt, dueSince, sentAt }: MessagePlan): Promise<boolean> {
    const values = [dueAt, dueSince, sentAt, ref.accountId, toBytes(ref.subscriberKey), until];
    return (await this.#transactions.write((connection) => connection.change(SETTLE, ...values))) === 1;
  }

  forget(ref: SubscriberRef): Promise<boolean> {
    return this.#transactions.write((connection) => forgetWith(connection, ref));
  }

  forgetExpired(now: number): Promise<number> {
    return this.#transactions.write((connection) =>
      connection.change('DELETE FROM sign_up WHERE expires_at <= ?', now),
    );
  }
}
