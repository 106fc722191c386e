/** Another process that holds a lock on an SQLite file, as a backup or a shell that somebody forgot would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Lifetime } from './optio-process.ts';

const HOLD = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1], { timeout: 10_000 });
  database.exec(process.argv[2]);
  process.stdout.write('held');
  process.stdin.resume().on('end', () => database.close());
`;

export class LockHolder {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Runs `sql`, such as BEGIN IMMEDIATE, and keeps what it took. */
  static async take(t: Lifetime, path: string, sql: string): Promise<LockHolder> {
    const child = spawn(process.execPath, ['-e', HOLD, path, sql], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => void child.kill('SIGKILL'));
    const [said] = await Promise.race([once(child.stdout!, 'data'), once(child, 'close').then(() => ['nothing'])]);
    if (String(said) !== 'held') throw new Error(`The lock was not to be had by ${sql}`);
    return new LockHolder(child);
  }

  async release(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin!.end();
    await closed;
  }
}
