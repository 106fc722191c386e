/** The databases that Optio is measured on. */
import type { Population } from '../population.ts';
import type { Scratch } from '../scratch.ts';

export type EngineName = 'sqlite' | 'postgresql';

export interface Engine {
  readonly name: EngineName;
  /** With its version: `SQLite 3.53.4`. */
  readonly title: string;
  /** An empty database for a population, dropped with `scratch`. */
  readonly create: (population: Population, scratch: Scratch) => Promise<BenchDatabase>;
  /** A copy of a database that nobody is connected to, dropped with `scratch`. */
  readonly copy: (original: BenchDatabase, scratch: Scratch) => Promise<BenchDatabase>;
}

export interface BenchDatabase {
  /** As OPTIO_DATABASE_URL takes it. */
  readonly url: string;
  readonly population: Population;
  /** How many events were appended at that instant (epoch milliseconds) or later. */
  readonly eventsSince: (instant: number) => Promise<number>;
}

/** The first id that a UUIDv7 of that instant can have. */
export function firstUuidOf(instant: number): string {
  const hex = instant.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
