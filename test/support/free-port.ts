/** Ports that nobody listens on, and ports that somebody does. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { Lifetime } from './optio-process.ts';

/** Free a moment ago: others may take it before it is used. */
export async function findFreePort(): Promise<number> {
  const { server, port } = await listenAnywhere();
  server.close();
  await once(server, 'close');
  return port;
}

/** A port that is in use until the test ends. */
export async function occupyPort(t: Lifetime): Promise<number> {
  const { server, port } = await listenAnywhere();
  t.after(() => server.close());
  return port;
}

async function listenAnywhere(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}
