/** What a command works with, and what may come of it. `main.ts` gives the parts; nothing here knows an adapter. */
import type { Environment } from '../config/read-config.ts';
import type { replicasOf } from '../config/replicas-of.ts';
import type { Config } from '../config/settings.ts';
import type { Store } from '../storage/port.ts';

/** What `optio emulate` takes besides settings, as it was written. */
export interface EmulateOptions {
  readonly seed?: string;
  readonly now?: string;
  readonly latency?: string;
  readonly fail?: string;
}

/** The world around the command line. */
export interface Shell {
  readonly environment: Environment;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** Shows how far a command is, in place of what it showed before; null where nobody watches. Empty at the end. */
  readonly showProgress: ((line: string) => void) | null;
  /** The first line of standard input, without its end; null where that is a terminal, which shows what is typed. */
  readonly readSecretLine: () => Promise<string | null>;
  readonly openStore: (databaseUrl: string, replicas?: ReturnType<typeof replicasOf>) => Promise<Store>;
  /** Resolves where the mail server answers; rejects with why not. */
  readonly verifySmtp: (smtpUrl: string) => Promise<void>;
  /** Serves until a signal says stop. */
  readonly serve: (config: Config) => Promise<CommandResult>;
  /** Stands in for HubSpot until a signal says stop. */
  readonly emulate: (config: Config, options: EmulateOptions) => Promise<CommandResult>;
}

/** What a command ends with; the exit codes are 0, 1 and 2. */
export type CommandResult =
  /** `text` is for people, `data` for `--json`. */
  | { readonly kind: 'done'; readonly text?: string; readonly data?: unknown }
  /** Refused or failed; `text` and `data` are printed all the same. One line a message. */
  | { readonly kind: 'failed'; readonly messages: readonly string[]; readonly text?: string; readonly data?: unknown }
  /** Not understood: the arguments or the settings are wrong. */
  | { readonly kind: 'misused'; readonly messages: readonly string[] };

export const EXIT_CODES = { done: 0, failed: 1, misused: 2 } as const;

export function failed(...messages: readonly string[]): Extract<CommandResult, { kind: 'failed' }> {
  return { kind: 'failed', messages };
}

export function misuse(...messages: readonly string[]): CommandResult {
  return { kind: 'misused', messages };
}

/** Prints what a command ended with and returns its exit code. */
export function report(shell: Shell, result: CommandResult, json: boolean): number {
  if (result.kind !== 'misused') {
    if (json && result.data !== undefined) shell.print(`${JSON.stringify(result.data, null, 2)}\n`);
    else if (result.text !== undefined) shell.print(`${result.text}\n`);
  }
  if (result.kind !== 'done') for (const message of result.messages) shell.complain(`optio: ${oneLine(message)}\n`);
  return EXIT_CODES[result.kind];
}

/** A message as one line, whatever is in it. */
export function oneLine(message: string): string {
  return message.trim().replace(/\s*[\r\n]+\s*/g, ' ');
}
