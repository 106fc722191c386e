/** `npm run bench`: measures Optio against what is named in docs/benchmarks.md, and writes bench/results/. */
import { mkdir, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { Bench } from './bench.ts';
import { postgresEngine } from './engines/postgres.ts';
import { sqliteEngine } from './engines/sqlite.ts';
import { autocannon } from './load-generators/autocannon.ts';
import { findWrk } from './load-generators/wrk.ts';
import { measureOperations } from './measure-operations.ts';
import { report } from './report.ts';
import { summarise } from './results.ts';
import { FULL, QUICK } from './scale.ts';
import { clearWhenInterrupted, Scratch } from './scratch.ts';
import { lookAround } from './surroundings.ts';

interface Options {
  readonly quick?: true;
  readonly engine?: 'sqlite' | 'postgresql';
}

const RESULTS = new URL('results/', import.meta.url);

const program = new Command('npm run bench --')
  .description('Measures Optio against its limits, its own design left out, and its peers, in one run.')
  .option('--quick', 'a glance in under two minutes: 64 connections alone, short rounds, no ten million subscribers')
  .addOption(new Option('--engine <name>', 'one engine alone').choices(['sqlite', 'postgresql']))
  .helpOption('--help', 'shows this')
  .action(run);
await program.parseAsync();

async function run(options: Options): Promise<void> {
  const scratch = new Scratch();
  clearWhenInterrupted(scratch);
  try {
    await measure(options, scratch);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    await scratch.clear();
  }
}

async function measure(options: Options, scratch: Scratch): Promise<void> {
  const scale = options.quick ? QUICK : FULL;
  const startedAt = performance.now();
  const progress = {
    step: (text: string) => {
      const seconds = Math.round((performance.now() - startedAt) / 1e3);
      process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
    },
  };
  const wants = (name: string) => options.engine === undefined || options.engine === name;
  const engines = [
    ...(wants('sqlite') ? [await sqliteEngine(scratch)] : []),
    ...(wants('postgresql') ? [await postgresEngine(scratch)] : []),
  ];
  const generator = findWrk() ?? autocannon();
  const bench: Bench = { scale, engines, generator, scratch, progress };
  const { samples, memory } = await measureOperations(bench);

  const versions = Object.fromEntries(
    [...engines.map(({ title }) => title), generator.name, autocannon().name].map(
      (name) => name.split(' ', 2) as [string, string],
    ),
  );
  const surroundings = lookAround({ ...scale, isQuick: options.quick ?? false }, versions);
  const findings = {
    samples,
    memory: new Map(memory.map(({ id, residentBytes }) => [id, residentBytes])),
    starts: new Map(),
  };
  const results = summarise(surroundings, findings, memory);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL('latest.json', RESULTS), `${JSON.stringify(results, null, 2)}\n`);
  const text = report(results);
  await writeFile(new URL('latest.md', RESULTS), text);
  process.stdout.write(text);
  progress.step('done; written to bench/results/latest.md and latest.json');
}
