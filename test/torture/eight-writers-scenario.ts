/**
 * Eight writers in eight processes change the same fifty contacts at the same time, in the worst case each time the
 * very same. Every input carries an explanation of its own, by which its event is found in the ledger afterwards.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, query } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { startedWorkers, until } from '../support/worker-processes.ts';
import { assertAgrees, readLedger } from './marked-ledger.ts';
import { type Asked, MarkedWriter } from './marked-writer.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';

const WRITERS = 8;
const CONTACTS = Array.from({ length: 50 }, (_, i) => `contact-${i}@example.com`);
const TOKEN = 'a-token-of-the-operator';
/** So many requests are answered in any case, however slow the machine. */
const LEAST_ANSWERS = 50;
/** On average: between one worker's sudden death and the next. */
const PEACE_MS = 1_500;

export const eightWritersOnPostgres: Scenario = {
  name: 'eight-writers-postgres',
  promise: 'eight processes that write to the same fifty contacts of one PostgreSQL keep one ledger, without deadlock',
  run: (options) => onPostgres(options, { killing: false }),
};

export const eightWritersOnSqlite: Scenario = {
  name: 'eight-writers-sqlite',
  promise: 'eight processes that write to the same fifty contacts of one SQLite file keep one ledger',
  run: async (options) => {
    const cwd = await makeFolder(options.lifetime);
    await writeAndVerify(options, cwd, `sqlite:${cwd}/optio.db`, { killing: false });
  },
};

export const workersKilled: Scenario = {
  name: 'workers-killed',
  promise: 'of eight processes some are killed while all write: the others go on, all are replaced, no answer is lost',
  run: (options) => onPostgres(options, { killing: true }),
};

async function onPostgres(options: ScenarioOptions, how: { killing: boolean }): Promise<void> {
  const database = await createDatabase();
  options.lifetime.after(() => database.drop());
  await writeAndVerify(options, await makeFolder(options.lifetime), database.databaseUrl, how);
  const [row] = await query(
    database.databaseUrl,
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  assert.equal(row?.deadlocks, 0, 'PostgreSQL counted a deadlock');
}

async function writeAndVerify(
  { lifetime, random, durationMs, report }: ScenarioOptions,
  cwd: string,
  databaseUrl: string,
  { killing }: { killing: boolean },
): Promise<void> {
  const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN, OPTIO_WORKERS: String(WRITERS) };
  const server = await OptioServer.start(lifetime, { cwd, env });
  const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
  const subscriptionIds: number[] = body.results.map(({ id }: { id: number }) => id);
  const asked: Asked[] = [];
  const deadline = performance.now() + durationMs;
  const isOver = () =>
    performance.now() > deadline && asked.filter(({ rows }) => rows !== null).length >= LEAST_ANSWERS;
  const writing = Array.from({ length: WRITERS }, (_, writer) =>
    new MarkedWriter(`w${writer}`, server, { token: TOKEN, subscriptionIds, contacts: CONTACTS, random }, asked).run(
      isOver,
    ),
  );
  const killed = killing ? await killNowAndThen(server, random, isOver) : 0;
  await Promise.all(writing);
  if (killing) {
    await until(() => startedWorkers(server).length === WRITERS + killed, 'every killed worker is replaced');
    assert.equal((await server.request('GET', '/health/ready', { token: TOKEN })).status, 200);
  }
  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);

  const ledger = await readLedger(databaseUrl);
  const seen = assertAgrees(ledger, asked);
  report(
    `${killed} workers killed; of ${asked.length} requests ${seen.answered} answered; ${seen.events} events of ${ledger.length} contacts`,
  );
  if (!killing) assert.equal(seen.brokenOff, 0, 'nothing was broken off');
}

/** Kills one worker after the other until it is over, and returns how many. */
async function killNowAndThen(server: OptioServer, random: () => number, isOver: () => boolean): Promise<number> {
  const killed = new Set<number>();
  do {
    await sleep(PEACE_MS * (0.5 + random()));
    const living = startedWorkers(server).filter((pid) => !killed.has(pid));
    const pid = living[Math.floor(random() * living.length)]!;
    process.kill(pid, 'SIGKILL');
    killed.add(pid);
  } while (!isOver());
  return killed.size;
}
