/** Writes what is personal to a new file, for this user's eyes alone. */
import { writeFile } from 'node:fs/promises';
import { type CommandResult, failed } from './shell.ts';

/** Null where it was written; else why not. Replaces nothing. */
export async function writeNewFile(file: string, text: string): Promise<CommandResult | null> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    return refuseFile(file, error);
  }
}

/** That a new file could not be made, or not be written to its end. */
export function refuseFile(file: string, error: unknown): CommandResult {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return failed(`${file} is there already; name a new file with --out`);
  return failed(`${file} cannot be written (${code}); name another file with --out`);
}
