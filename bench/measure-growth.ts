/** Whether Optio stays as fast as its database grows: the same operations on a small and on a large one. */
import type { Bench, Findings, MemoryFinding, StartFinding } from './bench.ts';
import { Contender } from './contender.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import { figureId, type Size } from './figure-ids.ts';
import { measureStarts } from './measure-starts.ts';
import { OPERATION_TITLES, type Operation } from './operations.ts';
import { loadEverywhere } from './originals.ts';
import type { Population } from './population.ts';
import { type Cell, type Group, measureInRounds, type Sample } from './rounds.ts';
import { COMPARED_AT, timesLonger } from './scale.ts';
import { optioCommand, startServer } from './server-process.ts';

const COMPARED: readonly Operation[] = ['single-writes', 'batch-writes', 'single-reads'];
const SIZES: readonly Size[] = ['small', 'large'];

export type Populations = Readonly<Record<Size, Population>>;

export async function measureGrowth(bench: Bench, populations: Populations): Promise<Findings> {
  const loaded = {
    small: await loadEverywhere(bench, populations.small),
    large: await loadEverywhere(bench, populations.large),
  };
  const samples = new Map<string, readonly Sample[]>();
  const memory: MemoryFinding[] = [];
  const starts: StartFinding[] = [];
  for (const engine of bench.engines) {
    const databases = { small: loaded.small.get(engine)!, large: loaded.large.get(engine)! };
    const contenders = {
      small: await contend(bench, engine, databases.small),
      large: await contend(bench, engine, databases.large),
    };
    const groups = COMPARED.map((operation) => growthGroup(bench, engine, operation, contenders));
    const found = await measureInRounds(groups, bench.scale.rounds, bench.progress);
    for (const [id, each] of found) samples.set(id, each);
    memory.push(memoryOf(engine, contenders.large, populations.large));
    for (const size of SIZES) await contenders[size].server.stop();
    if (engine.name === 'sqlite') starts.push(await startOn(bench, databases.large));
  }
  return { samples, memory, starts, opponents: [], versions: [] };
}

async function contend(bench: Bench, engine: Engine, database: BenchDatabase): Promise<Contender> {
  const { population } = database;
  const server = await startServer(bench.scratch, optioCommand(database.url));
  const name = `Optio on ${engine.title}, ${population.contacts.toLocaleString('en')} subscribers`;
  const contender = new Contender(name, server, bench.generator, population, database);
  for (const operation of COMPARED) {
    await contender.checkAnswer(operation);
    await contender.load({ operation, connections: COMPARED_AT, durationMs: bench.scale.warmUpMs, seed: 0 });
  }
  return contender;
}

function growthGroup(
  bench: Bench,
  engine: Engine,
  operation: Operation,
  contenders: Readonly<Record<Size, Contender>>,
): Group {
  const cells = SIZES.map(
    (size): Cell => ({
      name: contenders[size].name,
      measure: async (round) => {
        const durationMs = bench.scale.windowMs * timesLonger(operation, COMPARED_AT);
        const load = { operation, connections: COMPARED_AT, durationMs, seed: round + 1 };
        return { [figureId.growth(engine.name, operation, size)]: await contenders[size].load(load) };
      },
    }),
  );
  return { title: `${engine.title}, small and large: ${OPERATION_TITLES[operation]}`, cells };
}

function memoryOf(engine: Engine, contender: Contender, { contacts }: Population): MemoryFinding {
  return {
    id: figureId.memory(engine.name, 'large'),
    title: `Optio on ${engine.title}, ${contacts.toLocaleString('en')} subscribers`,
    residentBytes: contender.peakResidentBytes,
  };
}

async function startOn(bench: Bench, { url, population }: BenchDatabase): Promise<StartFinding> {
  bench.progress.step('starting on the large file');
  return {
    id: figureId.start('large'),
    title: `embedded, ${population.contacts.toLocaleString('en')} subscribers in the file`,
    tookMs: await measureStarts(bench, url, population),
  };
}
