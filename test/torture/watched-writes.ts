/** Many write to a server whose database goes through something: for how long none was answered, and whether all is kept. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { nothingSeen, sendPersevering, type Tally } from '../support/persevering.ts';
import { assertKept, nothingWritten, type Send, writeUntil } from '../support/writing.ts';
import type { ScenarioOptions } from './scenario.ts';

const WRITERS = 16;
const TOKEN = 'a-token-of-the-operator';
const RECOVER_WITHIN_MS = 60_000;
const FEED_PAGE = 1_000;

/** When writes were answered. */
export class Answers {
  #lastAt = performance.now();
  #longestGapMs = 0;
  readonly tally: Tally = nothingSeen();

  note(send: Send): Send {
    return async (path, body) => {
      const isAnswered = await send(path, body);
      this.#longestGapMs = Math.max(this.#longestGapMs, this.gapMs);
      this.#lastAt = performance.now();
      return isAnswered;
    };
  }

  /** For how long none has been answered now, in milliseconds. */
  get gapMs(): number {
    return performance.now() - this.#lastAt;
  }

  /** What was seen of all that `work` does, until some are answered again. */
  async during(work: () => Promise<void>): Promise<{ gapMs: number; refused: number }> {
    this.#longestGapMs = 0;
    const { refused } = this.tally;
    await work();
    const doneAt = performance.now();
    while (this.#lastAt < doneAt) {
      assert.ok(this.gapMs < RECOVER_WITHIN_MS, 'a server accepts writes, and Optio does not find it');
      await sleep(10);
    }
    return { gapMs: this.#longestGapMs, refused: this.tally.refused - refused };
  }
}

/**
 * Writes while `work` goes on, to a server on the database of `databaseUrl`. Fails unless what was answered is there
 * afterwards, once, is told once to those who follow the feed, and verifies.
 */
export async function writeWatched(
  { lifetime, report }: ScenarioOptions,
  databaseUrl: string,
  work: (answers: Answers) => Promise<void>,
): Promise<void> {
  const cwd = await makeFolder(lifetime);
  const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  const server = await OptioServer.start(lifetime, { cwd, env });
  const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
  const access = { token: TOKEN, subscriptionId: body.results[0].id };
  const written = nothingWritten();
  const answers = new Answers();
  const { tally } = answers;
  let over = false;
  const isOver = () => over;
  const send = answers.note(sendPersevering({ server, token: TOKEN, tally, isOver }));
  const writing = writeUntil(server, access, written, { round: 0, writers: WRITERS, isOver, send });
  await Promise.race([writing, work(answers)]);
  over = true;
  await writing;
  const { contacts, events } = await assertKept(databaseUrl, written);
  report(`${tally.answered} writes answered, ${tally.refused} refused; ${contacts} contacts, ${events} events`);
  assert.equal(await followAll(server), events, 'whoever follows the feed sees every event once');
  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /"level":50/);
  const verified = await runOptio(['verify'], { cwd, env });
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
}

/** Reads the feed to where the ledger is closed, which is a second behind, and on until nothing comes twice. */
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
