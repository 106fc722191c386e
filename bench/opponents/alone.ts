/** The limit below: what an engine does with the same statements when nobody stands before it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchDatabase } from '../engines/engine.ts';
import type { Sample } from '../rounds.ts';
import type { Scratch } from '../scratch.ts';

export interface EngineAlone {
  /** What measures it, for people. */
  readonly title: string;
  /** Contacts written a second, so many in a transaction. */
  readonly measure: (rowsPerTransaction: number, durationMs: number) => Promise<Sample>;
}

/** A loop in a process of its own, which is told of each measurement and answers with its rows a second. */
export async function loopAlone(
  scratch: Scratch,
  title: string,
  script: `${string}-alone.ts`,
  { url, population }: BenchDatabase,
): Promise<EngineAlone> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, [url.replace(/^sqlite:/, ''), String(population.contacts)], { detached: true });
  const closed = once(child, 'exit');
  scratch.later(async () => {
    if (child.connected) child.disconnect();
    await closed;
  });
  await answer(child);
  return {
    title,
    measure: async (rowsPerTransaction, durationMs) => {
      const answered = answer(child);
      child.send({ rowsPerTransaction, durationMs });
      return { perSecond: Number(await answered) };
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`the loop ended (${code})`))),
    ]);
  } finally {
    ended.abort();
  }
}
