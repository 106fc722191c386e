/** `npm run bench`: measures Optio against what docs/benchmarks.md names, and writes bench/results/. */
import { mkdir, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { Bench, Findings } from './bench.ts';
import { postgresEngine } from './engines/postgres.ts';
import { sqliteEngine } from './engines/sqlite.ts';
import { autocannon } from './load-generators/autocannon.ts';
import { findWrk } from './load-generators/wrk.ts';
import { measureAuthentication } from './measure-authentication.ts';
import { measureEligibility } from './measure-eligibility.ts';
import { measureGrowth } from './measure-growth.ts';
import { measureLinks } from './measure-links.ts';
import { measureOperations } from './measure-operations.ts';
import { report } from './report.ts';
import { summarise } from './results.ts';
import type { Progress } from './rounds.ts';
import { FULL, QUICK, type Scale } from './scale.ts';
import { clearWhenInterrupted, Scratch } from './scratch.ts';
import { lookAround } from './surroundings.ts';

const PARTS = ['operations', 'links', 'eligibility', 'authentication', 'growth'] as const;

interface Options {
  readonly quick?: true;
  readonly engine?: 'sqlite' | 'postgresql';
  readonly only?: (typeof PARTS)[number];
}

const RESULTS = new URL('results/', import.meta.url);

await new Command('npm run bench --')
  .description(
    'Measures Optio in one run against its limits, its own design left out, and its peers. Writes bench/results/latest.md and latest.json.',
  )
  .option(
    '--quick',
    'a glance in two minutes: 1 and 64 connections, short rounds, no peers, no ten million subscribers',
  )
  .addOption(new Option('--engine <name>', 'one engine alone').choices(['sqlite', 'postgresql']))
  .addOption(new Option('--only <part>', 'one part alone').choices(PARTS))
  .helpOption('--help', 'shows this')
  .addHelpText(
    'after',
    `
The full run takes about fifteen minutes and 25 GB of the folder for temporary files. PostgreSQL is the one that
OPTIO_TEST_DATABASE_URL names, or one that the bench starts. docs/benchmarks.md says what is compared with what.`,
  )
  .action(run)
  .parseAsync();

async function run(options: Options): Promise<void> {
  const scratch = new Scratch();
  clearWhenInterrupted(scratch);
  const progress = makeProgress();
  try {
    const text = await measure(options, scratch, progress);
    process.stdout.write(text);
    progress.step('done; written to bench/results/latest.md and latest.json');
  } catch (error) {
    // What fails since everything is being cleared away is no news.
    if (scratch.isClearing) return;
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    await scratch.clear();
  }
}

async function measure(options: Options, scratch: Scratch, progress: Progress): Promise<string> {
  const scale = options.quick ? QUICK : FULL;
  const bench: Bench = {
    scale,
    engines: await openEngines(options, scratch),
    generator: findGenerator(),
    scratch,
    progress,
  };
  const found = await measureParts(bench, scale, options.only);
  const versions = [
    ...bench.engines.map(({ title }) => title),
    bench.generator.name,
    autocannon().name,
    ...found.versions,
  ];
  const surroundings = lookAround(
    { ...scale, isQuick: options.quick ?? false },
    Object.fromEntries(versions.map((name) => name.split(/ (?=\S+$)/) as [string, string])),
  );
  const results = summarise(surroundings, found);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL('latest.json', RESULTS), `${JSON.stringify(results, null, 2)}\n`);
  const text = report(results);
  await writeFile(new URL('latest.md', RESULTS), text);
  return text;
}

async function openEngines({ engine }: Options, scratch: Scratch) {
  const wants = (name: string) => engine === undefined || engine === name;
  return [
    ...(wants('sqlite') ? [await sqliteEngine(scratch)] : []),
    ...(wants('postgresql') ? [await postgresEngine(scratch)] : []),
  ];
}

function findGenerator() {
  return findWrk() ?? autocannon();
}

/** One part after the other; the figures of all. */
async function measureParts(bench: Bench, scale: Scale, only: Options['only']): Promise<Findings> {
  const { growth } = scale;
  const measures: Record<(typeof PARTS)[number], ((part: Bench) => Promise<Findings>) | null> = {
    operations: measureOperations,
    links: measureLinks,
    eligibility: measureEligibility,
    authentication: measureAuthentication,
    growth: growth && ((part) => measureGrowth(part, growth)),
  };
  const wanted = (only ? [only] : PARTS).flatMap((part) => measures[part] ?? []);
  if (wanted.length === 0) throw new Error('--quick leaves growth out, so --only growth leaves nothing to measure');
  const parts: Findings[] = [];
  for (const measure of wanted) {
    // What a part started shall not be in the way of the next.
    const scratch = bench.scratch.part();
    parts.push(await measure({ ...bench, scratch }));
    await scratch.clear();
  }
  return {
    samples: new Map(parts.flatMap(({ samples }) => [...samples])),
    memory: parts.flatMap(({ memory }) => memory),
    starts: parts.flatMap(({ starts }) => starts),
    opponents: parts.flatMap(({ opponents }) => opponents),
    versions: parts.flatMap(({ versions }) => versions),
  };
}

/** Told on standard error, so that standard output is the report and nothing else. */
function makeProgress(): Progress {
  const startedAt = performance.now();
  return {
    step: (text) => {
      const seconds = Math.round((performance.now() - startedAt) / 1e3);
      process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
    },
  };
}
