/** `optio emulate`: an emulator as a process of its own. */
import { describeFirstRequest } from './cli/first-start.ts';
import { type CommandResult, type EmulateOptions, failed, misuse } from './cli/shell.ts';
import type { Config } from './config/settings.ts';
import { readVersion } from './config/version.ts';
import { Emulator } from './emulator/emulator.ts';
import { SeedFault } from './emulator/seed-fault.ts';
import { OptionFault, readStartOptions } from './emulator/start-options.ts';
import { openLog } from './log/open-log.ts';
import { describeFailure } from './start-failures.ts';

const STANDS_IN = 'It stands in for HubSpot, in memory: nothing is kept. docs/emulator.md says how to steer it.\n';

/** Serves until it is signalled. */
export async function runEmulator(
  config: Config,
  options: EmulateOptions,
  signalled: Promise<void>,
): Promise<CommandResult> {
  const { host, port, limits: rateLimits, maxBatchInputs } = config;
  const log = openLog(config);
  let emulator: Emulator;
  try {
    const beginnings = await readStartOptions(options, (option) => `the flag --${option}`);
    emulator = await Emulator.start({ ...beginnings, host, port, server: { logger: log, rateLimits, maxBatchInputs } });
  } catch (error) {
    if (error instanceof OptionFault || error instanceof SeedFault) return misuse(error.message);
    const message = describeFailure(config, error);
    if (message === null) throw error;
    return failed(message);
  }
  const { url, world } = emulator;
  log.info({ version: readVersion(), url }, 'started');
  process.stdout.write(`Optio is listening on ${url}\n${STANDS_IN}${describeFirstRequest(url, world.token)}`);
  await signalled;
  log.info('stopping');
  await emulator.stop();
  log.info('stopped');
  return { kind: 'done' };
}
