/**
 * The primary of two PostgreSQL servers goes away in the midst of writes, in order or killed, and its standby takes its
 * place: Optio, which knows both, follows; nothing that was answered is lost, and clients that wait hardly notice.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.ts';
import { makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { nothingSeen, sendPersevering } from '../support/persevering.ts';
import { PostgresPair } from '../support/postgres-pair.ts';
import { assertKept, nothingWritten, type Send, writeUntil } from '../support/writing.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';

const WRITERS = 16;
const TOKEN = 'a-token-of-the-operator';
const DATABASE = 'optio';
const HEALTHY_MS = 500;
const RECOVER_WITHIN_MS = 60_000;
const FEED_PAGE = 1_000;

interface Strike {
  readonly name: string;
  readonly strike: (pair: PostgresPair) => Promise<void>;
  /** Leads back to a pair. */
  readonly mend: (pair: PostgresPair) => Promise<void>;
}

const STRIKES: readonly Strike[] = [
  { name: 'switched over', strike: (pair) => pair.switchOver(), mend: async () => {} },
  { name: 'primary killed', strike: (pair) => pair.failOver(), mend: (pair) => pair.rebuildStandby() },
];

export const failover: Scenario = {
  name: 'failover',
  promise: 'when a standby takes the place of the primary, Optio follows within seconds, and what was answered is kept',
  run: async (options) => {
    const { lifetime, report } = options;
    const pair = await PostgresPair.start(lifetime);
    await query(pair.primary.url, `CREATE DATABASE ${DATABASE}`);
    const cwd = await makeFolder(lifetime);
    const env = { OPTIO_DATABASE_URL: pair.url(DATABASE), OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const server = await OptioServer.start(lifetime, { cwd, env });
    const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
    const access = { token: TOKEN, subscriptionId: body.results[0].id };

    const written = nothingWritten();
    const answers = new Answers();
    const tally = nothingSeen();
    let isOver = false;
    const send = answers.note(sendPersevering({ server, token: TOKEN, tally, isOver: () => isOver }));
    const writing = writeUntil(server, access, written, { round: 0, writers: WRITERS, isOver: () => isOver, send });
    const striking = strikeAgainAndAgain(options, pair, answers, () => tally.refused);
    await Promise.race([writing, striking]);
    isOver = true;
    await writing;
    const { contacts, events } = await assertKept(pair.urlOn(pair.primary, DATABASE), written);
    report(`${tally.answered} writes answered, ${tally.refused} refused; ${contacts} contacts, ${events} events`);
    assert.equal(await followAll(server), events, 'whoever follows the feed sees every event once');
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /"level":50/);
    const verified = await runOptio(['verify'], { cwd, env });
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  },
};

async function strikeAgainAndAgain(
  { durationMs, report }: ScenarioOptions,
  pair: PostgresPair,
  answers: Answers,
  refused: () => number,
): Promise<void> {
  const until = performance.now() + durationMs;
  do {
    for (const { name, strike, mend } of STRIKES) {
      await sleep(HEALTHY_MS);
      answers.forget();
      const before = refused();
      const from = performance.now();
      await strike(pair);
      await answers.since(performance.now());
      const gap = Math.round(answers.longestGapMs);
      const took = Math.round(performance.now() - from);
      report(`${name}: for ${gap} ms no write was answered, ${refused() - before} refused; all took ${took} ms`);
      await mend(pair);
    }
  } while (performance.now() < until);
}

/** When writes were answered. */
class Answers {
  #lastAt = performance.now();
  longestGapMs = 0;

  note(send: Send): Send {
    return async (path, body) => {
      const isAnswered = await send(path, body);
      const now = performance.now();
      this.longestGapMs = Math.max(this.longestGapMs, now - this.#lastAt);
      this.#lastAt = now;
      return isAnswered;
    };
  }

  forget(): void {
    this.longestGapMs = 0;
  }

  /** Resolves when some are answered again. */
  async since(instant: number): Promise<void> {
    while (this.#lastAt < instant) {
      assert.ok(performance.now() < instant + RECOVER_WITHIN_MS, 'a server accepts writes, and Optio does not find it');
      await sleep(10);
    }
  }
}

/** Reads the feed to where the ledger is closed, which is a second behind, and once more until nothing comes. */
async function followAll(server: OptioServer): Promise<number> {
  const seen = new Set<string>();
  let after = '';
  for (let empty = 0; empty < 2; ) {
    const path = `/optio/v1/events?limit=${FEED_PAGE}&wait=2${after && `&after=${after}`}`;
    const { status, body } = await server.request('GET', path, { token: TOKEN });
    assert.equal(status, 200, JSON.stringify(body));
    for (const { eventId } of body.results) {
      assert.ok(!seen.has(eventId), `${eventId} came twice`);
      seen.add(eventId);
    }
    empty = body.results.length === 0 ? empty + 1 : 0;
    after = body.paging?.next?.after ?? after;
  }
  return seen.size;
}
