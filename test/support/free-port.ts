/** A port that nobody listens on. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Free a moment ago: others may take it before it is used. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
