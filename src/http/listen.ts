/** Opens the server's port, without a word. */
import type { FastifyInstance } from 'fastify';

/** Connections that may wait to be accepted when thousands come at once; the system may allow fewer. */
const BACKLOG = 4_096;

/**
 * Resolves with the port that is listened on: one of the system's choice where `port` is 0. Fastify's own lines, one
 * for each address of the machine, are kept out of the log: whoever calls this says it in its own words.
 */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<number> {
  const { level } = server.log;
  server.log.level = 'silent';
  try {
    await server.listen({ host, port, backlog: BACKLOG });
  } finally {
    server.log.level = level;
  }
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : port;
}
