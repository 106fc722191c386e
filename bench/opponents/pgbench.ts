/** The limit below, on PostgreSQL: pgbench, its makers' own measure, with the two hot statements of Optio's adapter. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchDatabase } from '../engines/engine.ts';
import type { Scratch } from '../scratch.ts';
import type { EngineAlone } from './alone.ts';
import { batchScript, singleScript } from './pgbench-scripts.ts';

/** As many as the connections that it is compared at. */
const CLIENTS_OF_SINGLES = 64;
/** As many as Optio has lanes: more gain nothing where each carries many rows. */
const CLIENTS_OF_BATCHES = 4;

/** The version where pgbench is installed; null elsewhere. */
export function findPgbench(): string | null {
  const { stdout, error } = spawnSync('pgbench', ['--version'], { encoding: 'utf8' });
  return error ? null : (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? null);
}

export async function pgbench(scratch: Scratch, version: string, database: BenchDatabase): Promise<EngineAlone> {
  const folder = await scratch.folder();
  return {
    title: `pgbench ${version}, ${CLIENTS_OF_SINGLES} clients for single rows, ${CLIENTS_OF_BATCHES} for more`,
    measure: async (rows, durationMs) => {
      const script = join(folder, `${rows}.sql`);
      const { contacts } = database.population;
      const clients = rows === 1 ? CLIENTS_OF_SINGLES : CLIENTS_OF_BATCHES;
      await writeFile(script, rows === 1 ? singleScript(contacts, clients) : batchScript(contacts, clients, rows));
      const transactionsPerSecond = await runPgbench(script, database.url, clients, durationMs);
      return { perSecond: transactionsPerSecond * rows };
    },
  };
}

async function runPgbench(script: string, url: string, clients: number, durationMs: number): Promise<number> {
  const seconds = Math.max(1, Math.round(durationMs / 1e3));
  const flags = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', script];
  const child = spawn('pgbench', [...flags, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`pgbench ended (${code}): ${output.trim().slice(-500)}`);
  return parsePgbench(output);
}

/** Transactions a second, without the time that connecting took. */
export function parsePgbench(output: string): number {
  const found = /^tps = ([\d.]+) \(without initial connection time\)$/m.exec(output)?.[1];
  if (!found || Number(found) === 0) throw new Error(`pgbench measured nothing: ${output.trim().slice(-500)}`);
  return Number(found);
}
