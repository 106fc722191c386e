/** Idempotency keys, on PostgreSQL. Each statement asks for one key; those of several requests share a transaction. */
import { GatheredWrites } from '../gathered-writes.ts';
import * as statements from '../idempotency-sql.ts';
import type { IdempotencyStore, Reservation, ReserveResult } from '../port.ts';
import { type Client, type Connections, queryPrepared, type Row } from './connections.ts';

/** However many requests come with keys, the others find a connection. */
const LANES = 2;

const FIND = `
  SELECT encode(fingerprint, 'hex'), encode(claim, 'hex'), answer
  FROM idempotency_key
  WHERE key_id = $1`;

export class PostgresIdempotencyKeys implements IdempotencyStore {
  readonly #connections: Connections;
  readonly #writes: GatheredWrites<Client>;

  constructor(connections: Connections) {
    this.#connections = connections;
    this.#writes = new GatheredWrites(LANES, (writes) => {
      const carryOut = (client: Client) => Promise.all(writes.map((write) => write.carryOut(client)));
      // One statement is its own transaction.
      return writes.length === 1 ? connections.use(carryOut) : connections.transaction('BEGIN', carryOut, () => true);
    });
  }

  reserve(reservation: Reservation): Promise<ReserveResult> {
    return this.#writes.write(reservation.keyId, (client) => reserveWith(client, reservation));
  }

  async keep(reservation: Reservation, answer: Uint8Array): Promise<boolean> {
    return (await this.#change(reservation, 'keep-answer', `${statements.KEEP} RETURNING 1`, answer)).length === 1;
  }

  async letGo(reservation: Reservation): Promise<void> {
    await this.#change(reservation, 'let-go-of-key', statements.LET_GO);
  }

  async withdraw(reservation: Reservation): Promise<void> {
    await this.#change(reservation, 'withdraw-key', statements.WITHDRAW_FIRST);
    await this.letGo(reservation);
  }

  async forgetExpired(now: number, limit: number): Promise<number> {
    return (await this.#connections.all(`${statements.FORGET_EXPIRED} RETURNING 1`, now, limit)).length;
  }

  #change({ keyId, claim }: Reservation, name: string, sql: string, ...values: Uint8Array[]): Promise<Row[]> {
    return this.#writes.write(keyId, (client) =>
      queryPrepared(client, name, sql, [octets(keyId), octets(claim), ...values]),
    );
  }
}

async function reserveWith(client: Client, reservation: Reservation): Promise<ReserveResult> {
  const { keyId, fingerprint, claim, until, at, expiresAt } = reservation;
  const key = octets(keyId);
  const values = [key, octets(fingerprint), octets(claim), until, at, expiresAt];
  for (;;) {
    const [reserved] = await queryPrepared(client, 'reserve-key', statements.RESERVE, values);
    if (reserved) return { kind: 'reserved', attempt: reserved[0] as number, firstAt: reserved[1] as number };
    const [found] = await queryPrepared(client, 'find-key', FIND, [key]);
    if (found) return toResult(found as FoundRow);
    // It was withdrawn, or forgotten, between the two: by now it is free.
  }
}

type FoundRow = readonly [fingerprint: string, claim: string, answer: Uint8Array | null];

function toResult([fingerprint, claim, answer]: FoundRow): ReserveResult {
  return answer ? { kind: 'answered', fingerprint, claim, answer } : { kind: 'held', fingerprint };
}

function octets(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}
