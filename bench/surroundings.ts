/** Where and with what a run was made. No name of a machine or a person, and no path. */
import { spawnSync } from 'node:child_process';
import { cpus, release, type as systemType, totalmem } from 'node:os';
import { readVersion } from '../src/config/version.ts';

export interface Surroundings {
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
  /** Of the checkout; ends in `+` where files were changed since. */
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
  /** By name: Optio, Node.js, the engines, the load generators, the peers. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly windowMs: number;
  readonly isQuick: boolean;
}

export function lookAround(
  scale: { readonly rounds: number; readonly windowMs: number; readonly isQuick: boolean },
  versions: Readonly<Record<string, string>>,
): Surroundings {
  return {
    measuredAt: new Date().toISOString(),
    commit: commit(),
    machine: {
      processor: cpus()[0]?.model.trim() || 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${systemType()} ${release()}`,
    },
    versions: { Optio: readVersion(), 'Node.js': process.versions.node, ...versions },
    rounds: scale.rounds,
    windowMs: scale.windowMs,
    isQuick: scale.isQuick,
  };
}

function commit(): string {
  const git = (...args: string[]) =>
    spawnSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).stdout?.trim();
  const hash = git('rev-parse', '--short=10', 'HEAD');
  return hash ? hash + (git('status', '--porcelain', '--', '../src', '../bench', ':!results') ? '+' : '') : 'unknown';
}
