/** Databases on one PostgreSQL server. */
import { randomBytes } from 'node:crypto';
import { citusNodes, copyOnNodes, createOnNodes, distributed, dropOnNodes } from '../../test/support/citus.ts';
import { query, startPostgres } from '../../test/support/postgres.ts';
import type { Population } from '../population.ts';
import type { Scratch } from '../scratch.ts';
import { type BenchDatabase, type Engine, firstUuidOf } from './engine.ts';

/** As `optio migrate --distribute` has it where nothing is said. */
const SHARDS = 32;

/**
 * The server that OPTIO_TEST_DATABASE_URL names, or one with its settings as shipped, over its Unix socket. Where that is a
 * Citus, its databases are distributed.
 */
export async function postgresEngine(scratch: Scratch): Promise<Engine> {
  const server = await serverUrl(scratch);
  const nodes = await citusNodes(server);
  const createSpread = async (population: Population, owner: Scratch, template?: string): Promise<PostgresDatabase> => {
    const name = newName();
    const url = await (template ? copyOnNodes(server, nodes, template, name) : createOnNodes(server, nodes, name));
    owner.later(() => dropOnNodes(server, nodes, name));
    if (!template) await distributed(url, SHARDS);
    return new PostgresDatabase(url, population);
  };
  const createWhole = async (population: Population, owner: Scratch, template?: string): Promise<PostgresDatabase> => {
    const name = newName();
    await query(server, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template} STRATEGY FILE_COPY` : ''}`);
    owner.later(() => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    return new PostgresDatabase(urlOf(server, name), population);
  };
  const create = nodes.length > 0 ? createSpread : createWhole;
  const [version] = await query(server, 'SHOW server_version');
  return {
    name: 'postgresql',
    title: `PostgreSQL ${String(version!.server_version).split(' ')[0]}`,
    create: (population, owner) => create(population, owner),
    copy: (original, owner) => create(original.population, owner, nameOf(original.url)),
  };
}

function newName(): string {
  return `optio_bench_${randomBytes(6).toString('hex')}`;
}

async function serverUrl(scratch: Scratch): Promise<string> {
  const given = process.env.OPTIO_TEST_DATABASE_URL;
  if (given) return given;
  const server = await startPostgres();
  scratch.later(() => server.stop());
  return server.socketUrl;
}

class PostgresDatabase implements BenchDatabase {
  readonly url: string;
  readonly population: Population;

  constructor(url: string, population: Population) {
    this.url = url;
    this.population = population;
  }

  async eventsSince(instant: number): Promise<number> {
    const first = firstUuidOf(instant);
    const [row] = await query(this.url, `SELECT count(*)::integer AS events FROM event WHERE event_id >= '${first}'`);
    return row!.events as number;
  }
}

/** The URL as far as its database's name, and that name; `postgres:///x` has no host, which Node's URL would not take. */
const DATABASE_NAME = /^(postgres(?:ql)?:\/\/[^/]*\/)([^?]*)/;

function urlOf(server: string, database: string): string {
  return server.replace(DATABASE_NAME, `$1${database}`);
}

function nameOf(url: string): string {
  return DATABASE_NAME.exec(url)?.[2] ?? '';
}
