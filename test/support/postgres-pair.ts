/** Two PostgreSQL servers: a primary, and a standby that follows it and can take its place. */
import { spawnSync } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { query } from './database.ts';
import type { Lifetime } from './optio-process.ts';
import { giveToOwner, startPostgres } from './postgres.ts';
import { findBinaries, OWNER } from './postgres-binaries.ts';
import { PostgresServer } from './postgres-server.ts';

const WITHIN_MS = 30_000;
/** What the standby calls itself; the primary waits for it with every commit. */
const STANDBY = 'standby';
/** What a copy must not have of the server that it was made of. */
const OF_ITS_OWN = ['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'standby.signal'];

interface Member {
  readonly server: PostgresServer;
  readonly data: string;
}

export class PostgresPair {
  #primary: Member;
  #standby: Member;
  /** Of a server that stands still. */
  #kill: (() => Promise<void>) | null = null;

  private constructor(primary: Member, standby: Member) {
    this.#primary = primary;
    this.#standby = standby;
  }

  /** A commit on the primary is answered once the standby has it on its disk, too. */
  static async start(lifetime: Lifetime): Promise<PostgresPair> {
    const folder = await mkdtemp(join(tmpdir(), 'optio-primary-'));
    const primary = { server: await startPostgres({ folder }), data: join(folder, 'data') };
    lifetime.after(() => primary.server.stop());
    // Enough for a copy that is made while others write.
    await alter(primary.server, 'wal_keep_size', '512MB');
    const standbyFolder = await mkdtemp(join(tmpdir(), 'optio-standby-'));
    await giveToOwner(standbyFolder);
    await mkdir(join(standbyFolder, 'socket'));
    await giveToOwner(join(standbyFolder, 'socket'));
    const data = join(standbyFolder, 'data');
    await copyWhileRunning(primary, data);
    await follow(data, primary.server);
    const { password } = new URL(primary.server.url);
    const server = await PostgresServer.start(await findBinaries(standbyFolder), standbyFolder, password);
    lifetime.after(() => server.stop());
    await waitForStandby(primary.server);
    const pair = new PostgresPair(primary, { server, data });
    // One that stands still would not end.
    lifetime.after(() => pair.#kill?.());
    return pair;
  }

  get primary(): PostgresServer {
    return this.#primary.server;
  }

  get standby(): PostgresServer {
    return this.#standby.server;
  }

  /** A database of both, as its superuser reaches it. */
  urlOn(server: PostgresServer, database: string): string {
    return Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
  }

  /** One URL that names both servers, the one that is the standby now first. */
  url(database: string): string {
    const { username, password, host } = new URL(this.#standby.server.url);
    return `postgres://${username}:${password}@${host},${new URL(this.#primary.server.url).host}/${database}`;
  }

  /** Ends the primary in order; the standby takes its place, and it comes back as standby of that one. */
  async switchOver(): Promise<void> {
    const [former, next] = [this.#primary, this.#standby];
    await former.server.end('SIGINT');
    await this.#promote();
    await follow(former.data, next.server);
    await former.server.start();
    await waitForStandby(next.server);
  }

  /** Kills the primary, all its processes at once; the standby takes its place. */
  async failOver(): Promise<void> {
    await this.#primary.server.end('SIGKILL');
    await this.#promote();
  }

  /** The primary stands still, and nobody hears of it any more; the standby takes its place. Killed it is by a rebuild. */
  async failOverFromSilence(): Promise<void> {
    this.#kill = await this.#primary.server.freeze();
    await this.#promote();
  }

  /** Makes a standby of the server that failed: it may have written what no other has, and so becomes a copy. */
  async rebuildStandby(): Promise<void> {
    const { data, server } = this.#standby;
    await this.#kill?.();
    this.#kill = null;
    await rm(data, { recursive: true });
    await copyWhileRunning(this.#primary, data);
    await follow(data, this.#primary.server);
    await server.start();
    await waitForStandby(this.#primary.server);
  }

  async #promote(): Promise<void> {
    await query(this.#standby.server.url, 'SELECT pg_promote()');
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }
}

/** Has the primary wait for its standby, once that follows. */
async function waitForStandby(primary: PostgresServer): Promise<void> {
  await until(
    primary,
    `SELECT 1 FROM pg_stat_replication WHERE application_name = '${STANDBY}' AND state = 'streaming'`,
  );
  await alter(primary, 'synchronous_standby_names', STANDBY);
  await until(primary, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
}

async function until(server: PostgresServer, sql: string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while ((await query(server.url, sql)).length === 0) {
    if (performance.now() > deadline) throw new Error(`Still nothing after ${WITHIN_MS} ms: ${sql}`);
    await sleep(20);
  }
}

async function alter(server: PostgresServer, setting: string, value: string): Promise<void> {
  await query(server.url, `ALTER SYSTEM SET ${setting} = '${value}'`);
  await query(server.url, 'SELECT pg_reload_conf()');
}

/** As `pg_basebackup` does (https://www.postgresql.org/docs/current/continuous-archiving.html), which npm's PostgreSQL lacks. */
async function copyWhileRunning({ server, data }: Member, target: string): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('copy', TRUE)");
    // Files come and go meanwhile: `cp` complains, and the write-ahead log makes up for it.
    spawnSync('cp', ['-R', data, target], OWNER);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(FALSE)');
    for (const path of OF_ITS_OWN) await rm(join(target, path), { recursive: true, force: true });
    for (const folder of ['pg_wal', 'pg_replslot']) await makeOwn(join(target, folder));
    await writeOwn(join(target, 'backup_label'), rows[0].labelfile);
  } finally {
    await client.end();
  }
}

/** Makes a standby of the server whose data these are, which does not run. */
async function follow(data: string, primary: PostgresServer): Promise<void> {
  const { hostname, port, username, password } = new URL(primary.url);
  const connection = `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`;
  // The last line counts. A standby that is promoted waits for nobody at first.
  const settings = [`primary_conninfo = '${connection}'`, "synchronous_standby_names = ''", ''];
  await appendFile(join(data, 'postgresql.auto.conf'), settings.join('\n'));
  await writeOwn(join(data, 'standby.signal'), '');
}

async function makeOwn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  await giveToOwner(folder);
}

async function writeOwn(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await giveToOwner(path);
}
