/** The gate at send time: how many contacts it answers for, by calls of ten thousand and by lists of lines. */
import { Agent } from 'node:http';
import type { Bench, Findings } from './bench.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import { figureId } from './figure-ids.ts';
import { LoadFailed } from './load-generators/load-generator.ts';
import { loadEverywhere } from './originals.ts';
import { addressOf, loadedState, TOKEN, typeId } from './population.ts';
import { postText } from './post-text.ts';
import { type Cell, type Group, measureInRounds, type Sample } from './rounds.ts';
import { optioCommand, startServer } from './server-process.ts';

/** The most that a call in JSON takes. */
const CONTACTS_A_CALL = 10_000;
const PATH = '/optio/v1/eligibility';
const ELIGIBLE = '"eligible":true';

export async function measureEligibility(bench: Bench): Promise<Findings> {
  const { scale, progress } = bench;
  const { contacts } = scale.population;
  const originals = await loadEverywhere(bench, scale.population);
  const gates = new Map<Engine, Gate>();
  for (const [engine, database] of originals) gates.set(engine, await Gate.start(bench, database));
  const cells = (measure: (gate: Gate, engine: Engine) => Cell['measure']): Cell[] =>
    Array.from(gates, ([engine, gate]) => ({ name: `Optio on ${engine.title}`, measure: measure(gate, engine) }));
  const groups: Group[] = [
    {
      title: `eligibility of ${CONTACTS_A_CALL.toLocaleString('en')} contacts a call`,
      cells: cells((gate, { name }) => async () => ({
        [figureId.eligibility(name, 'calls')]: await gate.callFor(scale.windowMs),
      })),
    },
    {
      title: `eligibility of ${contacts.toLocaleString('en')} contacts in a list of lines`,
      cells: cells((gate, { name }) => async () => ({
        [figureId.eligibility(name, 'lines')]: await gate.sendList(contacts),
      })),
    },
  ];
  const samples = await measureInRounds(groups, scale.rounds, progress);
  for (const gate of gates.values()) await gate.server.stop();
  return { samples, memory: [], starts: [], opponents: [], versions: [] };
}

/** A server that is asked who may be mailed about the first type. */
class Gate {
  readonly server: Awaited<ReturnType<typeof startServer>>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #contacts: number;
  #asked = 0;

  private constructor(server: Gate['server'], contacts: number) {
    this.server = server;
    this.#contacts = contacts;
  }

  static async start(bench: Bench, { url }: BenchDatabase): Promise<Gate> {
    const gate = new Gate(await startServer(bench.scratch, optioCommand(url)), bench.scale.population.contacts);
    await gate.callFor(bench.scale.warmUpMs);
    await gate.sendList(bench.scale.population.contacts);
    return gate;
  }

  /** Call after call, on through all contacts and round again; contacts a second. */
  async callFor(durationMs: number): Promise<Sample> {
    const startedAt = performance.now();
    let answered = 0;
    do {
      const contacts = Array.from({ length: CONTACTS_A_CALL }, (_, index) => (this.#asked + index) % this.#contacts);
      this.#asked += CONTACTS_A_CALL;
      const body = JSON.stringify({ subscriptionId: typeId(0), inputs: contacts.map(addressOf) });
      check(await this.#post(PATH, 'application/json', body), contacts);
      answered += CONTACTS_A_CALL;
    } while (performance.now() - startedAt < durationMs);
    return { perSecond: answered / ((performance.now() - startedAt) / 1e3) };
  }

  /** All contacts in one list. */
  async sendList(count: number): Promise<Sample> {
    const contacts = Array.from({ length: count }, (_, contact) => contact);
    const body = contacts.map(addressOf).join('\n');
    const startedAt = performance.now();
    const text = await this.#post(`${PATH}?subscriptionId=${typeId(0)}`, 'application/x-ndjson', body);
    const seconds = (performance.now() - startedAt) / 1e3;
    check(text, contacts);
    if (!text.endsWith(`{"done":true,"count":${count}}\n`)) throw new LoadFailed('the list was cut off');
    return { perSecond: count / seconds };
  }

  #post(path: string, type: string, body: string): Promise<string> {
    const headers = { 'content-type': type, authorization: `Bearer ${TOKEN}` };
    return postText(new URL(path, this.server.url), this.#agent, headers, body);
  }
}

/** As many were found eligible as are subscribed: an answer that is fast and wrong is no answer. */
function check(text: string, contacts: readonly number[]): void {
  const subscribed = contacts.filter((contact) => loadedState(contact, 0) === 'SUBSCRIBED').length;
  const found = text.split(ELIGIBLE).length - 1;
  if (found !== subscribed) throw new LoadFailed(`${found} contacts were found eligible, but ${subscribed} are`);
}
