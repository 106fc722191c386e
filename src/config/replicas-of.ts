/** The replicas that reads may go to, as whoever opens a store wants them. */
import type { Config } from './settings.ts';

/** Null where there are none. */
export function replicasOf({ readDatabaseUrl, readStaleness }: Config) {
  return readDatabaseUrl === null ? null : { databaseUrl: readDatabaseUrl, stalenessMs: readStaleness };
}
