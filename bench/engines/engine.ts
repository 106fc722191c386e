/** The databases that Optio is measured on. */
import type { Population } from '../population.ts';

export type EngineName = 'sqlite' | 'postgresql';

export interface Engine {
  readonly name: EngineName;
  /** With its version: `SQLite 3.53.4`. */
  readonly title: string;
  /** Loads a population into a database of its own. */
  readonly load: (population: Population) => Promise<BenchDatabase>;
  /** As `load`, but from a copy of what was loaded before: for several databases that begin alike. */
  readonly copy: (population: Population) => Promise<BenchDatabase>;
}

export interface BenchDatabase {
  /** As OPTIO_DATABASE_URL takes it. */
  readonly url: string;
  readonly population: Population;
  /** How many events were appended at that instant (epoch milliseconds) or later. */
  readonly eventsSince: (instant: number) => Promise<number>;
  readonly drop: () => Promise<void>;
}

/** The first id that a UUIDv7 of that instant can have. */
export function firstUuidOf(instant: number): string {
  const hex = instant.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
