/**
 * The disk fills up and other processes lock the file while many write: every request is answered, with 503 where
 * the file does not take it; reads go on; Optio goes on by itself afterwards; nothing that was answered is lost.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { nothingSeen, sendPersevering, type Tally } from '../support/persevering.ts';
import { TinyDisk } from '../support/tiny-disk.ts';
import { assertKept, nothingWritten, writeUntil } from '../support/writing.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';
import { type Fault, type Scene, SQLITE_FAULTS } from './sqlite-faults.ts';

const WRITERS = 12;
const TOKEN = 'a-token-of-the-operator';
const KNOWN = '/communication-preferences/v4/statuses/known@example.com';
const RECOVER_WITHIN_MS = 60_000;
/** From then on a run is long. */
const LONG_MS = 60_000;
/** Longer than Optio waits for a lock. */
const LONGEST_FAULT_MS = 8_000;
/** Enough for a short run; a long one has an ordinary disk, and its files limited. */
const DISK_MEGABYTES = 192;

export const sqliteFaults: Scenario = {
  name: 'sqlite-faults',
  promise: 'on a full disk or a locked file each write is answered or clearly refused, and what was answered is kept',
  run: async (options) => {
    const { lifetime, report, durationMs } = options;
    const disk = durationMs < LONG_MS ? await TinyDisk.mount(lifetime, DISK_MEGABYTES) : null;
    const cwd = disk?.folder ?? (await makeFolder(lifetime));
    const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const server = await OptioServer.start(lifetime, { cwd, env });
    const path = join(cwd, 'optio.db');
    const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
    const access = { token: TOKEN, subscriptionId: body.results[0].id };
    const known = { subscriptionId: access.subscriptionId, statusState: 'SUBSCRIBED', channel: 'EMAIL' };
    assert.equal((await server.request('POST', KNOWN, { token: TOKEN, body: known })).status, 200);

    const written = nothingWritten();
    const tally = nothingSeen();
    let isOver = false;
    const send = sendPersevering({ server, token: TOKEN, tally, isOver: () => isOver });
    const writing = writeUntil(server, access, written, { round: 0, writers: WRITERS, isOver: () => isOver, send });
    await Promise.race([writing, strikeAgainAndAgain(options, { server, path, disk, lifetime }, tally)]);
    isOver = true;
    await writing;
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    const { contacts, events } = await assertKept(`sqlite:${path}`, written);
    report(`${tally.answered} writes and ${tally.read} reads answered, ${tally.refused} refused`);
    report(`${contacts} contacts, ${events} events; ${stderr.split('\n').length} lines in the log`);
    assert.ok(tally.answered > 100, 'the writes were many');
    assert.doesNotMatch(stderr, /example\.com/);
    if (tally.refused > 0) assert.match(stderr, /"why":"the disk (?:is full|reports an I\/O error)"|"why":"another/);
  },
};

/** Each fault once, in any order, and again until the time is over. */
async function strikeAgainAndAgain(options: ScenarioOptions, scene: Scene, tally: Tally): Promise<void> {
  const until = performance.now() + options.durationMs;
  do {
    const faults = SQLITE_FAULTS.map((fault) => ({ fault, place: options.random() }));
    for (const { fault } of faults.sort((a, b) => a.place - b.place)) await strike(options, scene, tally, fault);
  } while (performance.now() < until);
}

async function strike(options: ScenarioOptions, scene: Scene, tally: Tally, fault: Fault): Promise<void> {
  const { random, durationMs, report } = options;
  await recover(tally, 'nothing at all');
  const before = { ...tally };
  tally.slowestMs = 0;
  const mend = await fault.strike(scene);
  if (typeof mend === 'string') return report(`${fault.name}: left out, it ${mend}`);
  if (fault.refusesAtOnce) while (tally.refused < before.refused + WRITERS) await sleep(10);
  for (let count = 0; count < 5; count++) await assertReadable(scene.server, fault);
  await sleep(200 + random() * (durationMs > LONG_MS ? LONGEST_FAULT_MS : 300));
  await mend();
  const backAfterMs = await recover(tally, fault.name);
  const [answered, refused] = [tally.answered - before.answered, tally.refused - before.refused];
  report(
    `${fault.name}: ${answered} answered, ${refused} refused, ` +
      `slowest ${Math.round(tally.slowestMs)} ms, back after ${Math.round(backAfterMs)} ms`,
  );
}

async function assertReadable(server: OptioServer, { name }: Fault): Promise<void> {
  const { status, body } = await server.request('GET', `${KNOWN}?channel=EMAIL`, { token: TOKEN });
  assert.equal(status, 200, `a read while ${name}: ${JSON.stringify(body)}`);
  assert.equal(body.results[0].status, 'SUBSCRIBED');
  for (const path of ['/health/live', '/health/ready']) {
    assert.equal((await server.request('GET', path, { token: TOKEN })).status, 200, `${path} while ${name}`);
  }
}

/** Resolves when writes are taken again, with how long that took. */
async function recover(tally: Tally, from: string): Promise<number> {
  const startedAt = performance.now();
  const goal = tally.answered + WRITERS * 2;
  while (tally.answered < goal) {
    assert.ok(performance.now() < startedAt + RECOVER_WITHIN_MS, `it does not recover from this: ${from}`);
    await sleep(10);
  }
  return performance.now() - startedAt;
}
