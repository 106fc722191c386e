/** Whoever lends connections, and the ways of asking on one. */
import type pg from 'pg';

export type Client = pg.ClientBase;
export type Row = readonly unknown[];

export abstract class Lender {
  /** Lends a connection to `work`, until that is done. */
  abstract use<T>(work: (client: Client) => Promise<T>): Promise<T>;

  /** Rows by column name, for what is not hot. */
  all<R extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<R[]> {
    return this.use(async (client) => (await client.query<R>(sql, values)).rows);
  }

  /** Rows as arrays, from a statement that the server parses and plans once a connection. */
  prepared(name: string, sql: string, values: unknown[]): Promise<Row[]> {
    return this.use((client) => queryPrepared(client, name, sql, values));
  }
}

type Lend = <T>(work: (client: Client) => Promise<T>) => Promise<T>;

/** One that lends in the way it is given. */
export class LenderBy extends Lender {
  readonly use: Lend;

  constructor(lend: Lend) {
    super();
    this.use = lend;
  }
}

/** Runs a named statement on a borrowed connection; not awaited, several of them share a round trip. */
export async function queryPrepared(client: Client, name: string, sql: string, values: unknown[]): Promise<Row[]> {
  const { rows } = await client.query<unknown[]>({ name, text: sql, values, rowMode: 'array' });
  return rows;
}
