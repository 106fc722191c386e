/** Secrets of the server as a whole, on PostgreSQL. */
import type { ServerSecretStore } from '../port.ts';
import type { Connections } from './connections.ts';

export class PostgresServerSecrets implements ServerSecretStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async secret(purpose: string, candidate: string): Promise<string> {
    const insert = 'INSERT INTO server_secret (purpose, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING';
    await this.#connections.all(insert, purpose, Buffer.from(candidate, 'hex'));
    // A statement of its own: only then does it see what somebody else's insert, which the one above waited for, has kept.
    const sql = "SELECT encode(secret, 'hex') AS secret FROM server_secret WHERE purpose = $1";
    const [row] = await this.#connections.reads.all<{ secret: string }>(sql, purpose);
    return row!.secret;
  }
}
