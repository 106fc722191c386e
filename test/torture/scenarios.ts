/** Everything that `npm run torture` does to Optio, in the order in which it does. */
import { eightWritersOnPostgres, eightWritersOnSqlite, workersKilled } from './eight-writers-scenario.ts';
import { failover, failoverByHand } from './failover-scenario.ts';
import { killNineOnPostgres, killNineOnSqlite } from './kill-nine-scenario.ts';
import { overload } from './overload-scenario.ts';
import { postgresFaults } from './postgres-faults-scenario.ts';
import type { Scenario } from './scenario.ts';
import { sqliteFaults } from './sqlite-faults-scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  killNineOnSqlite, //
  killNineOnPostgres,
  postgresFaults,
  failover,
  failoverByHand,
  eightWritersOnPostgres,
  eightWritersOnSqlite,
  workersKilled,
  overload,
  sqliteFaults,
];
