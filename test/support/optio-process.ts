/** Runs Optio as its users do: as a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** Node.js runs it with the arguments of `optio`. */
export const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const LISTENING = /^Optio is listening on (http:\/\/\S+)$/m;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What ends with a test: its context is one, and so is what `endOfSuite` returns. */
export interface Lifetime {
  after(work: () => unknown): void;
}

/** Collects what is to be ended, and ends it: the last first. */
export class Belongings implements Lifetime {
  readonly #works: (() => unknown)[] = [];

  after(work: () => unknown): void {
    this.#works.push(work);
  }

  /** Idempotent. */
  async end(): Promise<void> {
    for (let work = this.#works.pop(); work; work = this.#works.pop()) await work();
  }
}

/** The lifetime of the suite that is being described. */
export function endOfSuite(): Lifetime {
  const belongings = new Belongings();
  after(() => belongings.end());
  return belongings;
}

/** An empty folder that goes away with the test. */
export async function makeFolder(t: Lifetime): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'optio-test-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that is given Optio's own to run in its place, for example under a limit. */
  readonly under?: readonly string[];
  /** What standard input has; nothing where it is absent. */
  readonly input?: string;
}

/** Runs `optio ARGS` to its end. Of this process's own environment it sees what programs need, and no settings. */
export async function runOptio(args: readonly string[], options: RunOptions): Promise<Ended> {
  const child = spawnOptio(args, options);
  const output = collect(child);
  child.stdin?.end(options.input);
  await once(child, 'close');
  return { code: child.exitCode, ...output };
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rejects where there is no answer by then. */
  readonly timeoutMs?: number;
}

export class OptioServer {
  readonly url: string;
  readonly child: ChildProcess;
  readonly #output: { stdout: string; stderr: string };

  private constructor(url: string, child: ChildProcess, output: { stdout: string; stderr: string }) {
    this.url = url;
    this.child = child;
    this.#output = output;
  }

  /** Starts `optio serve`, or another command, on a free port, and waits until it says where it listens and what it has to say besides. */
  static async start(
    t: Lifetime,
    options: RunOptions & { readonly command?: 'serve' | 'emulate'; readonly args?: readonly string[] },
  ): Promise<OptioServer> {
    const { command = 'serve', args = [] } = options;
    const child = spawnOptio([command, '--port', '0', ...args], options);
    t.after(() => void child.kill('SIGKILL'));
    const output = collect(child);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.on('data', () => {
        const found = LISTENING.exec(output.stdout)?.[1];
        if (found) setImmediate(resolve, found);
      });
      child.once('close', () => reject(new Error(`optio ${command} ended (${child.exitCode}): ${output.stderr}`)));
    });
    return new OptioServer(url, child, output);
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** The token that a first start prints. */
  get token(): string {
    const token = /pat-opt1-[0-9a-f-]{36}/.exec(this.stdout)?.[0];
    if (!token) throw new Error('The server printed no token');
    return token;
  }

  /** Sends a request with the token of the first start, or another. A body makes it JSON. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${options.token ?? this.token}`,
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.timeoutMs !== undefined && { signal: AbortSignal.timeout(options.timeoutMs) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  /** Sends a signal and waits for the process's end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended & { signal: string | null }> {
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
    return { code: this.child.exitCode, signal: this.child.signalCode, ...this.#output };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of a body
  readonly body: any;
}

function spawnOptio(args: readonly string[], { cwd, env, under = [], input }: RunOptions): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const [command, ...rest] = [...under, process.execPath, MAIN, ...args];
  return spawn(command!, rest, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return output;
}
