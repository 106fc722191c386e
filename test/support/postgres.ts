/**
 * A real PostgreSQL for tests, thrown away afterwards, with its settings left as its makers ship them: what is tested
 * is what users have. Its binaries come from npm.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findBinaries, OWNER } from './postgres-binaries.ts';
import { PostgresServer } from './postgres-server.ts';

export interface ClusterOptions {
  /** An empty folder to be in, which the caller removes; its own in the system's temporary one where there is none. */
  readonly folder?: string;
  /** Of one segment of the write-ahead log, a power of two. */
  readonly walSegmentMegabytes?: number;
}

/** Takes about two seconds: a new cluster in a folder of its own, on a free port and a socket in that folder. */
export async function startPostgres(options: ClusterOptions = {}): Promise<PostgresServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'optio-postgres-')));
  try {
    await giveToOwner(folder);
    const binaries = await findBinaries(folder);
    const password = randomBytes(12).toString('hex');
    await initialise(binaries, folder, password, options);
    const sockets = join(folder, 'socket');
    await mkdir(sockets);
    await giveToOwner(sockets);
    return await PostgresServer.start(binaries, folder, password);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(
  binaries: string,
  folder: string,
  password: string,
  { walSegmentMegabytes = 16 }: ClusterOptions,
): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  await giveToOwner(passwordFile);
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    `--wal-segsize=${walSegmentMegabytes}`,
  ];
  const locale = ['--encoding=UTF8', '--no-locale'];
  const initdb = spawnSync(join(binaries, 'initdb'), [`--pgdata=${join(folder, 'data')}`, ...options, ...locale], {
    ...OWNER,
    cwd: folder,
    encoding: 'utf8',
  });
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.error?.message ?? initdb.stderr}`);
}

/** To whom PostgreSQL runs as. */
export async function giveToOwner(path: string): Promise<void> {
  if (OWNER.uid !== undefined) await chown(path, OWNER.uid, OWNER.gid);
}

/** One query on a connection of its own; `bigint` columns come as numbers. */
export async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
  };
  const client = new pg.Client({ connectionString: databaseUrl, types });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
