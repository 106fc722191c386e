/**
 * What the bench leaves behind: nothing. Folders, databases and processes are told here when they are made, and are
 * let go of in the opposite order, also after Ctrl-C.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch {
  readonly #works: (() => unknown)[] = [];
  #clearing: Promise<void> | undefined;

  /** Does `work` in the end. What is returned does it now, once. */
  later(work: () => unknown): () => Promise<void> {
    let isDone = false;
    const once = async () => {
      if (isDone) return;
      isDone = true;
      await work();
    };
    this.#works.push(once);
    return once;
  }

  /** For what is done with before the rest: whoever takes it clears it, and this one sees to it at the latest. */
  part(): Scratch {
    const part = new Scratch();
    this.later(() => part.clear());
    return part;
  }

  /** A new folder in the system's folder for what is temporary. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'optio-bench-'));
    this.later(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  }

  get isClearing(): boolean {
    return this.#clearing !== undefined;
  }

  /** Idempotent. A work that fails does not keep the others from being done. */
  clear(): Promise<void> {
    this.#clearing ??= (async () => {
      for (const work of this.#works.toReversed()) {
        try {
          await work();
        } catch (error) {
          process.stderr.write(`bench: clearing up: ${error instanceof Error ? error.message : error}\n`);
        }
      }
    })();
    return this.#clearing;
  }
}

/** Clears up when the bench is interrupted, and then ends as a signal ends a process. */
export function clearWhenInterrupted(scratch: Scratch): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      process.stderr.write('bench: interrupted, clearing up\n');
      void scratch.clear().finally(() => process.exit(code));
    });
  }
}
