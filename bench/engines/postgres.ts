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
  const originals = new Map<string, Promise<string>>();
  const nameOf = ({ contacts, typesEach }: Population) => `${contacts}x${typesEach}`;

  const create = async (template?: string): Promise<string> => {
    const name = `optio_bench_${randomBytes(6).toString('hex')}`;
    await query(server, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template} STRATEGY FILE_COPY` : ''}`);
    scratch.later(() => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    return name;
  };
  const original = (population: Population): Promise<string> => {
    const name = nameOf(population);
    const found =
      originals.get(name) ??
      create().then(async (database) => {
        await loadSubscribers(urlOf(server, database), population);
        return database;
      });
    originals.set(name, found);
    return found;
  };

  return {
    name: 'postgresql',
    title: `PostgreSQL ${((await query(server, 'SHOW server_version'))[0]!.server_version as string).split(' ')[0]}`,
    loaded: async (population) => openedDatabase(server, await create(await original(population)), population),
    forget: async (population) => {
      const database = await originals.get(nameOf(population));
      originals.delete(nameOf(population));
      if (database) await query(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

async function serverUrl(scratch: Scratch): Promise<string> {
  const given = process.env.OPTIO_TEST_DATABASE_URL;
  if (given) return given;
  const server = await startPostgres();
  scratch.later(server.stop);
  return server.socketUrl;
}

function openedDatabase(server: string, name: string, population: Population): BenchDatabase {
  const url = urlOf(server, name);
  return {
    url,
    population,
    eventsSince: async (instant) => {
      const rows = await query(
        url,
        `SELECT count(*)::int AS events FROM event WHERE event_id >= '${firstUuidOf(instant)}'`,
      );
      return rows[0]!.events as number;
    },
    drop: async () => {
      await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
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
