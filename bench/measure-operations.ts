/** The main part: every operation, on every engine, at every number of connections, against what it is compared with. */
import { fileURLToPath } from 'node:url';
import type { Bench, Findings, Opponent, StartFinding } from './bench.ts';
import { Contender } from './contender.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import { figureId } from './figure-ids.ts';
import { peerCells } from './measure-peers.ts';
import { measureStarts } from './measure-starts.ts';
import { OPERATION_TITLES, OPERATIONS, type Operation } from './operations.ts';
import { engineAlone } from './opponents/engine-alone.ts';
import { LISTENING } from './opponents/serve.ts';
import { loadEverywhere, type Originals } from './originals.ts';
import { type Cell, type Group, measureInRounds } from './rounds.ts';
import { COMPARED_AT, timesLonger } from './scale.ts';
import { optioCommand, startServer } from './server-process.ts';

const WRITES_IN_MIX = 0.1;

export async function measureOperations(bench: Bench): Promise<Findings> {
  const { scale, progress } = bench;
  const originals = await loadEverywhere(bench, scale.population);
  progress.step('starting, warming up');
  const noStorage = await startNoStorage(bench);
  const grouped = new Map<Engine, Contender>();
  const ungrouped = new Map<Engine, Contender>();
  for (const [engine, original] of originals) {
    grouped.set(engine, await startOptio(bench, engine, original));
    ungrouped.set(engine, await startOneTransaction(bench, engine, original));
  }
  const contenders = [noStorage, ...grouped.values(), ...ungrouped.values()];
  for (const contender of [noStorage, ...grouped.values()]) await warmUp(contender, OPERATIONS, scale.warmUpMs);
  for (const contender of ungrouped.values()) await warmUp(contender, ['single-writes'], scale.warmUpMs);
  const groups = scale.connections.flatMap((connections) => [
    ...OPERATIONS.map((operation) => operationGroup(bench, operation, connections, { noStorage, grouped, ungrouped })),
    mixGroup(bench, connections, grouped),
  ]);
  const alone = await measureAlone(bench, originals);
  const openApi = await (await fetch(`${noStorage.server.url}/openapi.json`)).text();
  const peers = scale.withPeers ? await peerCells(bench, openApi) : { cells: [], opponents: [], versions: [] };
  groups.push(...alone.groups, { title: 'peers, single writes', cells: peers.cells });
  const samples = await measureInRounds(groups, scale.rounds, progress);
  const memory = bench.engines.map((engine) => ({
    id: figureId.memory(engine.name, 'operations'),
    title: `Optio on ${engine.title}, ${scale.population.contacts.toLocaleString('en')} subscribers with eight types each`,
    residentBytes: grouped.get(engine)!.peakResidentBytes,
  }));
  for (const contender of contenders) await contender.server.stop();
  const starts = await measureStartsOf(bench, originals);
  const opponents = [...OWN_OPPONENTS, ...alone.opponents, ...peers.opponents];
  return { samples, memory, starts, opponents, versions: peers.versions };
}

/** Embedded, on a file with the main part's contacts. */
async function measureStartsOf(bench: Bench, originals: Originals): Promise<StartFinding[]> {
  const original = [...originals].find(([{ name }]) => name === 'sqlite')?.[1];
  if (!original) return [];
  bench.progress.step('starting');
  const { url, population } = original;
  const title = `embedded, ${population.contacts.toLocaleString('en')} subscribers in the file`;
  return [{ id: figureId.start('main'), title, tookMs: await measureStarts(bench, url, population) }];
}

interface Contenders {
  readonly noStorage: Contender;
  readonly grouped: ReadonlyMap<Engine, Contender>;
  readonly ungrouped: ReadonlyMap<Engine, Contender>;
}

function operationGroup(bench: Bench, operation: Operation, connections: number, contenders: Contenders): Group {
  const cell = (contender: Contender, id: string): Cell => ({
    name: contender.name,
    measure: async (round) => {
      const durationMs = bench.scale.windowMs * timesLonger(operation, connections);
      // Who was asked nothing for most of a round begins cold: those that are compared begin alike.
      const leadInMs = connections === COMPARED_AT ? bench.scale.windowMs : 0;
      return { [id]: await contender.load({ operation, connections, durationMs, leadInMs, seed: round + 1 }) };
    },
  });
  const cells = bench.engines.map((engine) =>
    cell(contenders.grouped.get(engine)!, figureId.optio(engine.name, operation, connections)),
  );
  if (connections === COMPARED_AT) {
    cells.push(cell(contenders.noStorage, figureId.noStorage(operation, connections)));
  }
  if (operation === 'single-writes' && connections === COMPARED_AT) {
    for (const [engine, contender] of contenders.ungrouped) {
      cells.push(cell(contender, figureId.oneTransaction(engine.name, operation, connections)));
    }
  }
  return { title: `${OPERATION_TITLES[operation]}, ${connections} connections`, cells };
}

