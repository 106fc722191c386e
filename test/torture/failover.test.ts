import { failover } from './failover-scenario.ts';
import { testShortly } from './short-run.ts';

testShortly(failover, 0);
