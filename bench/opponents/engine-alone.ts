/** Who measures which engine alone. */
import type { BenchDatabase, EngineName } from '../engines/engine.ts';
import type { Scratch } from '../scratch.ts';
import { type EngineAlone, loopAlone } from './alone.ts';
import { findPgbench, pgbench } from './pgbench.ts';

export async function engineAlone(scratch: Scratch, engine: EngineName, database: BenchDatabase): Promise<EngineAlone> {
  if (engine === 'sqlite') return loopAlone(scratch, 'one caller, a loop on node:sqlite', 'sqlite-alone.ts', database);
  const version = findPgbench();
  if (version) return pgbench(scratch, version, database);
  return loopAlone(scratch, 'a loop on the driver, as pgbench is not installed', 'postgres-alone.ts', database);
}
