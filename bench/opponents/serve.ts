/** Serves a context as `app.ts` does, in a process of its own, and says where. */
import { pino } from 'pino';
import type { Context } from '../../src/actions/context.ts';
import { listen } from '../../src/http/listen.ts';
import { buildServer } from '../../src/http/server.ts';

/** What the process prints once it serves. */
export const LISTENING = /^Listening on (http:\/\/\S+)$/m;

export async function serve(context: Context, close: () => Promise<void>): Promise<void> {
  const server = await buildServer(context, {
    logger: pino({ level: 'info' }, pino.destination({ fd: 2, sync: true })),
  });
  console.log(`Listening on http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`);
  process.once('SIGTERM', async () => {
    await server.close();
    await close();
    process.exit();
  });
}
