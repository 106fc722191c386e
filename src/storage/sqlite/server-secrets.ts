/** Secrets of the server as a whole, on SQLite. */
import type { ServerSecretStore } from '../port.ts';
import { toBytes, toHex } from './binary.ts';
import type { Transactions } from './transactions.ts';

export class SqliteServerSecrets implements ServerSecretStore {
  readonly #transactions: Transactions;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  secret(purpose: string, candidate: string): Promise<string> {
    return this.#transactions.write((connection) => {
      const insert = 'INSERT INTO server_secret (purpose, secret) VALUES (?, ?) ON CONFLICT DO NOTHING';
      connection.change(insert, purpose, toBytes(candidate));
      const sql = 'SELECT secret FROM server_secret WHERE purpose = ?';
      const [row] = connection.all<{ secret: Uint8Array }>(sql, purpose);
      return toHex(row!.secret);
    });
  }
}
