/** What the commands on operators share. */
import { type Argument, createArgument, Option } from 'commander';
import { collectIds } from './options.ts';
import { type CommandResult, misuse, type Shell } from './shell.ts';

export function emailArgument(): Argument {
  return createArgument('<email>', 'the e-mail address that the operator signs in with');
}

export function accountsOption(what: string): Option {
  return new Option('--account <id...>', what).argParser(collectIds);
}

export function passwordOption(): Option {
  return new Option(
    '--password-stdin',
    'read the password from standard input, one line of 12 to 256 characters; without this a strong one is made and shown',
  );
}

/** Goes on with the password that standard input has, where it shall be read, or else without one. */
export async function withPassword(
  shell: Shell,
  { passwordStdin }: { readonly passwordStdin?: boolean },
  work: (password: string | undefined) => Promise<CommandResult>,
): Promise<CommandResult> {
  if (!passwordStdin) return work(undefined);
  const password = await shell.readSecretLine();
  if (password !== null) return work(password);
  return misuse(
    '--password-stdin takes a password from a pipe or a file, and standard input is a terminal, which shows it',
  );
}

/** What comes after the words of a command that set a password, and before the fields. */
export function showPassword(password: string | null): string {
  return password === null ? '' : `${password}\n\nThe password is shown only this once: keep it now.\n\n`;
}

/** `all`, or their ids. */
export function showAccounts(accountIds: readonly number[] | null): string {
  return accountIds === null ? 'all' : accountIds.join(', ');
}
