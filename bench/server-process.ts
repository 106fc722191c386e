/** Servers under measurement, each in a process of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Scratch } from './scratch.ts';

const OPTIO = fileURLToPath(new URL('../bin/optio.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Of the process itself, in bytes, as the system counts it now. */
  readonly residentBytes: () => Promise<number>;
  /** Asks it to end, and waits until it has. */
  readonly stop: () => Promise<void>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What the process prints once it serves; its first group, if any, is the URL. */
  readonly listening: RegExp;
  /** Where the process does not print its URL. */
  readonly url?: string;
}

/** Optio as its users run it. */
export function optioCommand(databaseUrl: string): Command {
  return {
    command: process.execPath,
    args: [OPTIO, 'serve', '--port', '0'],
    env: { OPTIO_DATABASE_URL: databaseUrl },
    listening: /^Optio is listening on (http:\/\/\S+)$/m,
  };
}

/** Starts a process and waits until it says that it serves. It ends with `scratch` at the latest. */
export async function startServer(
  scratch: Scratch,
  { command, args, env, cwd, listening, url }: Command,
): Promise<ServerProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, {
    env: { PATH, HOME, ...env },
    ...(cwd && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C is the bench's to hear, which then ends its servers in order.
    detached: true,
  });
  const stop = scratch.later(() => end(child));
  let output = '';
  const found = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${args[0]} did not start: ${output}`)), START_TIMEOUT_MS);
    const look = (text: string) => {
      output = (output + text).slice(-20_000);
      const match = listening.exec(output);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1] ?? url ?? '');
    };
    child.stdout!.setEncoding('utf8').on('data', look);
    child.stderr!.setEncoding('utf8').on('data', look);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${args[0] ?? command} ended (${code}): ${output.trim()}`)));
  });
  return { url: found, pid: child.pid!, residentBytes: () => residentBytes(child.pid!), stop };
}

const END_TIMEOUT_MS = 20_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}

async function residentBytes(pid: number): Promise<number> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout.trim()) * 1_024;
}
