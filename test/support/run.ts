/**
 * What `npm test` runs: every test, or those of the files named, against one PostgreSQL that is started for them and
 * stopped whatever happens. With OPTIO_TEST_DATABASE_URL set, that server is used instead and left as it is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { startPostgres } from './postgres.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const named = process.argv.slice(2);
const files = named.length > 0 ? named : ['test/**/*.test.ts'];
const given = process.env.OPTIO_TEST_DATABASE_URL;

let interrupted = false;
let interrupt = () => {};
for (const signal of SIGNALS) {
  process.on(signal, () => {
    interrupted = true;
    interrupt();
  });
}

const server = given ? null : await startPostgres();
try {
  process.exitCode = interrupted ? 130 : await runTests(server?.url ?? given ?? '');
} finally {
  await server?.stop();
}

/** Resolves with the exit code of Node's test runner, or with what a shell makes of the signal that ended it. */
async function runTests(databaseUrl: string): Promise<number> {
  const runner = spawn(process.execPath, ['--test', ...files], {
    stdio: 'inherit',
    env: { ...process.env, OPTIO_TEST_DATABASE_URL: databaseUrl },
  });
  interrupt = () => runner.kill('SIGTERM');
  const [code, signal] = (await once(runner, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}
