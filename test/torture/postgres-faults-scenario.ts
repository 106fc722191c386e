/**
 * PostgreSQL is restarted, killed, cut off, locked and filled up while many write: every request is answered, with 503
 * where the database does not take it; Optio goes on by itself afterwards; and nothing that was answered is lost.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { nothingSeen, sendPersevering, type Tally } from '../support/persevering.ts';
import { startPostgres } from '../support/postgres.ts';
import { TcpRelay } from '../support/tcp-relay.ts';
import { assertKept, nothingWritten, writeUntil } from '../support/writing.ts';
import { type Fault, POSTGRES_FAULTS, type Scene } from './postgres-faults.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';

const WRITERS = 16;
const TOKEN = 'a-token-of-the-operator';
const ROLE = 'optio';
const ROLE_PASSWORD = 'of-the-test';
const HEALTHY_MS = 200;
const RECOVER_WITHIN_MS = 60_000;
/** From then on a run is long. */
const LONG_MS = 60_000;
/** Longer than any limit of Optio's on waiting. */
const LONGEST_FAULT_MS = 25_000;
/** Far more than a process with so few clients needs; what piles up without bounds gets there. */
const MOST_MEMORY_BYTES = 400 * 2 ** 20;

export const postgresFaults: Scenario = {
  name: 'postgres-faults',
  promise: 'whatever happens to PostgreSQL, each write is answered or clearly refused, and what was answered is kept',
  run: async (options) => {
    const { lifetime, report } = options;
    const scene = await prepare(options);
    const cwd = await makeFolder(lifetime);
    const env = { OPTIO_DATABASE_URL: scene.relay.url, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const server = await OptioServer.start(lifetime, { cwd, env });
    const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
    const access = { token: TOKEN, subscriptionId: body.results[0].id };

    const written = nothingWritten();
    const tally = nothingSeen();
    let isOver = false;
    const send = sendPersevering({ server, token: TOKEN, tally, isOver: () => isOver });
    const writing = writeUntil(server, access, written, { round: 0, writers: WRITERS, isOver: () => isOver, send });
    const faults = await Promise.race([writing.then(() => 0), strikeAgainAndAgain(options, scene, tally)]);
    report(`Optio holds ${await assertMemoryBounded(server)} MB`);
    isOver = true;
    await writing;
    await untilLogged(server, 'the database answers again');
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    const { contacts, events } = await assertKept(scene.adminUrl, written);
    report(`${tally.answered} writes and ${tally.read} reads answered, ${tally.refused} refused`);
    report(`${contacts} contacts, ${events} events; ${stderr.split('\n').length} lines in the log`);
    assert.ok(tally.answered > 100 && tally.refused > 0, 'the writes were many, and some were refused');
    assertLogIsBearable(stderr, faults);
  },
};

async function prepare({ lifetime }: ScenarioOptions): Promise<Scene> {
  // Small segments, so that the write-ahead log does not decide how large a file has to be allowed.
  const postgres = await startPostgres({ walSegmentMegabytes: 1 });
  lifetime.after(() => postgres.stop());
  // No superuser: those are let in where others are refused.
  await query(postgres.url, `CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE_PASSWORD}'`);
  await query(postgres.url, `CREATE DATABASE ${ROLE} OWNER ${ROLE}`);
  const adminUrl = new URL(postgres.url);
  adminUrl.pathname = `/${ROLE}`;
  const ownUrl = Object.assign(new URL(adminUrl), { username: ROLE, password: ROLE_PASSWORD });
  const relay = await TcpRelay.start(lifetime, ownUrl.href);
  return { postgres, relay, adminUrl: adminUrl.href, role: ROLE, lifetime };
}

/** Each fault once, in any order, and again until the time is over; resolves with how many there were. */
async function strikeAgainAndAgain(options: ScenarioOptions, scene: Scene, tally: Tally): Promise<number> {
  const { random, durationMs, report } = options;
  const isLong = durationMs > LONG_MS;
  const until = performance.now() + durationMs;
  let count = 0;
  do {
    for (const fault of shuffled(POSTGRES_FAULTS, random)) {
      if (fault.isSlow && !isLong) continue;
      await sleep(HEALTHY_MS);
      const before = { ...tally };
      tally.slowestMs = 0;
      const mend = await fault.strike(scene);
      await sleep(200 + random() * (isLong && random() < 0.3 ? LONGEST_FAULT_MS : 500));
      await mend();
      const backAfterMs = await recover(tally, fault);
      const { answered, refused, slowestMs } = tally;
      report(
        `${fault.name}: ${answered - before.answered} answered, ${refused - before.refused} refused, ` +
          `slowest ${Math.round(slowestMs)} ms, back after ${Math.round(backAfterMs)} ms`,
      );
      count += 1;
    }
  } while (performance.now() < until);
  return count;
}

/** Resolves when writes are taken again, with how long that took. */
async function recover(tally: Tally, { name }: Fault): Promise<number> {
  const from = performance.now();
  const goal = tally.answered + WRITERS * 2;
  while (tally.answered < goal) {
    assert.ok(performance.now() < from + RECOVER_WITHIN_MS, `PostgreSQL is back, Optio is not: ${name}`);
    await sleep(10);
  }
  return performance.now() - from;
}

function shuffled<T>(things: readonly T[], random: () => number): T[] {
  return things
    .map((thing) => ({ thing, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ thing }) => thing);
}

/** In megabytes, where the system tells it the way Linux does. */
async function assertMemoryBounded({ child }: OptioServer): Promise<number | string> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
  if (Number.isNaN(kilobytes)) return 'unknown';
  assert.ok(kilobytes * 1_024 < MOST_MEMORY_BYTES, `Optio held ${kilobytes} kB`);
  return Math.round(kilobytes / 1_024);
}

/** The database is looked at now and then only; what is not logged by and by never will be. */
async function untilLogged(server: OptioServer, message: string): Promise<void> {
  const deadline = performance.now() + RECOVER_WITHIN_MS;
  while (!server.stderr.includes(message)) {
    assert.ok(performance.now() < deadline, `the log does not say: ${message}`);
    await sleep(20);
  }
}

/** Outages are told of, none fills the log, and nobody's address or password is in it. */
function assertLogIsBearable(log: string, faults: number): void {
  assert.doesNotMatch(log, new RegExp(`example\\.com|${ROLE_PASSWORD}`));
  assert.match(log, /the database does not answer/);
  const lines = log.split('\n').length;
  assert.ok(lines < 20 + faults * 5, `${lines} lines of log for ${faults} faults`);
}
