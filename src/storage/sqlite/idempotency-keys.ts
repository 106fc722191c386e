/** Idempotency keys, on SQLite. */
import * as statements from '../idempotency-sql.ts';
import type { IdempotencyStore, Reservation, ReserveResult } from '../port.ts';
import { toBytes, toHex } from './binary.ts';
import type { Connection } from './connection.ts';
import { SharedTransactions } from './shared-transactions.ts';
import type { Transactions } from './transactions.ts';

const RESERVE = numbered(statements.RESERVE);
const FIND = 'SELECT fingerprint, claim, answer FROM idempotency_key WHERE key_id = ?';
const KEEP = numbered(statements.KEEP);
const LET_GO = numbered(statements.LET_GO);
const WITHDRAW = numbered(statements.WITHDRAW);
const FORGET_EXPIRED = numbered(statements.FORGET_EXPIRED);

function numbered(statement: string): string {
  return statement.replaceAll('$', '?');
}

export class SqliteIdempotencyKeys implements IdempotencyStore {
  readonly #writes: SharedTransactions;

  constructor(transactions: Transactions) {
    this.#writes = new SharedTransactions(transactions);
  }

  reserve(reservation: Reservation): Promise<ReserveResult> {
    return this.#writes.write((connection) => reserveWith(connection, reservation));
  }

  async keep({ keyId, claim }: Reservation, answer: Uint8Array): Promise<boolean> {
    const values = [answer, toBytes(keyId), toBytes(claim)];
    return (await this.#writes.write((connection) => connection.change(KEEP, ...values))) === 1;
  }

  async letGo({ keyId, claim }: Reservation): Promise<void> {
    await this.#writes.write((connection) => connection.change(LET_GO, toBytes(keyId), toBytes(claim)));
  }

  async withdraw({ keyId, claim }: Reservation): Promise<void> {
    await this.#writes.write((connection) => connection.change(WITHDRAW, toBytes(keyId), toBytes(claim)));
  }

  forgetExpired(now: number, limit: number): Promise<number> {
    return this.#writes.write((connection) => connection.change(FORGET_EXPIRED, now, limit));
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
