/** Operators, their sessions and who tried to be one, on PostgreSQL. */
import type { Operator, OperatorSession } from '../../domain/operator.ts';
import * as rows from '../operator-rows.ts';
import type { InsertResult, OperatorStore, TryCount, UpdateResult } from '../port.ts';
import { byteaArray } from './binary-array.ts';
import type { Connections } from './connections.ts';

const INSERT = `
  INSERT INTO operator (email, email_key, password_hash, totp_secret, account_ids, updated_at, id, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT DO NOTHING
  RETURNING 1`;

const UPDATE = `
  UPDATE operator
  SET email = $1, email_key = $2, password_hash = $3, totp_secret = $4, account_ids = $5, updated_at = $6
  WHERE id = $7 AND updated_at = $8
  RETURNING 1`;

const USE_TOTP_STEP = `
  UPDATE operator SET totp_step = $2
  WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2)
  RETURNING 1`;

/** Of an operator who was deleted meanwhile, there is nothing to insert. */
const INSERT_SESSION = `
  INSERT INTO operator_session (secret_hash, operator_id, created_at, expires_at)
  SELECT $1::bytea, id, $3::bigint, $4::bigint FROM operator WHERE id = $2 FOR KEY SHARE`;

/** Rows are locked in the order of their keys, so that those who try side by side do not wait for each other in a circle. */
const COUNT_TRIES = `
  INSERT INTO sign_in_try AS tried (key_hash, count, window_ends_at)
  SELECT DISTINCT key_hash, 1, $3::bigint FROM unnest($1::bytea[]) AS key (key_hash) ORDER BY key_hash
  ON CONFLICT (key_hash) DO UPDATE SET
    count = CASE WHEN tried.window_ends_at <= $2 THEN 1 ELSE tried.count + 1 END,
    window_ends_at = CASE WHEN tried.window_ends_at <= $2 THEN excluded.window_ends_at ELSE tried.window_ends_at END
  RETURNING encode(key_hash, 'hex') AS key_hash, count, window_ends_at`;

/** In the same order. */
const FORGET_TRIES = `
  WITH held AS MATERIALIZED (
    SELECT key_hash FROM sign_in_try WHERE key_hash = ANY ($1::bytea[]) ORDER BY key_hash FOR UPDATE
  )
  DELETE FROM sign_in_try USING held WHERE sign_in_try.key_hash = held.key_hash`;

/** What somebody is at work on is left to the next time. */
const FORGET_OLD_TRIES = `
  WITH held AS MATERIALIZED (SELECT key_hash FROM sign_in_try WHERE window_ends_at <= $1 FOR UPDATE SKIP LOCKED)
  DELETE FROM sign_in_try USING held WHERE sign_in_try.key_hash = held.key_hash`;

const FORGET_SESSIONS = `
  WITH held AS MATERIALIZED (SELECT secret_hash FROM operator_session WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)
  DELETE FROM operator_session USING held WHERE operator_session.secret_hash = held.secret_hash`;

export class PostgresOperators implements OperatorStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async list(): Promise<Operator[]> {
    const found = await this.#connections.reads.all<rows.OperatorRow>('SELECT * FROM operator ORDER BY created_at, id');
    return found.map(rows.toOperator);
  }

  async find(id: number): Promise<Operator | null> {
    const [row] = await this.#connections.reads.all<rows.OperatorRow>('SELECT * FROM operator WHERE id = $1', id);
    return row ? rows.toOperator(row) : null;
  }

  async findByEmail(email: string): Promise<Operator | null> {
    const sql = 'SELECT * FROM operator WHERE email_key = $1';
    const [row] = await this.#connections.reads.all<rows.OperatorRow>(sql, rows.emailKey(email));
    return row ? rows.toOperator(row) : null;
  }

  async insert(operator: Operator): Promise<InsertResult> {
    const values = [...rows.operatorValues(operator), operator.id, operator.createdAt];
    return (await this.#connections.all(INSERT, ...values)).length === 1 ? 'inserted' : 'taken';
  }

  async update(operator: Operator, expectedUpdatedAt: number): Promise<UpdateResult> {
    const values = [...rows.operatorValues(operator), operator.id, expectedUpdatedAt];
    return (await this.#connections.all(UPDATE, ...values)).length === 1 ? 'updated' : 'stale';
  }

  async delete(id: number): Promise<boolean> {
    return (await this.#connections.all('DELETE FROM operator WHERE id = $1 RETURNING 1', id)).length === 1;
  }

  async useTotpStep(id: number, step: number): Promise<boolean> {
    return (await this.#connections.all(USE_TOTP_STEP, id, step)).length === 1;
  }

  async insertSession({ secretHash, operatorId, createdAt, expiresAt }: OperatorSession): Promise<void> {
    await this.#connections.all(INSERT_SESSION, Buffer.from(secretHash, 'hex'), operatorId, createdAt, expiresAt);
  }

  async findSession(secretHash: string, now: number): Promise<{ session: OperatorSession; operator: Operator } | null> {
    const [row] = await this.#connections.reads.all<rows.SessionRow>(
      `${rows.SELECT_SESSIONS} WHERE operator_session.secret_hash = $1 AND operator_session.expires_at > $2`,
      ...[Buffer.from(secretHash, 'hex'), now],
    );
    return row ? rows.toSession(row) : null;
  }

  async endSession(secretHash: string): Promise<void> {
    const sql = 'DELETE FROM operator_session WHERE secret_hash = $1';
    await this.#connections.all(sql, Buffer.from(secretHash, 'hex'));
  }

  async endSessions(operatorId: number, now: number): Promise<number> {
    const sql = 'DELETE FROM operator_session WHERE operator_id = $1 RETURNING expires_at';
    const ended = await this.#connections.all<{ expires_at: number }>(sql, operatorId);
    return ended.filter((session) => session.expires_at > now).length;
  }

  async countTries(keys: readonly string[], now: number, windowEndsAt: number): Promise<TryCount[]> {
    const hashes = keys.map(rows.tryKeyHash);
    const counted = await this.#connections.all<rows.TryRow & { key_hash: string }>(
      COUNT_TRIES,
      ...[byteaArray(hashes), now, windowEndsAt],
    );
    const counts = new Map(counted.map((row) => [row.key_hash, rows.toTryCount(row)]));
    return hashes.map((keyHash) => counts.get(keyHash)!);
  }

  async forgetTries(keys: readonly string[]): Promise<void> {
    await this.#connections.all(FORGET_TRIES, byteaArray(keys.map(rows.tryKeyHash)));
  }

  async forgetExpired(now: number): Promise<void> {
    await this.#connections.all(FORGET_SESSIONS, now);
    await this.#connections.all(FORGET_OLD_TRIES, now);
  }
}
