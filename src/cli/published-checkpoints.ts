/** Reads checkpoints from a file that was kept elsewhere. */
import { readFile } from 'node:fs/promises';
import { type Checkpoint, readCheckpoint } from '../domain/checkpoint.ts';
import { failed } from './shell.ts';

export type PublishedCheckpoints =
  | { readonly kind: 'read'; readonly checkpoints: readonly Checkpoint[] }
  | ReturnType<typeof failed>;

/** None where no file is named. What the file holds must be an array of checkpoints; nothing is passed over. */
export async function readPublishedCheckpoints(path: string | undefined): Promise<PublishedCheckpoints> {
  if (path === undefined) return { kind: 'read', checkpoints: [] };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const values = parseArray(text);
  if (!values || values.length === 0) {
    return failed(`${path} holds no array of checkpoints; "optio checkpoint list --json" prints one`);
  }
  const checkpoints: Checkpoint[] = [];
  for (const [index, value] of values.entries()) {
    const checkpoint = readCheckpoint(value);
    if (!checkpoint) return failed(`no. ${index + 1} in ${path} is no checkpoint`);
    checkpoints.push(checkpoint);
  }
  return { kind: 'read', checkpoints };
}

function parseArray(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
