/**
 * @c15t/backend as its documentation sets it up, on SQLite through Kysely, which it supports. The file is written to
 * through `node:sqlite` and is as durable as Optio's: WAL, synced at every commit. Takes the file's path.
 */
import { DatabaseSync } from 'node:sqlite';
import { c15tInstance } from '@c15t/backend';
import { kyselyAdapter } from '@c15t/backend/db/adapters/kysely';
import { migrator } from '@c15t/backend/db/migrator';
import { DB } from '@c15t/backend/db/schema';
import { serve } from '@hono/node-server';
import { Kysely, SqliteDialect } from 'kysely';

const file = new DatabaseSync(process.argv[2]);
file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');

/** `node:sqlite` in the shape of better-sqlite3, which Kysely's dialect was made for. */
const database = {
  close: () => file.close(),
  prepare: (sql) => {
    const statement = file.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...values),
      run: (values) => statement.run(...values),
      iterate: (values) => statement.iterate(...values),
    };
  },
};

const adapter = kyselyAdapter({ db: new Kysely({ dialect: new SqliteDialect({ database }) }), provider: 'sqlite' });
await (await migrator({ db: DB.client(adapter), schema: 'latest' })).execute();
const { handler } = c15tInstance({
  appName: 'bench',
  basePath: '/',
  adapter,
  trustedOrigins: ['http://localhost'],
  logger: { level: 'error' },
});
serve({ fetch: handler, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  console.log(`Listening on http://127.0.0.1:${port}`);
});
