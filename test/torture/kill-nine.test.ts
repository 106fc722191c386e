import { after } from 'node:test';
import { stopOwnServer } from '../support/database.ts';
import { killNineOnPostgres, killNineOnSqlite } from './kill-nine-scenario.ts';
import { testShortly } from './short-run.ts';

after(stopOwnServer);

testShortly(killNineOnSqlite, 0);
testShortly(killNineOnPostgres, 0);
