/** The process's entry: hands the command line its parts, and minds the signals while a server runs. */
import { describeFirstAccount, describeFirstRequest } from './cli/first-start.ts';
import { runCommandLine } from './cli/program.ts';
import { readSecretLine } from './cli/secret-line.ts';
import { type CommandResult, failed } from './cli/shell.ts';
import type { Config } from './config/settings.ts';
import { stackOf } from './log/stack-of.ts';
import { untilSignalled } from './until-signalled.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  showProgress: process.stderr.isTTY ? (line) => void process.stderr.write(`\r${line}\x1b[K`) : null,
  readSecretLine: () => readSecretLine(process.stdin),
  // What only some commands need is loaded only for them.
  openStore: async (...where) => (await import('./open-database.ts')).openDatabase(...where),
  verifySmtp: async (smtpUrl) => (await import('./mail/smtp.ts')).verifySmtp(smtpUrl),
  serve,
  emulate: async (config, options) => {
    const signalled = untilSignalled();
    return (await import('./run-emulator.ts')).runEmulator(config, options, signalled);
  },
}).catch((error: unknown) => {
  // A bug. What it says may quote data, so only where it happened is shown.
  const [at = ''] = stackOf(error);
  const name = error instanceof Error ? error.name : typeof error;
  process.stderr.write(`optio: something broke that should not (${name} ${at}); please report it\n`);
  return 1;
});

/** Serves until SIGTERM or SIGINT; what was accepted by then is finished. */
async function serve(config: Config): Promise<CommandResult> {
  // From now on, so that a signal during the start ends in order too.
  const signalled = untilSignalled();
  let welcome: ((url: string) => string) | undefined;
  const announce = {
    firstAccount: (secret: string | null) => {
      process.stdout.write(describeFirstAccount(secret));
      welcome = (url) => describeFirstRequest(url, secret);
    },
    listening: (url: string) => void process.stdout.write(`Optio is listening on ${url}\n${welcome?.(url) ?? ''}`),
  };
  if (config.workers > 1) {
    const { serveWithWorkers } = await import('./workers/serve-with-workers.ts');
    return serveWithWorkers(config, signalled, announce);
  }
  const { startApp } = await import('./app.ts');
  const outcome = await startApp(config, announce);
  if (outcome.kind === 'failed') return failed(outcome.message);
  const { app } = outcome;
  announce.listening(app.url);
  await signalled;
  await app.close();
  return { kind: 'done' };
}
