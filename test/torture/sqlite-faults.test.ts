import { testShortly } from './short-run.ts';
import { sqliteFaults } from './sqlite-faults-scenario.ts';

testShortly(sqliteFaults, 0);
