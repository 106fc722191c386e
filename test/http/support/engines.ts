/** The databases that end-to-end suites run on. */
import { after, describe } from 'node:test';
import { createDatabase, stopOwnServer, type TestDatabase } from '../../support/database.ts';

export interface Engine {
  readonly name: string;
  /** A new, empty database. */
  readonly create: () => Promise<TestDatabase>;
}

export const SQLITE: Engine = {
  name: 'SQLite',
  create: async () => ({ databaseUrl: 'sqlite::memory:', drop: async () => {} }),
};
const POSTGRES: Engine = { name: 'PostgreSQL', create: createDatabase };

/** Declares `suite` once for each engine. */
export function onEveryEngine(title: string, suite: (engine: Engine) => void): void {
  for (const engine of [SQLITE, POSTGRES]) describe(`${title}, on ${engine.name}`, () => suite(engine));
}

after(stopOwnServer);
