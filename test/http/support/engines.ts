/** The databases that end-to-end suites run on. */
import { describe } from 'node:test';

export interface Engine {
  readonly name: string;
  /** A new, empty database. */
  readonly create: () => Promise<{ databaseUrl: string; drop: () => Promise<void> }>;
}

export const ENGINES: readonly Engine[] = [
  { name: 'SQLite', create: async () => ({ databaseUrl: 'sqlite::memory:', drop: async () => {} }) },
];

/** Declares `suite` once for each engine. */
export function onEveryEngine(title: string, suite: (engine: Engine) => void): void {
  for (const engine of ENGINES) describe(`${title}, on ${engine.name}`, () => suite(engine));
}
