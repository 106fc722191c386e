/** The server of a test's PostgreSQL: it can be ended in every way a server may end, and started again on its data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort } from './free-port.ts';
import { OWNER } from './postgres-binaries.ts';

export interface Limits {
  /** No file may grow beyond it: for PostgreSQL that is much like a full disk. */
  readonly largestFileBytes?: number;
}

const START_TIMEOUT_MS = 30_000;
/** What `ulimit -f` counts in, says POSIX. */
const BLOCK_BYTES = 512;

const ENDED = 'the server has ended';

/**
 * A shell that starts PostgreSQL at each line of its standard input, with no file larger than the line says, and tells
 * of each end. When its input ends, it stops the server and clears up. The input ends however the process that holds
 * the other end may go, `kill -9` included.
 */
const SERVE_UNTIL_INPUT_ENDS = `
  folder=$1; shift
  while read -r blocks; do
    {
      [ "$blocks" = unlimited ] || ulimit -f "$blocks"
      "$@" & echo $! >"$folder/pid"
      wait
      echo ${ENDED}
    } &
  done
  kill -INT "$(cat "$folder/pid")"
  wait
  rm -rf "$folder"`;

export class PostgresServer {
  /** Of a superuser, who may create databases; over TCP, with a password. The same after each start. */
  readonly url: string;
  /** The same, over its Unix socket. */
  readonly socketUrl: string;
  readonly #folder: string;
  readonly #shell: ChildProcess;
  readonly #closed: Promise<unknown>;
  #log = '';
  #isServing = false;

  private constructor(url: string, folder: string, shell: ChildProcess) {
    this.url = url;
    const { username, port } = new URL(url);
    this.socketUrl = `postgres:///postgres?host=${encodeURIComponent(join(folder, 'socket'))}&port=${port}&user=${username}`;
    this.#folder = folder;
    this.#shell = shell;
    this.#closed = once(shell, 'close');
    shell.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-10_000);
    });
    // A session that was waiting for a standby when the server ends writes there, too.
    shell.stdout!.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes(ENDED)) this.#isServing = false;
    });
  }

  /** Takes a folder with an initialised cluster in `data`, and an empty one for its socket in `socket`. */
  static async start(binaries: string, folder: string, password: string): Promise<PostgresServer> {
    const port = await findFreePort();
    const places = ['-D', join(folder, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', join(folder, 'socket')];
    // Several test files at once, each with stores in several processes, need more than the hundred that is usual.
    const command = [join(binaries, 'postgres'), ...places, '-c', 'max_connections=300'];
    const shell = spawn('sh', ['-c', SERVE_UNTIL_INPUT_ENDS, 'sh', folder, ...command], {
      ...OWNER,
      cwd: folder,
      // A process group of its own, so that Ctrl-C reaches the tests first.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    const server = new PostgresServer(url, folder, shell);
    await server.start().catch(async (error) => {
      await server.stop();
      throw error;
    });
    // Neither keeps this process alive: whoever forgets to stop it ends, and with that the server ends too.
    shell.unref();
    for (const stream of shell.stdio) (stream as unknown as { unref?: () => void }).unref?.();
    return server;
  }

  /** Starts it again on the data that it left. */
  async start({ largestFileBytes }: Limits = {}): Promise<void> {
    this.#isServing = true;
    this.#shell.stdin!.write(`${largestFileBytes ? Math.floor(largestFileBytes / BLOCK_BYTES) : 'unlimited'}\n`);
    await waitUntilReady(this.url, () => !this.#isServing).catch((cause) => {
      throw new Error(`PostgreSQL did not start:\n${this.#log}`, { cause });
    });
  }

  /**
   * Ends the server and leaves its data. SIGINT cuts sessions off and shuts down in order ("fast"), SIGQUIT leaves
   * the rest to recovery ("immediate"), SIGKILL takes every process of the server, as a crash of the machine would.
   */
  async end(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const processes = signal === 'SIGKILL' ? await this.processes() : [await this.#mainProcess()];
    for (const pid of processes) signalIfThere(pid, signal);
    while (this.#isServing) await sleep(10);
  }

  /** Has all its processes stand still, as a machine does that lost its network; resolves with what kills them. */
  async freeze(): Promise<() => Promise<void>> {
    const processes = await this.processes();
    for (const pid of processes) signalIfThere(pid, 'SIGSTOP');
    return async () => {
      for (const pid of processes) signalIfThere(pid, 'SIGKILL');
      while (this.#isServing) await sleep(10);
    };
  }

  /** The ids of its processes: the first is the one that all others come from. */
  async processes(): Promise<number[]> {
    return [await this.#mainProcess(), ...(await listBackends(this.url))];
  }

  /** Ends it for good; its data goes. */
  async stop(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin!.end();
    await this.#closed;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #mainProcess(): Promise<number> {
    return Number(await readFile(join(this.#folder, 'pid'), 'utf8'));
  }
}

async function listBackends(url: string): Promise<number[]> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    return rows.map(({ pid }) => pid);
  } finally {
    await client.end();
  }
}

export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitUntilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      if (hasEnded() || performance.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await client.end();
    }
  }
}
