/** Whose links were revoked, on SQLite. */
import type { LinkRevocations, SubscriberRef } from '../port.ts';
import { toBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

const REVOKE = `
  INSERT INTO link_revocation (account_id, subscriber_key, revoked_through)
  VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET revoked_through = max(revoked_through, excluded.revoked_through)`;

/** For transactions that do more. */
export function revokeWith(connection: Connection, { accountId, subscriberKey }: SubscriberRef, through: number): void {
  connection.change(REVOKE, accountId, toBytes(subscriberKey), through);
}

export class SqliteLinkRevocations implements LinkRevocations {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  revokedThrough({ accountId, subscriberKey }: SubscriberRef): Promise<number> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<{ revoked_through: number }>(
        'SELECT revoked_through FROM link_revocation WHERE account_id = ? AND subscriber_key = ?',
        ...[accountId, toBytes(subscriberKey)],
      );
      return row?.revoked_through ?? 0;
    });
  }

  revoke(ref: SubscriberRef, through: number): Promise<void> {
    return this.#transactions.write((connection) => revokeWith(connection, ref, through));
  }
}
