/** Several processes on one port. This one prepares the database, starts them and minds them; it serves nobody itself. */
import cluster from 'node:cluster';
import { type CommandResult, failed } from '../cli/shell.ts';
import type { Config } from '../config/settings.ts';
import { openLog } from '../log/open-log.ts';
import { type Announcements, prepareDatabase } from '../prepare-database.ts';
import { Workers } from './workers.ts';

/** Serves until it is signalled; `announce.listening` is called once all workers listen. */
export async function serveWithWorkers(
  config: Config,
  signalled: Promise<void>,
  announce: Announcements & { readonly listening: (url: string) => void },
): Promise<CommandResult> {
  // Each worker is this program again, with the same arguments.
  if (cluster.isWorker) return (await import('./serve-as-worker.ts')).serveAsWorker(config, signalled);
  const refusal = await prepareDatabase(config, announce);
  if (refusal !== null) return failed(refusal);
  const log = openLog(config);
  const workers = new Workers(log);
  const outcome = await workers.start(config.workers);
  if (outcome.kind === 'failed') return failed(outcome.message);
  announce.listening(outcome.url);
  await signalled;
  await workers.stop();
  log.info({ workers: config.workers }, 'all workers stopped');
  return { kind: 'done' };
}
