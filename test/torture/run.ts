/** `npm run torture`: every scenario for minutes, one after the other, with a seed that repeats what it shows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, InvalidArgumentError, program } from 'commander';
import { stopOwnServer } from '../support/database.ts';
import { Belongings } from '../support/optio-process.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { anySeed, SEEDS, seededRandom } from './seeded-random.ts';

interface Given {
  readonly seed?: number;
  readonly minutes: number;
}
type Flags = Required<Given>;

/** What a scenario may take beyond its time, to look at what is left; past it, something hangs. */
const GRACE_MS = 10 * 60_000;

/** What the scenario that runs has started. */
let belongings = new Belongings();

let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    void clearUpAndExit(130);
  });
}

program
  .name('npm run torture --')
  .description(describeScenarios())
  .addArgument(new Argument('[NAME...]', 'only these scenarios').choices(SCENARIOS.map(({ name }) => name)))
  .option('--seed <N>', 'repeat the run that printed this seed; any seed where none is given', toSeed)
  .option('--minutes <M>', 'how long each scenario goes on', toMinutes, 2)
  .action(async (names: string[], { seed = anySeed(), minutes }: Given) => {
    const flags: Flags = { seed, minutes };
    const chosen = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
    print(`seed ${seed}, ${chosen.length} scenario(s), ${minutes} minute(s) each`);
    const broken: Scenario[] = [];
    for (const scenario of chosen) if (!(await keepsItsPromise(scenario, flags))) broken.push(scenario);
    for (const { name, promise } of broken) print(`BROKEN ${name}: ${promise}\n  repeat: ${commandFor(name, flags)}`);
    if (broken.length === 0) print('every promise was kept');
    await clearUpAndExit(broken.length === 0 ? 0 : 1);
  });
await program.parseAsync();

async function keepsItsPromise({ name, promise, run }: Scenario, { seed, minutes }: Flags): Promise<boolean> {
  print(`${name}: ${promise}`);
  const started = performance.now();
  const durationMs = minutes * 60_000;
  const report = (line: string) => print(`  ${Math.round((performance.now() - started) / 1_000)} s: ${line}`);
  belongings = new Belongings();
  const patience = new AbortController();
  try {
    await Promise.race([
      run({ lifetime: belongings, random: seededRandom(seed, name), durationMs, report }),
      sleep(durationMs + GRACE_MS, undefined, { signal: patience.signal }).then(() => {
        throw new Error('It has not ended long after its time');
      }),
    ]);
    report('kept');
    return true;
  } catch (error) {
    // What is cleared up under a scenario breaks it, and means nothing; the process is about to end.
    if (isInterrupted) return new Promise(() => {});
    report(`BROKEN, seed ${seed}`);
    console.error(error);
    return false;
  } finally {
    patience.abort();
    if (!isInterrupted) await belongings.end();
  }
}

async function clearUpAndExit(code: number): Promise<never> {
  await belongings.end();
  await stopOwnServer();
  process.exit(code);
}

function commandFor(name: string, { seed, minutes }: Flags): string {
  return `npm run torture -- ${name} --seed ${seed} --minutes ${minutes}`;
}

function describeScenarios(): string {
  const list = SCENARIOS.map(({ name, promise }) => `  ${name}: ${promise}`).join('\n');
  return `Does bad things to running servers and looks whether each promise was kept:\n\n${list}`;
}

function toSeed(text: string): number {
  if (/^\d+$/.test(text) && Number(text) < SEEDS) return Number(text);
  throw new InvalidArgumentError(`Allowed: a whole number from 0 to ${SEEDS - 1}.`);
}

function toMinutes(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes <= 24 * 60) return minutes;
  throw new InvalidArgumentError('Allowed: more than 0, at most 1440.');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
