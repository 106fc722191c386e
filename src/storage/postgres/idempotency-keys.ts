/** Idempotency keys, on PostgreSQL. Each statement asks for one key, and is a transaction of its own. */
import * as statements from '../idempotency-sql.ts';
import type { IdempotencyStore, Reservation, ReserveResult } from '../port.ts';
import type { Connections } from './connections.ts';

const FIND = `
  SELECT encode(fingerprint, 'hex'), encode(claim, 'hex'), answer
  FROM idempotency_key
  WHERE key_id = $1`;

export class PostgresIdempotencyKeys implements IdempotencyStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async reserve(reservation: Reservation): Promise<ReserveResult> {
    const { keyId, fingerprint, claim, until, at, expiresAt } = reservation;
    const key = octets(keyId);
    const values = [key, octets(fingerprint), octets(claim), until, at, expiresAt];
    for (;;) {
      const [reserved] = await this.#connections.prepared('reserve-key', statements.RESERVE, values);
      if (reserved) return { kind: 'reserved', attempt: reserved[0] as number, firstAt: reserved[1] as number };
      const [found] = await this.#connections.prepared('find-key', FIND, [key]);
      if (found) return toResult(found as FoundRow);
      // It was withdrawn, or forgotten, between the two: by now it is free.
    }
  }

  async keep({ keyId, claim }: Reservation, answer: Uint8Array): Promise<boolean> {
    const values = [Buffer.from(answer), octets(keyId), octets(claim)];
    return (await this.#connections.prepared('keep-answer', `${statements.KEEP} RETURNING 1`, values)).length === 1;
  }

  async letGo({ keyId, claim }: Reservation): Promise<void> {
    await this.#connections.prepared('let-go-of-key', statements.LET_GO, [octets(keyId), octets(claim)]);
  }

  async withdraw({ keyId, claim }: Reservation): Promise<void> {
    await this.#connections.prepared('withdraw-key', statements.WITHDRAW, [octets(keyId), octets(claim)]);
  }

  async forgetExpired(now: number, limit: number): Promise<number> {
    return (await this.#connections.all(`${statements.FORGET_EXPIRED} RETURNING 1`, now, limit)).length;
  }
}

type FoundRow = readonly [fingerprint: string, claim: string, answer: Uint8Array | null];

function toResult([fingerprint, claim, answer]: FoundRow): ReserveResult {
  return answer ? { kind: 'answered', fingerprint, claim, answer } : { kind: 'held', fingerprint };
}

function octets(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}
