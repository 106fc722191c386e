/** `optio emulate`: an emulator as a process of its own. */
import { pino } from 'pino';
import { describeFirstRequest } from './cli/first-start.ts';
import { type CommandResult, type EmulateOptions, failed, misuse } from './cli/shell.ts';
import type { Config } from './config/settings.ts';
import { Emulator } from './emulator/emulator.ts';
import { SeedFault } from './emulator/seed-fault.ts';
import { OptionFault, readStartOptions } from './emulator/start-options.ts';
import { describeFailure } from './start-failures.ts';

const STANDS_IN = 'It stands in for HubSpot, in memory: nothing is kept. docs/emulator.md says how to steer it.\n';

/** Serves until it is signalled. */
export async function runEmulator(
  config: Config,
  options: EmulateOptions,
  signalled: Promise<void>,
): Promise<CommandResult> {
  const { host, port, logLevel } = config;
  const logger = pino({ level: logLevel }, pino.destination({ fd: 2, sync: true }));
  let emulator: Emulator;
  try {
    const beginnings = await readStartOptions(options, (option) => `the flag --${option}`);
    emulator = await Emulator.start({ ...beginnings, host, port, logger });
  } catch (error) {
    if (error instanceof OptionFault || error instanceof SeedFault) return misuse(error.message);
    const message = describeFailure(config, error);
    if (message === null) throw error;
    return failed(message);
  }
  const { url, world } = emulator;
  process.stdout.write(`Optio is listening on ${url}\n${STANDS_IN}${describeFirstRequest(url, world.token)}`);
  await signalled;
  await emulator.stop();
  return { kind: 'done' };
}
