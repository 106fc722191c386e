import { postgresFaults } from './postgres-faults-scenario.ts';
import { testShortly } from './short-run.ts';

testShortly(postgresFaults, 0);
