/** Whose links were revoked, on PostgreSQL. */
import type { LinkRevocations, SubscriberRef } from '../port.ts';
import type { Connections } from './connections.ts';

export const REVOKE = `
  INSERT INTO link_revocation AS stored (account_id, subscriber_key, revoked_through)
  VALUES ($1, $2, $3)
  ON CONFLICT (account_id, subscriber_key) DO UPDATE
  SET revoked_through = greatest(stored.revoked_through, excluded.revoked_through)`;

export const FIND_REVOCATION =
  'SELECT revoked_through FROM link_revocation WHERE account_id = $1 AND subscriber_key = $2';

export class PostgresLinkRevocations implements LinkRevocations {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async revokedThrough({ accountId, subscriberKey }: SubscriberRef): Promise<number> {
    const key = Buffer.from(subscriberKey, 'hex');
    const [row] = await this.#connections.reads.all<{ revoked_through: number }>(FIND_REVOCATION, accountId, key);
    return row?.revoked_through ?? 0;
  }

  async revoke({ accountId, subscriberKey }: SubscriberRef, through: number): Promise<void> {
    await this.#connections.all(REVOKE, accountId, Buffer.from(subscriberKey, 'hex'), through);
  }
}
