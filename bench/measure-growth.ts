/** Whether Optio stays as fast as its database grows: the same operations on a small and on a large one. */
import type { Bench, Findings, StartFinding } from './bench.ts';
import { Contender } from './contender.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import { figureId, type Size } from './figure-ids.ts';
import { measureStarts } from './measure-starts.ts';
import { OPERATION_TITLES, type Operation } from './operations.ts';
import type { Population } from './population.ts';
import { type Cell, measureInRounds } from './rounds.ts';
import { COMPARED_AT } from './scale.ts';
import { optioCommand, startServer } from './server-process.ts';

const COMPARED: readonly Operation[] = ['single-writes', 'batch-writes', 'single-reads'];

export type Sizes = Readonly<Record<Size, Population>>;

export async function measureGrowth(bench: Bench, engine: Engine, sizes: Sizes): Promise<Findings> {
  const { progress, scale } = bench;
  const databases = {} as Record<Size, BenchDatabase>;
  const contenders = {} as Record<Size, Contender>;
  for (const size of ['small', 'large'] as const) {
    const population = sizes[size];
    progress.step(`loading ${population.contacts.toLocaleString('en')} subscribers into ${engine.title}`);
    const database = await engine.load(population);
    const server = await startServer(bench.scratch, optioCommand(database.url));
    databases[size] = database;
    contenders[size] = new Contender(`${engine.title}, ${size}`, server, bench.generator, population, database);
  }
  for (const contender of Object.values(contenders)) {
    for (const operation of COMPARED) {
      await contender.checkAnswer(operation);
      await contender.load({ operation, connections: COMPARED_AT, durationMs: scale.windowMs, seed: 0 });
    }
  }
  const groups = COMPARED.map((operation) => ({
    title: `${engine.title}: ${OPERATION_TITLES[operation]}, small and large`,
    cells: (['small', 'large'] as const).map(
      (size): Cell => ({
        name: contenders[size].name,
        measure: async (round) => {
          const load = { operation, connections: COMPARED_AT, durationMs: scale.windowMs, seed: round + 1 };
          return { [figureId.growth(engine.name, operation, size)]: await contenders[size].load(load) };
        },
      }),
    ),
  }));
  const samples = await measureInRounds(groups, scale.rounds, progress);
  const { large } = contenders;
  const memory = [
    {
      id: figureId.memory(engine.name, 'large'),
      title: `Optio on ${engine.title}, ${sizes.large.contacts.toLocaleString('en')} subscribers, the most after any load`,
      residentBytes: large.peakResidentBytes,
    },
  ];
  for (const contender of Object.values(contenders)) await contender.server.stop();
  const starts: StartFinding[] = [];
  if (engine.name === 'sqlite') {
    progress.step('starting on the large file');
    starts.push({
      id: figureId.start('large'),
      title: `embedded, ${sizes.large.contacts.toLocaleString('en')} subscribers in the file`,
      tookMs: await measureStarts(bench, databases.large.url, sizes.large),
    });
  }
  for (const database of Object.values(databases)) await database.drop();
  return { samples, memory, starts, opponents: [], versions: [] };
}
