/** Disks that are full: a real one where this process may mount one, and a limit on files where it may not. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lifetime } from './optio-process.ts';

const run = promisify(execFile);

export class TinyDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** An empty disk of that size that goes away with the test; null where this user or system cannot mount one. */
  static async mount(t: Lifetime, megabytes: number): Promise<TinyDisk | null> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
    const folder = await mkdtemp(join(tmpdir(), 'optio-test-disk-'));
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).catch(() => null);
    t.after(async () => {
      // Lazily: whoever failed may still have files open there.
      if (mounted) await run('umount', ['-l', folder]);
      await rm(folder, { recursive: true });
    });
    return mounted && new TinyDisk(folder);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  /** Takes all the space that is left. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (const size of [65_536, 4_096]) {
        const piece = Buffer.alloc(size, 'x');
        while (await file.write(piece).then(isWhole(size), isRefused));
      }
    } finally {
      await file.close();
    }
  }

  /** Gives it back. */
  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  /** Makes it one that cannot be written. Nobody may have a file open there for writing. */
  async makeReadOnly(): Promise<void> {
    await run('mount', ['-o', 'remount,ro', this.folder]);
  }
}

const isWhole =
  (size: number) =>
  ({ bytesWritten }: { bytesWritten: number }): boolean =>
    bytesWritten === size;

function isRefused(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOSPC') return false;
  throw error;
}

/** What is put before a command so that no file of its process can grow beyond `kilobytes`; until somebody raises it. */
export function limitFiles(kilobytes: number): string[] {
  // In blocks of 512 bytes, as POSIX has it, except that bash counts in kilobytes unless it plays POSIX.
  return ['sh', '-c', `ulimit -S -f ${kilobytes * 2} && exec "$@"`, 'sh'];
}

/** Lets no file of a running process grow beyond so many bytes, from now on; null lifts that. */
export async function limitFilesOf(pid: number, bytes: number | null): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`]);
}

/** Whether this system has the command for it: Linux, mostly. */
export async function canLimitFiles(): Promise<boolean> {
  return await run('prlimit', ['--version']).then(
    () => true,
    () => false,
  );
}
