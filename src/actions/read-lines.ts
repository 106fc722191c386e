/** Reads a list of addresses, one a line, as it arrives: it is never held whole, and may have any length. */
import type { Readable } from 'node:stream';

/** Longer ones are cut: no address is as long. */
const MAX_LINE_CHARACTERS = 1_024;

/** The lines that are not empty, as many at a time as arrived together but at most `most`. Waits for whoever takes them. */
export async function* readLines(body: Readable, most: number): AsyncGenerator<string[]> {
  let begun = '';
  // Where nobody wants the rest, the connection stays, and with it the answer that says why.
  const chunks: AsyncIterable<string> = body.setEncoding('utf8').iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of chunks) {
      const lines = (begun + chunk).split('\n');
      begun = cut(lines.pop()!);
      yield* inBatches(lines, most);
    }
    yield* inBatches([begun], most);
  } finally {
    body.resume();
  }
}

function* inBatches(lines: readonly string[], most: number): Generator<string[]> {
  // `trim` drops a byte order mark too.
  const full = lines.map((line) => cut(line.trim())).filter((line) => line !== '');
  for (let start = 0; start < full.length; start += most) yield full.slice(start, start + most);
}

function cut(line: string): string {
  return line.length > MAX_LINE_CHARACTERS ? line.slice(0, MAX_LINE_CHARACTERS) : line;
}

/** The text of a line: as it stands, or what it says as a JSON string. */
export function textOfLine(line: string): string {
  if (!line.startsWith('"')) return line;
  try {
    const text: unknown = JSON.parse(line);
    return typeof text === 'string' ? text : line;
  } catch {
    return line;
  }
}
