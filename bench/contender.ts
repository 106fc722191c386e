/** A server under load: measured through its API, and checked to have done what it was asked. */
import type { BenchDatabase } from './engines/engine.ts';
import { runMixed } from './load-generators/autocannon.ts';
import {
  assertNothingRefused,
  LoadFailed,
  type LoadGenerator,
  type Measured,
  runLoad,
} from './load-generators/load-generator.ts';
import { contactsPerRequest, isWrite, makeRequest, type Operation } from './operations.ts';
import { type Population, TOKEN } from './population.ts';
import { type Sample, toSample } from './rounds.ts';
import type { ServerProcess } from './server-process.ts';

export interface LoadOptions {
  readonly operation: Operation;
  readonly connections: number;
  readonly durationMs: number;
  /** How long the same load runs before that without being measured; not at all where it is absent. */
  readonly leadInMs?: number;
  readonly seed: number;
}

export class Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly #population: Population;
  /** Where its writes go; null where they go nowhere. */
  readonly #database: BenchDatabase | null;
  readonly #generator: LoadGenerator;
  #position = 0;
  #peakResidentBytes = 0;

  constructor(
    name: string,
    server: ServerProcess,
    generator: LoadGenerator,
    population: Population,
    database: BenchDatabase | null,
  ) {
    this.name = name;
    this.server = server;
    this.#generator = generator;
    this.#population = population;
    this.#database = database;
  }

  /** The most that the server's process was seen to hold after a load. */
  get peakResidentBytes(): number {
    return this.#peakResidentBytes;
  }

  async load({ leadInMs = 0, ...options }: LoadOptions): Promise<Sample> {
    if (leadInMs > 0) await this.load({ ...options, durationMs: leadInMs });
    const { operation } = options;
    const load = { ...options, url: this.server.url, population: this.#population };
    const [measured] = await this.#counted([operation], options.durationMs, async (durationMs) => [
      await this.#generator.run({ ...load, durationMs, position: this.#position }),
    ]);
    return toSample(measured!, contactsPerRequest(operation));
  }

  /** Single reads with a share of single writes among them, by autocannon; what it tells of the reads and the writes. */
  async mixed(
    options: Omit<LoadOptions, 'operation'>,
    writesShare: number,
  ): Promise<{ reads: Sample; writes: Sample | null }> {
    const operations = [
      { operation: 'single-reads', share: 1 - writesShare },
      ...(writesShare > 0 ? [{ operation: 'single-writes', share: writesShare } as const] : []),
    ] as const;
    const load = { ...options, url: this.server.url, population: this.#population, operations };
    const names = operations.map(({ operation }) => operation);
    const [reads, writes] = await this.#counted(names, options.durationMs, (durationMs) =>
      runMixed({ ...load, durationMs, position: this.#position }),
    );
    return { reads: toSample(reads!, 1), writes: writes ? toSample(writes, 1) : null };
  }

  /** Fails unless one request of the operation is answered as somebody would expect who sent it. */
  async checkAnswer(operation: Operation): Promise<void> {
    const { method, path, body } = makeRequest(operation, this.#population, this.#position);
    if (isWrite(operation)) this.#position += contactsPerRequest(operation);
    const response = await fetch(this.server.url + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const wanted = { 'single-reads': 8, 'batch-reads': 800, 'single-writes': 1, 'batch-writes': 100 }[operation];
    const rows = text.split('"subscriptionId":').length - 1;
    if (response.status !== 200 || rows !== wanted) {
      throw new LoadFailed(
        `${this.name} answered ${response.status} with ${rows} rows, not ${wanted}: ${text.slice(0, 300)}`,
      );
    }
    const sources = text.split('"source":"Public status API').length - 1;
    if (operation === 'single-reads' && sources !== this.#population.typesEach) {
      throw new LoadFailed(`${this.name} read ${sources} recorded types, not ${this.#population.typesEach}`);
    }
  }

  /** Runs a load; fails unless every write that was answered has left its event. */
  async #counted(
    operations: readonly Operation[],
    durationMs: number,
    run: (durationMs: number) => Promise<Measured[]>,
  ): Promise<Measured[]> {
    const startedAt = Date.now();
    let answered = 0;
    const measured = await runLoad(async (duration) => {
      const found = await run(duration);
      operations.forEach((operation, index) => {
        if (!isWrite(operation)) return;
        const contacts = contactsPerRequest(operation);
        answered += found[index]!.answered * contacts;
        this.#position += found[index]!.issued * contacts;
      });
      // It goes on with what was cut off: were it asked for longer at once, all of that would stand before the first answer.
      if (found.some((part) => part.answered === 0)) await this.checkAnswer(operations[0]!);
      return found;
    }, durationMs);
    for (const part of measured) assertNothingRefused(part);
    // Connections were cut with requests under way: the next to be measured must not wait behind these.
    await this.checkAnswer(operations[0]!);
    if (this.#database && answered > 0) {
      const events = await this.#database.eventsSince(startedAt);
      if (events < answered) throw new LoadFailed(`${answered} writes were answered, but ${events} events appended`);
    }
    this.#peakResidentBytes = Math.max(this.#peakResidentBytes, await this.server.residentBytes());
    return measured;
  }
}
