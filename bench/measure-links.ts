/** Links: making those of a mailing, sealing alone, and the one click that mail programs send. */
import { Agent } from 'node:http';
import { systemRandomness } from '../src/actions/context.ts';
import { type LinkClaims, type LinkKey, sealLink } from '../src/domain/link.ts';
import type { Bench, Findings } from './bench.ts';
import type { BenchDatabase, Engine } from './engines/engine.ts';
import { figureId } from './figure-ids.ts';
import { LoadFailed } from './load-generators/load-generator.ts';
import { loadEverywhere } from './originals.ts';
import { ACCOUNT_ID, addressOf, TOKEN, typeId } from './population.ts';
import { postText } from './post-text.ts';
import { type Cell, type Group, measureInRounds, type Sample } from './rounds.ts';
import { COMPARED_AT } from './scale.ts';
import { optioCommand, startServer } from './server-process.ts';
import { quantile } from './statistics.ts';

/** The most that a call takes. */
const CONTACTS_A_CALL = 10_000;
/** To choose, to end the type, to end everything. */
const LINKS_EACH = 3;

export async function measureLinks(bench: Bench): Promise<Findings> {
  const { scale, progress } = bench;
  const originals = await loadEverywhere(bench, { ...scale.population, typesEach: 1 });
  const mailings = new Map<Engine, Mailing>();
  for (const [engine, database] of originals) mailings.set(engine, await Mailing.start(bench, database));
  const perEngine = [...mailings];
  const groups: Group[] = [
    {
      title: `links of ${CONTACTS_A_CALL.toLocaleString('en')} contacts a call`,
      cells: [
        ...perEngine.map(([{ name, title }, mailing]) => batchCell(name, title, mailing, scale.windowMs)),
        { name: 'sealing alone', measure: async () => ({ [figureId.sealing]: seal(scale.windowMs) }) },
      ],
    },
    {
      title: `one click, ${COMPARED_AT} connections`,
      cells: perEngine.map(([{ name, title }, mailing]) => clickCell(name, title, mailing, bench)),
    },
  ];
  const samples = await measureInRounds(groups, scale.rounds, progress);
  for (const mailing of mailings.values()) await mailing.server.stop();
  return { samples, memory: [], starts: [], opponents: [], versions: [] };
}

function batchCell(engine: Engine['name'], title: string, mailing: Mailing, windowMs: number): Cell {
  return {
    name: `Optio on ${title}`,
    measure: async () => ({ [figureId.links(engine)]: await mailing.makeFor(windowMs) }),
  };
}

/** Each round's clicks are those of other contacts, who are subscribed, so that each is a real change. */
function clickCell(engine: Engine['name'], title: string, mailing: Mailing, { scale }: Bench): Cell {
  const perRound = Math.floor(scale.population.contacts / 2 / scale.rounds);
  return {
    name: `Optio on ${title}`,
    measure: async (round) => {
      const contacts = Array.from(
        { length: Math.min(perRound, CONTACTS_A_CALL) },
        (_, i) => 2 * (round * perRound + i),
      );
      return { [figureId.oneClick(engine)]: await mailing.clickAll(contacts, scale.windowMs * 5) };
    },
  };
}

/** What a batch's sealing costs without a server around it, in this process. */
function seal(durationMs: number): Sample {
  const { secret, nonce } = systemRandomness();
  const key: LinkKey = { id: '00000001', accountId: ACCOUNT_ID, secret: secret(), createdAt: 0, retiresAt: null };
  const claims = (contact: number): LinkClaims => ({
    purpose: 'unsubscribe',
    businessUnitId: 0,
    subscriptionIds: [typeId(0)],
    language: null,
    issuedAt: Date.now(),
    address: addressOf(contact),
  });
  const startedAt = performance.now();
  let sealed = 0;
  do sealLink(key, nonce(), claims(sealed++));
  while (performance.now() - startedAt < durationMs);
  return { perSecond: sealed / ((performance.now() - startedAt) / 1e3) };
}

/** A server that makes links, and gets the clicks on them. */
class Mailing {
  readonly server: Awaited<ReturnType<typeof startServer>>;
  readonly #database: BenchDatabase;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: COMPARED_AT });
  #made = 0;

  private constructor(server: Mailing['server'], database: BenchDatabase) {
    this.server = server;
    this.#database = database;
  }

  static async start(bench: Bench, database: BenchDatabase): Promise<Mailing> {
    const mailing = new Mailing(await startServer(bench.scratch, optioCommand(database.url)), database);
    await mailing.makeFor(bench.scale.warmUpMs);
    return mailing;
  }

  /** Makes mailing after mailing; links a second. */
  async makeFor(durationMs: number): Promise<Sample> {
    const startedAt = performance.now();
    let links = 0;
    do {
      const first = this.#made;
      this.#made += CONTACTS_A_CALL;
      const text = await this.#make(Array.from({ length: CONTACTS_A_CALL }, (_, index) => first + index));
      // Each contact's headers repeat one of the links.
      links += text.split('/l/').length - 1 - CONTACTS_A_CALL;
    } while (performance.now() - startedAt < durationMs);
    if (links % (CONTACTS_A_CALL * LINKS_EACH) !== 0) throw new LoadFailed(`${links} links were made, not all`);
    return { perSecond: links / ((performance.now() - startedAt) / 1e3) };
  }

  /** One click each, on all connections, until all have or the time is up. */
  async clickAll(contacts: readonly number[], durationMs: number): Promise<Sample> {
    const { results } = JSON.parse(await this.#make(contacts)) as {
      results: { unsubscribeSingleUrl: string }[];
    };
    const startedAt = Date.now();
    const latenciesMs: number[] = [];
    let next = 0;
    const clicker = async () => {
      while (next < results.length && Date.now() - startedAt < durationMs) {
        const { pathname } = new URL(results[next++]!.unsubscribeSingleUrl);
        const sentAt = performance.now();
        await this.#post(pathname, 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click');
        latenciesMs.push(performance.now() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: COMPARED_AT }, clicker));
    const perSecond = latenciesMs.length / ((Date.now() - startedAt) / 1e3);
    const events = await this.#database.eventsSince(startedAt);
    if (events < latenciesMs.length) {
      throw new LoadFailed(`${latenciesMs.length} clicks were answered, but ${events} events appended`);
    }
    latenciesMs.sort((a, b) => a - b);
    return { perSecond, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) };
  }

  #make(contacts: readonly number[]): Promise<string> {
    const inputs = contacts.map((contact) => ({ subscriberIdString: addressOf(contact) }));
    return this.#post(
      '/optio/v1/links/batch',
      'application/json',
      JSON.stringify({ subscriptionId: typeId(0), inputs }),
    );
  }

  #post(path: string, type: string, body: string): Promise<string> {
    const headers = { 'content-type': type, ...(type === 'application/json' && { authorization: `Bearer ${TOKEN}` }) };
    return postText(new URL(path, this.server.url), this.#agent, headers, body);
  }
}
