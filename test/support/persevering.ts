/** A client as it should be: what is answered 503 it sends again until it is taken, and it looks at every answer. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, OptioServer } from './optio-process.ts';
import type { Send, State } from './writing.ts';

/** Nobody may be left without an answer for longer: it is much more than any of Optio's own limits. */
const ANSWER_WITHIN_MS = 60_000;
/** Less than `Retry-After` says, so that the server sees more requests meanwhile. */
const PAUSE_MS = 50;

/** What happened to the requests of all writers. */
export interface Tally {
  answered: number;
  read: number;
  refused: number;
  slowestMs: number;
}

export function nothingSeen(): Tally {
  return { answered: 0, read: 0, refused: 0, slowestMs: 0 };
}

export interface Perseverance {
  readonly server: OptioServer;
  readonly token: string;
  readonly tally: Tally;
  readonly isOver: () => boolean;
}

/** Sends a request until it is answered with something else than 503; null where it is over before that. */
export async function persevere(
  { server, token, tally, isOver }: Perseverance,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer | null> {
  for (;;) {
    const sentAt = performance.now();
    const answer = await server.request(method, path, {
      token,
      timeoutMs: ANSWER_WITHIN_MS,
      ...(body ? { body } : {}),
    });
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - sentAt);
    if (answer.status !== 503) return answer;
    assertClearRefusal(answer);
    tally.refused += 1;
    if (isOver()) return null;
    await sleep(PAUSE_MS);
  }
}

/** Writes, and reads each contact back: what was answered holds for every later reader. */
export function sendPersevering(perseverance: Perseverance): Send {
  const { tally, isOver } = perseverance;
  return async (path, body) => {
    const answer = await persevere(perseverance, 'POST', path, body);
    if (answer === null) return false;
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    tally.answered += 1;
    const { statusState } = body as { statusState?: State };
    if (statusState && !isOver()) {
      const read = await persevere(perseverance, 'GET', `${path}?channel=EMAIL`);
      if (read === null) return true;
      assert.equal(read.status, 200, JSON.stringify(read.body));
      assert.equal(read.body.results[0].status, statusState, 'a reader sees the write that was answered before');
      tally.read += 1;
    }
    return true;
  };
}

/** HubSpot's shape, and when to come back. */
function assertClearRefusal({ headers, body }: Answer): void {
  assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal(body.status, 'error');
  assert.equal(body.category, 'SERVICE_UNAVAILABLE');
  assert.ok(body.message && body.correlationId && body.errors.length === 1, JSON.stringify(body));
}
