/** Idempotency keys, on SQLite. */
import { GatheredWrites } from '../gathered-writes.ts';
import * as statements from '../idempotency-sql.ts';
import type { IdempotencyStore, Reservation, ReserveResult } from '../port.ts';
import { toBytes, toHex } from './binary.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

const RESERVE = numbered(statements.RESERVE);
const FIND = 'SELECT fingerprint, claim, answer FROM idempotency_key WHERE key_id = ?';
const KEEP = numbered(statements.KEEP);
const LET_GO = numbered(statements.LET_GO);
const WITHDRAW_FIRST = numbered(statements.WITHDRAW_FIRST);
const FORGET_EXPIRED = numbered(statements.FORGET_EXPIRED);

function numbered(statement: string): string {
  return statement.replaceAll('$', '?');
}

export class SqliteIdempotencyKeys implements IdempotencyStore {
  readonly #transactions: Transactions;
  readonly #writes: GatheredWrites<Connection>;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
    this.#writes = new GatheredWrites(1, (writes) =>
      transactions.write((connection) => writes.map(({ carryOut }) => carryOut(connection))),
    );
  }

  reserve(reservation: Reservation): Promise<ReserveResult> {
    return this.#writes.write(reservation.keyId, (connection) => reserveWith(connection, reservation));
  }

  async keep(reservation: Reservation, answer: Uint8Array): Promise<boolean> {
    return (await this.#change(reservation, KEEP, answer)) === 1;
  }

  async letGo(reservation: Reservation): Promise<void> {
    await this.#change(reservation, LET_GO);
  }

  async withdraw(reservation: Reservation): Promise<void> {
    await this.#change(reservation, WITHDRAW_FIRST);
    await this.letGo(reservation);
  }

  forgetExpired(now: number, limit: number): Promise<number> {
    return this.#transactions.write((connection) => connection.change(FORGET_EXPIRED, now, limit));
  }

  #change({ keyId, claim }: Reservation, statement: string, ...values: Uint8Array[]): Promise<number> {
    return this.#writes.write(keyId, (connection) =>
      connection.change(statement, toBytes(keyId), toBytes(claim), ...values),
    );
  }
}

function reserveWith(connection: Connection, reservation: Reservation): ReserveResult {
  const { keyId, fingerprint, claim, until, at, expiresAt } = reservation;
  const key = toBytes(keyId);
  const values = [key, toBytes(fingerprint), toBytes(claim), until, at, expiresAt];
  const [reserved] = connection.all<{ attempt: number; reserved_at: number }>(RESERVE, ...values);
  if (reserved) return { kind: 'reserved', attempt: reserved.attempt, firstAt: reserved.reserved_at };
  const [found] = connection.all<{ fingerprint: Uint8Array; claim: Uint8Array; answer: Uint8Array | null }>(FIND, key);
  if (!found) throw new Error('A key was neither free nor taken in one transaction');
  const { answer } = found;
  const marked = { fingerprint: toHex(found.fingerprint) };
  return answer ? { kind: 'answered', ...marked, claim: toHex(found.claim), answer } : { kind: 'held', ...marked };
}
