/** The socket beneath a connection. */
import type { Socket } from 'node:net';
import type pg from 'pg';

/** `pg` declares it only for its own use, and has no other way to end a connection at once. */
export function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
