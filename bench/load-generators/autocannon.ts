/**
 * autocannon, in a process of its own: where wrk is not installed, and for the mix of reads and writes, whose latencies
 * must be told apart, which wrk cannot.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { PeerName } from '../peers/peers.ts';
import { type Load, LoadFailed, type LoadGenerator, type Measured } from './load-generator.ts';

const CHILD = fileURLToPath(new URL('autocannon-child.ts', import.meta.url));

/** What the child is told: `share` of the requests are of each operation. */
export interface MixedLoad extends Omit<Load, 'operation'> {
  readonly operations: readonly { readonly operation: Load['operation'] | PeerName; readonly share: number }[];
}

/** What the child tells, an entry an operation. */
export interface Tally {
  readonly issued: number;
  readonly durationMs: number;
  readonly refused: number;
  readonly refusal: string | null;
  readonly broken: number;
  /** Milliseconds, of every request answered in time. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly answered: number;
}

export function autocannon(): LoadGenerator {
  const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };
  return {
    name: `autocannon ${version}`,
    run: async (load) => (await runMixed({ ...load, operations: [{ operation: load.operation, share: 1 }] }))[0]!,
  };
}

/** One load of several operations on the same connections; an entry each, in their order. */
export async function runMixed(load: MixedLoad): Promise<Measured[]> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(load)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  return parseTallies(stdout, stderr);
}

export function parseTallies(stdout: string, stderr = ''): Measured[] {
  const line = /^\[\{.*\}\]$/m.exec(stdout)?.[0];
  if (!line)
    throw new LoadFailed(`autocannon said nothing that can be read: ${(stderr || stdout).trim().slice(0, 500)}`);
  return (JSON.parse(line) as Tally[]).map(
    ({ answered, issued, durationMs, refused, refusal, broken, p50Ms, p99Ms }) => {
      if (broken > 0) throw new LoadFailed(`${broken} requests were not answered at all`);
      return { answered, refused, refusal, issued, perSecond: answered / (durationMs / 1e3), p50Ms, p99Ms };
    },
  );
}
