/**
 * Two thousand connections ask for more than the server takes on, while its writes are held up: what is too much is
 * refused at once and in time, memory stays within bounds, what was answered is kept, and afterwards all is as before.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../src/storage/open-store.ts';
import { Crowd, type CrowdAnswer } from '../support/crowd.ts';
import { LockHolder } from '../support/lock-holder.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { assertKept, nothingWritten, type Written } from '../support/writing.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';

const TOKEN = 'a-token-of-the-operator';
const STATUSES = '/communication-preferences/v4/statuses';
const CONNECTIONS = 2_000;
const BATCH_SIZE = 10;
/** Of a body that is nearly all padding. */
const LARGE_BYTES = 1_000_000;
const LARGE_WRITERS = 200;
const CALM_WRITES = 100;
/** Node's own heap: without bounds of Optio's, this load alone would burst it. */
const HEAP_MEGABYTES = 192;
const MOST_MEMORY_MEGABYTES = 640;

export const overload: Scenario = {
  name: 'overload',
  promise: 'under more than it takes on, the server refuses in time, keeps its memory and its word, and recovers',
  run: async (options) => {
    const { lifetime, report, durationMs } = options;
    const cwd = await makeFolder(lifetime);
    const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const heap = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}` };
    const server = await OptioServer.start(lifetime, { cwd, env: { ...env, ...heap } });
    const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
    const scene = {
      server,
      path: join(cwd, 'optio.db'),
      subscriptionId: body.results[0].id,
      written: nothingWritten(),
    };
    const calm = await writeInPeace(scene, 0);
    const crowd = await Crowd.gather(server.url, mostConnections());
    lifetime.after(() => crowd.leave());
    const until = performance.now() + durationMs;
    const refused: string[] = [];
    for (let round = 0; round === 0 || performance.now() < until; round++) {
      refused.push(...(await tooManyChanges(options, scene, crowd, round)));
      await tooLargeBodies(options, scene, crowd, round);
      const again = await writeInPeace(scene, round + 1);
      report(`${CALM_WRITES} writes, one after the other: ${calm} ms before, ${again} ms after, all of them answered`);
      report(`${crowd.size} connections, at most ${await assertMemoryBounded(server)} MB resident`);
    }
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /"code":"OVERLOADED".*"requests are turned away"/);
    const { contacts, events } = await assertKept(`sqlite:${scene.path}`, scene.written);
    await assertAbsent(`sqlite:${scene.path}`, new Set(refused));
    report(`${contacts} contacts, ${events} events; nothing of ${refused.length} refused changes`);
  },
};

interface Scene {
  readonly server: OptioServer;
  readonly path: string;
  readonly subscriptionId: number;
  readonly written: Written;
}

/** As many as the systems of most people allow two processes of theirs. */
function mostConnections(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const allowed = Number(userLimits?.open_files?.soft ?? 256);
  return Number.isNaN(allowed) ? CONNECTIONS : Math.min(CONNECTIONS, allowed - 100);
}

/** Every connection sends a batch while nothing can be written. Returns the addresses of those that were refused. */
async function tooManyChanges(
  { lifetime, report }: ScenarioOptions,
  { server, path, subscriptionId, written }: Scene,
  crowd: Crowd,
  round: number,
): Promise<string[]> {
  const holder = await LockHolder.take(lifetime, path, 'BEGIN IMMEDIATE');
  const refused: string[] = [];
  let answered = 0;
  const writing = Array.from({ length: crowd.size }, async (_, member) => {
    const addresses = Array.from({ length: BATCH_SIZE }, (_, index) => `o${round}-${member}-${index}@example.com`);
    const input = { subscriptionId, channel: 'EMAIL', statusState: 'SUBSCRIBED' };
    const inputs = addresses.map((subscriberIdString) => ({ ...input, subscriberIdString }));
    const answer = await crowd.ask(member, 'POST', `${STATUSES}/batch/write`, TOKEN, toJson({ inputs }));
    if (answer.status === 200) {
      answered += 1;
      written.batches.push({ addresses, isAnswered: true });
    } else if (assertRefused(answer) === 'OVERLOADED') refused.push(...addresses);
    else written.batches.push({ addresses, isAnswered: false });
  });
  const enough = (crowd.size * BATCH_SIZE - 10_000) * 0.9;
  // Nobody waits behind the crowd who only wants to know whether the process lives.
  while (refused.length < enough)
    assert.equal((await server.request('GET', '/health/live', { token: '' })).status, 200);
  await holder.release();
  await Promise.all(writing);
  report(`${crowd.size} batches at once: ${answered} answered, ${refused.length / BATCH_SIZE} refused`);
  return refused;
}

/** Some hundred megabytes arrive while nothing can be written. */
async function tooLargeBodies(
  { lifetime, report }: ScenarioOptions,
  { path, subscriptionId, written }: Scene,
  crowd: Crowd,
  round: number,
): Promise<void> {
  const holder = await LockHolder.take(lifetime, path, 'BEGIN IMMEDIATE');
  const padding = 'x'.repeat(LARGE_BYTES);
  const body = toJson({ subscriptionId, channel: 'EMAIL', statusState: 'SUBSCRIBED', padding });
  const codes: Record<string, number> = {};
  const answers = Array.from({ length: Math.min(LARGE_WRITERS, crowd.size) }, async (_, member) => {
    const address = `large-${round}-${member}@example.com`;
    const contact = { asked: ['SUBSCRIBED' as const], answered: 0 };
    written.contacts.set(address, contact);
    const answer = await crowd.ask(member, 'POST', `${STATUSES}/${address}`, TOKEN, body);
    if (answer.status === 200) contact.answered = 1;
    const code = answer.status === 200 ? 'answered' : assertRefused(answer);
    codes[code] = (codes[code] ?? 0) + 1;
  });
  let isOver = false;
  const all = Promise.all(answers).finally(() => {
    isOver = true;
  });
  await Promise.race([all, waitFor(() => isOver || (codes.OVERLOADED ?? 0) > LARGE_WRITERS / 2)]);
  await holder.release();
  await all;
  report(`${answers.length} bodies of a megabyte at once: ${JSON.stringify(codes)}`);
  assert.ok((codes.OVERLOADED ?? 0) > 0, 'they were too large together');
}

/** One write after the other, by one client; returns how many milliseconds they took, for people. */
async function writeInPeace({ server, subscriptionId, written }: Scene, round: number): Promise<number> {
  const from = performance.now();
  for (let count = 0; count < CALM_WRITES; count++) {
    const address = `calm-${round}-${count}@example.com`;
    const body = { subscriptionId, channel: 'EMAIL', statusState: 'SUBSCRIBED' };
    const answer = await server.request('POST', `${STATUSES}/${address}`, { token: TOKEN, body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    written.contacts.set(address, { asked: ['SUBSCRIBED'], answered: 1 });
  }
  return Math.round(performance.now() - from);
}

/** Returns the code of a refusal in HubSpot's shape that says when to come back. */
function assertRefused({ status, headers, body }: CrowdAnswer): string {
  assert.equal(status, 503, JSON.stringify(body));
  assert.match(headers, /^retry-after: \d+$/im);
  assert.equal(body.category, 'SERVICE_UNAVAILABLE');
  return body.errors[0].code;
}

/** Of what was refused for want of room, nothing was begun. */
async function assertAbsent(databaseUrl: string, addresses: ReadonlySet<string>): Promise<void> {
  const store = await openStore(databaseUrl);
  for (let page = await store.subscribers.scan(null, 500); page.length > 0; ) {
    for (const { address } of page) assert.ok(!addresses.has(address ?? ''), `${address} was refused, and is there`);
    page = await store.subscribers.scan(page.at(-1)!.ref, 500);
  }
  await store.close();
}

/** In megabytes, where the system tells it the way Linux does. */
async function assertMemoryBounded({ child }: OptioServer): Promise<number | string> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const megabytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
  if (Number.isNaN(megabytes)) return 'unknown';
  assert.ok(megabytes < MOST_MEMORY_MEGABYTES, `Optio held ${megabytes} MB`);
  return Math.round(megabytes);
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
