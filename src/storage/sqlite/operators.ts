/** Operators, their sessions and who tried to be one, on SQLite. */
import type { Operator, OperatorSession } from '../../domain/operator.ts';
import * as rows from '../operator-rows.ts';
import type { InsertResult, OperatorStore, TryCount, UpdateResult } from '../port.ts';
import { toBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

const INSERT = `
  INSERT INTO operator (email, email_key, password_hash, totp_secret, account_ids, updated_at, id, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;

const UPDATE = `
  UPDATE operator
  SET email = ?, email_key = ?, password_hash = ?, totp_secret = ?, account_ids = ?, updated_at = ?
  WHERE id = ? AND updated_at = ?`;

/** Of an operator who was deleted meanwhile, there is nothing to insert. */
const INSERT_SESSION = `
  INSERT INTO operator_session (secret_hash, operator_id, created_at, expires_at)
  SELECT ?1, id, ?3, ?4 FROM operator WHERE id = ?2`;

const COUNT_TRY = `
  INSERT INTO sign_in_try (key_hash, count, window_ends_at)
  VALUES (?1, 1, ?3)
  ON CONFLICT (key_hash) DO UPDATE SET
    count = CASE WHEN window_ends_at <= ?2 THEN 1 ELSE count + 1 END,
    window_ends_at = CASE WHEN window_ends_at <= ?2 THEN ?3 ELSE window_ends_at END
  RETURNING count, window_ends_at`;

export class SqliteOperators implements OperatorStore {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  list(): Promise<Operator[]> {
    return this.#connection.run(() =>
      this.#connection.all<rows.OperatorRow>('SELECT * FROM operator ORDER BY created_at, id').map(rows.toOperator),
    );
  }

  find(id: number): Promise<Operator | null> {
    return this.#findBy('SELECT * FROM operator WHERE id = ?', id);
  }

  findByEmail(email: string): Promise<Operator | null> {
    return this.#findBy('SELECT * FROM operator WHERE email_key = ?', rows.emailKey(email));
  }

  async insert(operator: Operator): Promise<InsertResult> {
    const values = [...rows.operatorValues(operator), operator.id, operator.createdAt];
    return (await this.#change(INSERT, ...values)) === 1 ? 'inserted' : 'taken';
  }

  async update(operator: Operator, expectedUpdatedAt: number): Promise<UpdateResult> {
    const values = [...rows.operatorValues(operator), operator.id, expectedUpdatedAt];
    return (await this.#change(UPDATE, ...values)) === 1 ? 'updated' : 'stale';
  }

  async delete(id: number): Promise<boolean> {
    return (await this.#change('DELETE FROM operator WHERE id = ?', id)) === 1;
  }

  async useTotpStep(id: number, step: number): Promise<boolean> {
    const sql = 'UPDATE operator SET totp_step = ? WHERE id = ? AND (totp_step IS NULL OR totp_step < ?)';
    return (await this.#change(sql, step, id, step)) === 1;
  }

  async insertSession({ secretHash, operatorId, createdAt, expiresAt }: OperatorSession): Promise<void> {
    await this.#change(INSERT_SESSION, toBytes(secretHash), operatorId, createdAt, expiresAt);
  }

  findSession(secretHash: string, now: number): Promise<{ session: OperatorSession; operator: Operator } | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.SessionRow>(
        `${rows.SELECT_SESSIONS} WHERE operator_session.secret_hash = ? AND operator_session.expires_at > ?`,
        ...[toBytes(secretHash), now],
      );
      return row ? rows.toSession(row) : null;
    });
  }

  async endSession(secretHash: string): Promise<void> {
    await this.#change('DELETE FROM operator_session WHERE secret_hash = ?', toBytes(secretHash));
  }

  async endSessions(operatorId: number, now: number): Promise<number> {
    const sql = 'DELETE FROM operator_session WHERE operator_id = ? RETURNING expires_at';
    const ended = await this.#transactions.write((connection) =>
      connection.all<{ expires_at: number }>(sql, operatorId),
    );
    return ended.filter((session) => session.expires_at > now).length;
  }

  countTries(keys: readonly string[], now: number, windowEndsAt: number): Promise<TryCount[]> {
    return this.#transactions.write((connection) => {
      const counts = new Map<string, TryCount>();
      for (const key of new Set(keys)) {
        const [row] = connection.all<rows.TryRow>(COUNT_TRY, toBytes(rows.tryKeyHash(key)), now, windowEndsAt);
        counts.set(key, rows.toTryCount(row!));
      }
      return keys.map((key) => counts.get(key)!);
    });
  }

  forgetTries(keys: readonly string[]): Promise<void> {
    return this.#transactions.write((connection) => {
      for (const key of keys) {
        connection.change('DELETE FROM sign_in_try WHERE key_hash = ?', toBytes(rows.tryKeyHash(key)));
      }
    });
  }

  forgetExpired(now: number): Promise<void> {
    return this.#transactions.write((connection) => {
      connection.change('DELETE FROM operator_session WHERE expires_at <= ?', now);
      connection.change('DELETE FROM sign_in_try WHERE window_ends_at <= ?', now);
    });
  }

  #findBy(sql: string, value: number | string): Promise<Operator | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.OperatorRow>(sql, value);
      return row ? rows.toOperator(row) : null;
    });
  }

  #change(sql: string, ...values: Parameters<Connection['change']>[1][]): Promise<number> {
    return this.#transactions.write((connection) => connection.change(sql, ...values));
  }
}
