import { overload } from './overload-scenario.ts';
import { testShortly } from './short-run.ts';

testShortly(overload, 0);
