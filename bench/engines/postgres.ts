/** Databases on one PostgreSQL server, copied from one that was loaded once. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from '../../test/support/postgres.ts';
import type { Population } from '../population.ts';
import type { Scratch } from '../scratch.ts';
import { loadSubscribers } from '../subscribers/load.ts';
import { type BenchDatabase, type Engine, firstUuidOf } from './engine.ts';

/** The server that OPTIO_TEST_DATABASE_URL names, or one with its settings as shipped, over its Unix socket. */
export async function postgresEngine(scratch: Scratch): Promise<Engine> {
  const server = await serverUrl(scratch);
  const originals = new Map<string, Promise<PostgresDatabase>>();

  const create = async (population: Population, template?: string): Promise<PostgresDatabase> => {
    const name = `optio_bench_${randomBytes(6).toString('hex')}`;
    await query(server, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template} STRATEGY FILE_COPY` : ''}`);
    const database = new PostgresDatabase(server, name, population);
    scratch.later(() => database.drop());
    return database;
  };
  const load = async (population: Population): Promise<PostgresDatabase> => {
    const database = await create(population);
    await loadSubscribers(database.url, population);
    return database;
  };
  const copy = async (population: Population): Promise<BenchDatabase> => {
    const name = JSON.stringify(population);
    const original = originals.get(name) ?? load(population);
    originals.set(name, original);
    return create(population, (await original).name);
  };
  const [version] = await query(server, 'SHOW server_version');
  return { name: 'postgresql', title: `PostgreSQL ${String(version!.server_version).split(' ')[0]}`, load, copy };
}

async function serverUrl(scratch: Scratch): Promise<string> {
  const given = process.env.OPTIO_TEST_DATABASE_URL;
  if (given) return given;
  const server = await startPostgres();
  scratch.later(() => server.stop());
  return server.socketUrl;
}

class PostgresDatabase implements BenchDatabase {
  readonly name: string;
  readonly url: string;
  readonly population: Population;
  readonly #server: string;

  constructor(server: string, name: string, population: Population) {
    this.#server = server;
    this.name = name;
    this.url = urlOf(server, name);
    this.population = population;
  }

  async eventsSince(instant: number): Promise<number> {
    const first = firstUuidOf(instant);
    const [row] = await query(this.url, `SELECT count(*)::integer AS events FROM event WHERE event_id >= '${first}'`);
    return row!.events as number;
  }

  async drop(): Promise<void> {
    await query(this.#server, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

function urlOf(server: string, database: string): string {
  // `postgres:///x` has no host, which Node's URL would not take.
  return server.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${database}`);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
