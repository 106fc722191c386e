/** A secret from a pipe, so that it stands in no list of processes and in no shell's history. */
import type { Readable } from 'node:stream';

/** Far more than a secret may have: what goes on without a line's end is not read to its own. */
const MAX_CHARACTERS = 4_096;

/** The first line without its end; empty where there is none, null where `input` is a terminal. */
export async function readSecretLine(input: Readable & { readonly isTTY?: boolean }): Promise<string | null> {
  if (input.isTTY) return null;
  let text = '';
  for await (const part of input.setEncoding('utf8')) {
    text += part;
    if (text.includes('\n') || text.length > MAX_CHARACTERS) break;
  }
  return text.split(/\r?\n/, 1)[0]!;
}
