/** What may happen to an SQLite file under a running server, and goes away again. Each is struck and mended by itself. */
import { LockHolder } from '../support/lock-holder.ts';
import type { Lifetime, OptioServer } from '../support/optio-process.ts';
import { canLimitFiles, limitFilesOf, type TinyDisk } from '../support/tiny-disk.ts';

export interface Scene {
  readonly server: OptioServer;
  readonly path: string;
  /** Null where none was mounted: in a long run, or where this user or system cannot. */
  readonly disk: TinyDisk | null;
  readonly lifetime: Lifetime;
}

type Mend = () => Promise<void>;

export interface Fault {
  readonly name: string;
  /** Whether changes are refused at once; otherwise they wait, up to five seconds. */
  readonly refusesAtOnce: boolean;
  /** Resolves with what mends it, or with what it would need, in words, where it cannot be done. */
  readonly strike: (scene: Scene) => Promise<Mend | string>;
}

export const SQLITE_FAULTS: readonly Fault[] = [
  {
    name: 'the disk is full',
    refusesAtOnce: true,
    strike: async ({ disk }) => {
      if (!disk) return 'needs a run of less than a minute, as root on Linux';
      await disk.fill();
      return () => disk.free();
    },
  },
  {
    name: 'files may not grow',
    refusesAtOnce: true,
    strike: async ({ server }) => {
      const pid = server.child.pid!;
      if (!(await canLimitFiles())) return 'needs the command prlimit';
      await limitFilesOf(pid, 4_096);
      return () => limitFilesOf(pid, null);
    },
  },
  { name: 'another process writes', refusesAtOnce: false, strike: (scene) => lock(scene, 'BEGIN IMMEDIATE') },
  {
    name: 'another process wants the file for itself',
    refusesAtOnce: false,
    strike: (scene) => lock(scene, 'BEGIN EXCLUSIVE'),
  },
  {
    name: 'another process reads an old state',
    refusesAtOnce: false,
    strike: (scene) => lock(scene, 'BEGIN; SELECT count(*) FROM event'),
  },
];

async function lock({ lifetime, path }: Scene, sql: string): Promise<Mend> {
  const holder = await LockHolder.take(lifetime, path, sql);
  return () => holder.release();
}
