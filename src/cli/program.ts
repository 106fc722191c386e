/** The command line: which commands there are, and how an argument list becomes an exit code. */
import { Command, CommanderError } from 'commander';
import { readVersion } from '../config/version.ts';
import { endWhereNothingCanBePrinted } from './broken-output.ts';
import { type CommandResult, EXIT_CODES, oneLine, report, type Shell } from './shell.ts';

/** Adds a command, or a family of them. Its own file is loaded only when it is asked for. */
export type AddCommand = (parent: Command, run: Run) => Command;

/** Wraps what a command does: prints what it ends with, keeps its exit code. */
export type Run = <Arguments extends unknown[]>(
  work: (shell: Shell, ...args: Arguments) => Promise<CommandResult>,
) => (...args: Arguments) => Promise<void>;

/** The table of contents: top-level commands, in the order that help lists them. */
export const COMMANDS: Readonly<Record<string, { summary: string; load: () => Promise<AddCommand> }>> = {
  serve: {
    summary: 'Run the server',
    load: async () => (await import('./commands/serve.ts')).addServe,
  },
  emulate: {
    summary: 'Run a stand-in for HubSpot, for tests of other programs',
    load: async () => (await import('./commands/emulate.ts')).addEmulate,
  },
  migrate: {
    summary: 'Bring the database to the schema of this version',
    load: async () => (await import('./commands/migrate.ts')).addMigrate,
  },
  doctor: {
    summary: 'Check the settings and the database, and say what to do',
    load: async () => (await import('./commands/doctor.ts')).addDoctor,
  },
  checkpoint: {
    summary: 'Seal the ledger, and list the seals to keep elsewhere',
    load: async () => (await import('./commands/checkpoint.ts')).addCheckpoint,
  },
  verify: {
    summary: 'Check that nobody has altered the ledger',
    load: async () => (await import('./commands/verify.ts')).addVerify,
  },
  'export-ledger': {
    summary: 'Write the ledger into a file, for others to verify',
    load: async () => (await import('./commands/export-ledger.ts')).addExportLedger,
  },
  account: {
    summary: 'Create, list and change accounts',
    load: async () => (await import('./commands/account.ts')).addAccount,
  },
  app: {
    summary: 'Create, list, change and install the apps that act at the API',
    load: async () => (await import('./commands/app.ts')).addApp,
  },
  operator: {
    summary: 'Create, list and change the people who say what apps may do',
    load: async () => (await import('./commands/operator.ts')).addOperator,
  },
  token: {
    summary: 'Create, list, rotate and revoke API tokens',
    load: async () => (await import('./commands/token.ts')).addToken,
  },
  brand: {
    summary: 'Create, list and change brands (business units)',
    load: async () => (await import('./commands/brand.ts')).addBrand,
  },
  definition: {
    summary: 'Create, list and change subscription definitions',
    load: async () => (await import('./commands/definition.ts')).addDefinition,
  },
  status: {
    summary: 'Show what holds for a contact, now or at an instant',
    load: async () => (await import('./commands/status.ts')).addStatus,
  },
  history: {
    summary: 'Show every change of what a contact may be sent, and what proves it',
    load: async () => (await import('./commands/history.ts')).addHistory,
  },
  evidence: {
    summary: 'Write a signed page that proves what a contact may be sent, and why',
    load: async () => (await import('./commands/evidence.ts')).addEvidence,
  },
  eligibility: {
    summary: 'Check a list of addresses: who may be mailed about a type',
    load: async () => (await import('./commands/eligibility.ts')).addEligibility,
  },
  'export-subject': {
    summary: 'Show everything that is known of a contact',
    load: async () => (await import('./commands/export-subject.ts')).addExportSubject,
  },
  erase: {
    summary: 'Erase a contact, but not what it said no to',
    load: async () => (await import('./commands/erase.ts')).addErase,
  },
  retention: {
    summary: 'Drop what was kept long enough',
    load: async () => (await import('./commands/retention.ts')).addRetention,
  },
  purge: {
    summary: "Free the database's files of what was erased",
    load: async () => (await import('./commands/purge.ts')).addPurge,
  },
  link: {
    summary: "Make a contact's links, and take them back",
    load: async () => (await import('./commands/link.ts')).addLink,
  },
  'link-key': {
    summary: 'List and exchange the keys that links are sealed with',
    load: async () => (await import('./commands/link-key.ts')).addLinkKey,
  },
  'signup-form': {
    summary: 'Make a form to sign up with, for a page of yours',
    load: async () => (await import('./commands/signup-form.ts')).addSignupForm,
  },
};

/** Runs one command line, `argv` being what follows the program's name, and returns its exit code. */
export async function runCommandLine(argv: readonly string[], shell: Shell): Promise<number> {
  endWhereNothingCanBePrinted();
  let exitCode: number = EXIT_CODES.done;
  const run: Run =
    (work) =>
    async (...args) => {
      const result = await work(shell, ...args);
      exitCode = report(shell, result, wantsJson(args));
    };
  const program = await buildProgram(argv[0], shell, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.misused;
  }
}

/** The whole program where `wanted` is `all`; else only what that one command needs is loaded. */
export async function buildProgram(
  wanted: string | undefined,
  shell: Pick<Shell, 'print' | 'complain'>,
  run: Run,
): Promise<Command> {
  const program = new Command('optio')
    .description('Optio, a self-hosted communication-preferences server that speaks the HubSpot API.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({
      writeOut: shell.print,
      writeErr: shell.complain,
      outputError: (message, write) => write(`optio: ${oneLine(message.replace(/^error: /, ''))}\n`),
    })
    .addHelpText('after', HELP);
  const named = wanted === 'help' ? 'all' : wanted;
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (named === 'all' || named === name) (await load())(program, run).summary(summary);
    else program.command(name).summary(summary);
  }
  return program;
}

const HELP = `
Examples:
  optio serve                                  run the server on http://127.0.0.1:8080
  optio emulate                                stand in for HubSpot in tests of your programs
  optio token create --name crm                make a token and show it, once
  optio definition create --name Newsletter    add a type of mail that contacts may want or not
  optio doctor                                 find out what is wrong

Exit codes: 0 done, 1 refused or failed, 2 wrong arguments or settings.
Every command explains itself: optio token create --help`;

function wantsJson(args: readonly unknown[]): boolean {
  return args.some((arg) => typeof arg === 'object' && arg !== null && 'json' in arg && arg.json === true);
}
