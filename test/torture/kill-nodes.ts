/**
 * Ends and starts parts of a database by commands of yours, while many write through Optio and one follows all changes: for
 * databases that the suite cannot start, such as one on several servers. Says what was answered and what refused.
 *
 *     node test/torture/kill-nodes.ts DATABASE_URL AWAY_MS END_COMMAND START_COMMAND [END_COMMAND START_COMMAND …]
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { openStore } from '../../src/storage/open-store.ts';
import { OptioServer, runOptio } from '../support/optio-process.ts';
import { nothingSeen, persevere, sendPersevering } from '../support/persevering.ts';
import { assertKept, nothingWritten, type Written, writeUntil } from '../support/writing.ts';

type Probes = ReturnType<typeof nothingSeen>;

const WRITERS = 16;
const TOKEN = 'a-token-of-the-operator';
const HEALTHY_MS = 5_000;
/** Between one contact who is asked for once and the next. */
const PROBE_EVERY_MS = 25;
const LAST_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

const [databaseUrl = '', awayMs = '', ...commands] = process.argv.slice(2);
assert.ok(commands.length > 0 && commands.length % 2 === 0, 'usage: DATABASE_URL AWAY_MS END_COMMAND START_COMMAND …');

const ends: (() => unknown)[] = [];
const cwd = await mkdtemp(join(tmpdir(), 'optio-kill-nodes-'));
try {
  await run();
} finally {
  for (const end of ends) await end();
  await rm(cwd, { recursive: true });
}

async function run(): Promise<void> {
  const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  const lifetime = { after: (end: () => unknown) => void ends.push(end) };
  const server = await OptioServer.start(lifetime, { cwd, env });
  const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
  const access = { token: TOKEN, subscriptionId: body.results[0].id };
  const written = nothingWritten();
  const tally = nothingSeen();
  let isOver = false;
  const send = sendPersevering({ server, token: TOKEN, tally, isOver: () => isOver });
  const writing = writeUntil(server, access, written, {
    round: Date.now(),
    writers: WRITERS,
    isOver: () => isOver,
    send,
  });
  const following = follow(server);
  const probes = nothingSeen();
  const probing = probe(server, access.subscriptionId, written, probes, () => isOver);
  await sleep(HEALTHY_MS);
  for (let next = 0; next < commands.length; next += 2) await strike(probes, commands[next]!, commands[next + 1]!);
  isOver = true;
  await writing;
  await probing;
  const { contacts, events } = await assertKept(databaseUrl, written);
  const ids = await allIds();
  const followed = await following.end(ids.at(-1)!);
  assert.ok(isDeepStrictEqual(followed, ids), 'who followed saw every event once, in their order');
  say(
    `${tally.answered} writes and ${tally.read} reads answered, ${tally.refused} refused, the slowest ${ms(tally.slowestMs)}`,
  );
  say(
    `${contacts} contacts and ${events} events: nothing answered is lost; ${followed.length} events followed, none skipped`,
  );
  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);
  const verified = await runOptio(['verify'], { cwd, env });
  say(verified.stdout.trim());
  assert.equal(verified.code, 0, verified.stderr);
}

/** Writes to one new contact after the other, each once, however the one before it fares. */
async function probe(
  server: OptioServer,
  subscriptionId: number,
  written: Written,
  seen: Probes,
  isOver: () => boolean,
): Promise<void> {
  const sent: Promise<void>[] = [];
  const body = { subscriptionId, channel: 'EMAIL', statusState: 'SUBSCRIBED' };
  for (let count = 0; !isOver(); count++, await sleep(PROBE_EVERY_MS)) {
    const address = `probe-${Date.now()}-${count}@example.com`;
    const contact = { asked: ['SUBSCRIBED' as const], answered: 0 };
    written.contacts.set(address, contact);
    const sentAt = performance.now();
    const asked = server.request('POST', `/communication-preferences/v4/statuses/${address}`, { token: TOKEN, body });
    sent.push(
      asked.then(({ status }) => {
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - sentAt);
        if (status === 200) contact.answered = 1;
        if (status === 200) seen.answered += 1;
        else seen.refused += 1;
        assert.ok(status === 200 || status === 503, `${address}: ${status}`);
      }),
    );
  }
  await Promise.all(sent);
}

/** Ends a part, starts it after a while, and says how many were answered in between and when all went on. */
async function strike(tally: Probes, end: string, start: string): Promise<void> {
  const before = { ...tally };
  tally.slowestMs = 0;
  sh(end);
  await sleep(Number(awayMs));
  const away = { ...tally };
  sh(start);
  const startedAt = performance.now();
  let refusedAt = startedAt;
  for (let { refused } = tally; performance.now() - refusedAt < HEALTHY_MS; await sleep(10)) {
    if (tally.refused > refused) refusedAt = performance.now();
    refused = tally.refused;
  }
  const [answered, refused] = [away.answered - before.answered, away.refused - before.refused];
  say(
    `${end}: away for ${ms(Number(awayMs))}, ${answered} new contacts' writes answered and ${refused} refused meanwhile`,
  );
  say(
    `  the last was refused ${ms(refusedAt - startedAt)} after it had started; the slowest answer took ${ms(tally.slowestMs)}`,
  );
  tally.slowestMs = Math.max(tally.slowestMs, before.slowestMs);
}

/** Follows the feed from its beginning; `end` resolves with the ids of all events up to the one that is to be the last. */
function follow(server: OptioServer): { readonly end: (last: string) => Promise<string[]> } {
  const ids: string[] = [];
  let end: string | null = null;
  const following = (async () => {
    for (let after = ''; ; ) {
      const path = `/optio/v1/events?limit=1000&wait=3${after && `&after=${after}`}`;
      const asked = { server, token: TOKEN, tally: nothingSeen(), isOver: () => false };
      const { status, body } = (await persevere(asked, 'GET', path))!;
      assert.equal(status, 200, JSON.stringify(body));
      ids.push(...body.results.map(({ eventId }: { eventId: string }) => eventId));
      after = body.paging?.next?.after ?? after;
      if (end !== null && ids.at(-1) === end) return ids;
    }
  })();
  following.catch(() => {});
  return {
    end: (last) => {
      end = last;
      return following;
    },
  };
}

async function allIds(): Promise<string[]> {
  const store = await openStore(databaseUrl);
  try {
    return (await store.ledger.read(null, LAST_ID, 10_000_000)).events.map(({ eventId }) => eventId);
  } finally {
    await store.close();
  }
}

function sh(command: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${stderr}`);
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
