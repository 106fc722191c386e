/** `Idempotency-Key` across processes that share a database, one of which may be killed, and a database that may go away. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { createDatabase, query, stopOwnServer, type TestDatabase } from './support/database.ts';
import { type Answer, type Lifetime, makeFolder, OptioServer } from './support/optio-process.ts';
import { TcpRelay } from './support/tcp-relay.ts';

const TOKEN = 'a-token-of-the-operator';
const V3 = '/communication-preferences/v3';
let database: TestDatabase;

before(async () => {
  // On one server, also where a Citus is there: its statements are held up here, by locks of whole tables.
  database = await createDatabase({ bare: true });
});
after(async () => {
  await database?.drop();
  await stopOwnServer();
});

async function startServer(t: Lifetime, databaseUrl = database.databaseUrl): Promise<OptioServer> {
  const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  return OptioServer.start(t, { cwd: await makeFolder(t), env });
}

async function subscriptionId(server: OptioServer): Promise<string> {
  const { body } = await server.request('GET', `${V3}/definitions`, { token: TOKEN });
  return body.subscriptionDefinitions[0].id;
}

function send(server: OptioServer, path: string, key: string, body?: unknown): Promise<Answer> {
  return server.request('POST', path, { token: TOKEN, headers: { 'idempotency-key': key }, body });
}

/** As a client does that goes by `Retry-After`: until the request is through. */
async function persevere(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 30; tries += 1) {
    const answer = await attempt();
    if (answer.status !== 409 && answer.status !== 503) return answer;
    await pause(1_000 * Number(answer.headers.get('retry-after')));
  }
  throw new Error('It was never answered');
}

async function countEvents(): Promise<number> {
  const [row] = await query(database.databaseUrl, 'SELECT count(*) AS events FROM event');
  return row!.events as number;
}

/** What is the same for the first and for whoever repeats it. */
function seen({ status, body }: Answer): unknown {
  return { status, body };
}

/** Keeps a lock on a table until it is told to let go. */
async function lock(t: Lifetime, table: string, mode: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  let ended: Promise<void> | undefined;
  const release = () => {
    ended ??= client.end();
    return ended;
  };
  t.after(release);
  await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
  return release;
}

/** Whether a statement that begins so waits for a lock. */
async function waitsFor(beginning: string): Promise<boolean> {
  const waiting = await query(
    database.databaseUrl,
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND ltrim(query, E' \\n') LIKE '${beginning}%'`,
  );
  return waiting.length > 0;
}

test('of two processes one carries a request out, and both give the same answer', async (t) => {
  const servers = [await startServer(t), await startServer(t)] as const;
  const id = await subscriptionId(servers[0]);
  for (let round = 0; round < 6; round += 1) {
    const [key, emailAddress] = [randomUUID(), `race${round}@example.com`];
    const before = await countEvents();
    // Unsubscribing from everything is an event each time that it is carried out; a second `subscribe` is refused.
    const [path, body] =
      round % 2 === 0
        ? [`${V3}/subscribe`, { emailAddress, subscriptionId: id }]
        : [`/communication-preferences/v4/statuses/${emailAddress}/unsubscribe-all?channel=EMAIL&verbose=true`];
    const answers = await Promise.all(
      [...servers, ...servers].map((server) => persevere(() => send(server, path!, key, body))),
    );
    assert.equal(answers[0]!.status, 200, JSON.stringify(answers[0]!.body));
    for (const answer of answers) assert.deepEqual(seen(answer), seen(answers[0]!));
    const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
    assert.equal(replayed.length, answers.length - 1);
    assert.equal((await countEvents()) - before, 1);
  }
});

test('one that is killed between its commit and its answer leaves the answer to another, and the change is there once', async (t) => {
  const [doomed, heir] = [await startServer(t), await startServer(t)];
  const id = await subscriptionId(doomed);
  const key = randomUUID();
  const body = { emailAddress: 'killed@example.com', subscriptionId: id };
  const before = await countEvents();
  const releaseCommit = await lock(t, 'event', 'SHARE');
  const lost = send(doomed, `${V3}/subscribe`, key, body).catch((error) => error);
  while (!(await waitsFor('WITH written'))) await pause(10);
  const releaseKeys = await lock(t, 'idempotency_key', 'SHARE');
  await releaseCommit();
  while (!(await waitsFor('UPDATE idempotency_key'))) await pause(10);
  assert.equal((await countEvents()) - before, 1);
  await doomed.stop('SIGKILL');
  assert.ok((await lost) instanceof Error);
  await query(
    database.databaseUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'UPDATE idempotency_key%' AND state = 'active'`,
  );
  await releaseKeys();

  const early = await send(heir, `${V3}/subscribe`, key, body);
  assert.deepEqual([early.status, early.body.errors[0].code], [409, 'REQUEST_UNDER_WAY']);
  // As if a minute had passed.
  await query(database.databaseUrl, 'UPDATE idempotency_key SET claimed_until = 0 WHERE answer IS NULL');
  const repeat = await send(heir, `${V3}/subscribe`, key, body);
  assert.equal(repeat.status, 200, JSON.stringify(repeat.body));
  assert.equal(repeat.body.status, 'SUBSCRIBED');
  assert.equal((await countEvents()) - before, 1);
  assert.deepEqual(seen(await send(heir, `${V3}/subscribe`, key, body)), seen(repeat));
});

test('while the database is away a request is 503, and once it is back its repeat is answered', async (t) => {
  const relay = await TcpRelay.start(t, database.databaseUrl);
  const server = await startServer(t, relay.url);
  const id = await subscriptionId(server);
  const key = randomUUID();
  const body = { emailAddress: 'away@example.com', subscriptionId: id };
  const before = await countEvents();
  const release = await lock(t, 'event', 'SHARE');
  const cut = send(server, `${V3}/unsubscribe`, key, body);
  while (!(await waitsFor('WITH written'))) await pause(10);
  relay.cut();
  assert.equal((await cut).status, 503);
  await release();
  const repeat = await persevere(() => send(server, `${V3}/unsubscribe`, key, body));
  assert.equal(repeat.status, 200, JSON.stringify(repeat.body));
  assert.equal((await countEvents()) - before, 1);
});
