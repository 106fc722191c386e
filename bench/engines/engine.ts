/** The databases that Optio is measured on. */
import type { Population } from '../population.ts';

export type EngineName = 'sqlite' | 'postgresql';

export interface Engine {
  readonly name: EngineName;
  /** With its version: `SQLite 3.53.4`. */
  readonly title: string;
  /** A database of its own with the whole population in it, as if nothing had ever been written to it besides. */
  readonly loaded: (population: Population) => Promise<BenchDatabase>;
  /** Lets go of what was kept to copy databases from. */
  readonly forget: (population: Population) => Promise<void>;
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