/** Reads with writes among them, and the same reads without, by the same load generator. */
function mixGroup(bench: Bench, connections: number, grouped: Contenders['grouped']): Group {
  const cells = [...grouped].flatMap(([engine, contender]): Cell[] => {
    const load = (round: number) => ({ connections, durationMs: bench.scale.windowMs, seed: round + 1 });
    return [
      {
        name: contender.name,
        measure: async (round) => {
          const { reads, writes } = await contender.mixed(load(round), WRITES_IN_MIX);
          return {
            [figureId.mix(engine.name, connections, 'reads')]: reads,
            [figureId.mix(engine.name, connections, 'writes')]: writes!,
          };
        },
      },
      {
        name: `${contender.name}, reads alone`,
        measure: async (round) => {
          const { reads } = await contender.mixed(load(round), 0);
          return { [figureId.mix(engine.name, connections, 'reads-alone')]: reads };
        },
      },
    ];
  });
  return { title: `${OPERATION_TITLES.mix}, ${connections} connections`, cells };
}

/** The engines without a server before them. */
async function measureAlone(
  { scale, scratch }: Bench,
  originals: Originals,
): Promise<{ groups: Group[]; opponents: Opponent[] }> {
  const groups: Group[] = [];
  const opponents: Opponent[] = [];
  for (const [engine, original] of originals) {
    const alone = await engineAlone(scratch, engine.name, await engine.copy(original, scratch));
    const cells = scale.rowsAlone.map(
      (rows): Cell => ({
        name: `${rows} rows a transaction`,
        measure: async () => ({ [figureId.alone(engine.name, rows)]: await alone.measure(rows, scale.windowMs) }),
      }),
    );
    groups.push({ title: `${engine.title} alone`, cells });
    opponents.push({ title: `${engine.title} alone`, does: `${DOES_ALONE} Measured by ${alone.title}.` });
  }
  return { groups, opponents };
}

const DOES_ALONE =
  'The statements of the hot path, a load and a commit, from rows as large as Optio writes; no HTTP, nothing is parsed, decided or hashed.';

const OWN_OPPONENTS: readonly Opponent[] = [
  {
    title: 'No storage',
    does: "Optio's own server, routes, schemas, authentication, validation and rendering; behind them a committer and a reader that answer at once and always the same.",
  },
  {
    title: 'One transaction a request',
    does: "Optio's own server and store; every request loads, decides and commits by itself, on PostgreSQL side by side on all connections of the pool.",
  },
];

/** Until the compiler has seen the code; and each operation is looked at once, whether it is answered as it should be. */
async function warmUp(contender: Contender, operations: readonly Operation[], durationMs: number): Promise<void> {
  for (const operation of operations) {
    await contender.checkAnswer(operation);
    await contender.load({ operation, connections: COMPARED_AT, durationMs, seed: 0 });
  }
}

async function startOptio(bench: Bench, engine: Engine, original: BenchDatabase): Promise<Contender> {
  const database = await engine.copy(original, bench.scratch);
  const server = await startServer(bench.scratch, optioCommand(database.url));
  return contend(bench, `Optio on ${engine.title}`, server, database);
}

async function startOneTransaction(bench: Bench, engine: Engine, original: BenchDatabase): Promise<Contender> {
  const database = await engine.copy(original, bench.scratch);
  const server = await startServer(bench.scratch, opponentCommand('one-transaction', database.url));
  return contend(bench, `one transaction a request on ${engine.title}`, server, database);
}

async function startNoStorage(bench: Bench): Promise<Contender> {
  return contend(bench, 'no storage', await startServer(bench.scratch, opponentCommand('no-storage')), null);
}

function opponentCommand(name: string, ...args: string[]) {
  const script = fileURLToPath(new URL(`opponents/${name}.ts`, import.meta.url));
  return { command: process.execPath, args: [script, ...args], listening: LISTENING };
}

function contend(bench: Bench, name: string, server: Contender['server'], database: BenchDatabase | null): Contender {
  return new Contender(name, server, bench.generator, bench.scale.population, database);
}
