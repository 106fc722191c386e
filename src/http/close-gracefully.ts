/** Ends a server so that nothing it accepted is lost, and nobody can keep it from ending. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long a connection that never sent a byte may go on saying nothing, such as one a browser opened in advance. */
const SILENCE_MS = 500;
/** How often connections are looked for whose last request was answered meanwhile: their clients may keep them open. */
const IDLE_EVERY_MS = 50;
/** How long a request that was accepted may take to be sent and answered. */
const PATIENCE_MS = 10_000;
/** How long after that until what still hangs is left behind. */
const REST_MS = 1_000;

/**
 * Call before the server listens. The function it returns stops accepting, closes idle connections at once, waits for
 * what was accepted to be answered, and cuts off what takes longer than ten seconds.
 */
export function prepareToClose(server: FastifyInstance): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    const silence = setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, SILENCE_MS);
    const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_EVERY_MS);
    const patience = setTimeout(() => server.server.closeAllConnections(), PATIENCE_MS);
    const givenUp = new AbortController();
    try {
      const end = sleep(PATIENCE_MS + REST_MS, undefined, { signal: givenUp.signal }).catch(() => {});
      await Promise.race([server.close(), end]);
    } finally {
      givenUp.abort();
      clearTimeout(silence);
      clearInterval(idle);
      clearTimeout(patience);
    }
  };
}
