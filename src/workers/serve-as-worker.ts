/** One of several processes that serve on one port. It prints nothing: the process that started it speaks for all. */
import { startApp } from '../app.ts';
import { type CommandResult, failed } from '../cli/shell.ts';
import type { Config } from '../config/settings.ts';
import { type FromWorker, STOP } from './messages.ts';

/**
 * Serves until it is told to stop or signalled. Where the process that started it is gone, even by `kill -9`, Node's
 * `cluster` ends it at once, so that nobody holds the port.
 */
export async function serveAsWorker(config: Config, signalled: Promise<void>): Promise<CommandResult> {
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (message === STOP) resolve();
    });
  });
  try {
    const outcome = await startApp(config, null);
    if (outcome.kind === 'failed') {
      await tell({ kind: 'failed', message: outcome.message });
      return failed();
    }
    await tell({ kind: 'started', url: outcome.app.url });
    await Promise.race([signalled, stopped]);
    await outcome.app.close();
    return { kind: 'done' };
  } finally {
    // From here on the channel alone does not keep the process from ending.
    process.channel?.unref();
  }
}

/** Resolves once the message is on its way, or there is nobody left to tell. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
