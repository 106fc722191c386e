/** What may happen to a PostgreSQL server while Optio uses it, one thing at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { query } from '../support/database.ts';
import type { Lifetime } from '../support/optio-process.ts';
import type { PostgresServer } from '../support/postgres-server.ts';
import { signalIfThere } from '../support/postgres-server.ts';
import type { TcpRelay } from '../support/tcp-relay.ts';

export interface Scene {
  readonly postgres: PostgresServer;
  readonly relay: TcpRelay;
  /** The database as its superuser sees it, past the relay. */
  readonly adminUrl: string;
  /** The role that Optio is on the server. */
  readonly role: string;
  readonly lifetime: Lifetime;
}

export interface Fault {
  readonly name: string;
  /** Lets it happen; resolves with what ends it. */
  readonly strike: (scene: Scene) => Promise<() => unknown>;
  /** Only time shows what comes of it: for long runs. */
  readonly isSlow?: true;
}

export const POSTGRES_FAULTS: readonly Fault[] = [
  { name: 'restarted in order', strike: ({ postgres }) => endServer(postgres, 'SIGINT') },
  { name: 'restarted at once', strike: ({ postgres }) => endServer(postgres, 'SIGQUIT') },
  { name: 'killed', strike: ({ postgres }) => endServer(postgres, 'SIGKILL') },
  { name: 'its sessions ended', strike: async (scene) => repeatedly(() => endSessions(scene)) },
  { name: 'its connections cut', strike: async ({ relay }) => repeatedly(() => relay.cut()) },
  { name: 'its answers to commits lost', strike: loseAnswers },
  { name: 'its network slow', strike: slowDown },
  { name: 'its connections forgotten by a firewall', strike: forgetConnections, isSlow: true },
  { name: 'its network a black hole', strike: swallow, isSlow: true },
  { name: 'its table locked', strike: lockTable },
  { name: 'its server read-only', strike: makeReadOnly },
  { name: 'its connections used up', strike: useUpConnections },
  { name: 'its processes standing still', strike: standStill },
  { name: 'its disk full', strike: fillDisk },
];

async function endServer(postgres: PostgresServer, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL') {
  await postgres.end(signal);
  return () => postgres.start();
}

/** Some ten times a second until it is ended. */
function repeatedly(work: () => unknown): () => Promise<void> {
  let isOver = false;
  const working = (async () => {
    for (; !isOver; await sleep(100)) await work();
  })();
  working.catch(() => {});
  return () => {
    isOver = true;
    return working;
  };
}

async function endSessions({ adminUrl, role }: Scene): Promise<void> {
  await query(adminUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
}

/** The commit is a statement prepared under this name, ended by a zero byte in PostgreSQL's protocol. */
async function loseAnswers({ relay }: Scene) {
  relay.dropAnswerTo('commit\0', 'cut');
  return () => relay.restore();
}

async function slowDown({ relay }: Scene) {
  relay.delay(150);
  return () => relay.restore();
}

async function forgetConnections({ relay }: Scene) {
  relay.lose();
  return () => {};
}

async function swallow({ relay }: Scene) {
  relay.swallow();
  return () => relay.restore();
}

async function lockTable({ adminUrl }: Scene) {
  const client = new pg.Client(adminUrl);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE subscriber');
  return () => client.end();
}

async function makeReadOnly(scene: Scene) {
  await query(scene.adminUrl, `ALTER ROLE ${scene.role} SET default_transaction_read_only = on`);
  await endSessions(scene);
  return () => query(scene.adminUrl, `ALTER ROLE ${scene.role} RESET default_transaction_read_only`);
}

async function useUpConnections(scene: Scene) {
  await query(scene.adminUrl, `ALTER ROLE ${scene.role} CONNECTION LIMIT 1`);
  await endSessions(scene);
  return () => query(scene.adminUrl, `ALTER ROLE ${scene.role} CONNECTION LIMIT -1`);
}

async function standStill({ postgres, lifetime }: Scene) {
  const processes = await postgres.processes();
  const goOn = () => {
    for (const pid of processes.splice(0)) signalIfThere(pid, 'SIGCONT');
  };
  // One that stands still would not end either.
  lifetime.after(goOn);
  for (const pid of processes) signalIfThere(pid, 'SIGSTOP');
  return goOn;
}

/** No file may grow beyond the largest one that there is, and a little. */
async function fillDisk({ postgres, adminUrl }: Scene) {
  const [row] = await query(adminUrl, 'SELECT max(pg_relation_size(oid)) AS largest FROM pg_class');
  const largestFileBytes = Math.max(Number(row!.largest), 1_048_576) + 65_536;
  await postgres.end('SIGINT');
  await postgres.start({ largestFileBytes });
  return async () => {
    await postgres.end('SIGINT');
    await postgres.start();
  };
}
