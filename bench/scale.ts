/** How much is measured: all of it in about fifteen minutes, or a glance in two. */
import { contactsPerRequest, type Operation } from './operations.ts';
import type { Population } from './population.ts';

export interface Scale {
  readonly rounds: number;
  /** How long a cell is measured in a round; batches at many connections several times as long. */
  readonly windowMs: number;
  /** How long each operation is asked of each contender before. */
  readonly warmUpMs: number;
  readonly connections: readonly number[];
  readonly population: Population;
  /** Rows a transaction at which the engines are measured alone. */
  readonly rowsAlone: readonly number[];
  /** Whether the peers are measured too, which are installed for it. */
  readonly withPeers: boolean;
  /** The two sizes that are compared; null where that is left out. */
  readonly growth: { readonly small: Population; readonly large: Population } | null;
}

/** Where contenders are compared with each other. */
export const COMPARED_AT = 64;

export const FULL: Scale = {
  rounds: 5,
  windowMs: 300,
  warmUpMs: 1_000,
  connections: [1, 16, 64, 256],
  population: { contacts: 100_000, typesEach: 8 },
  rowsAlone: [1, 100, 1_000],
  withPeers: true,
  growth: { small: { contacts: 100_000, typesEach: 1 }, large: { contacts: 10_000_000, typesEach: 1 } },
};

export const QUICK: Scale = {
  rounds: 5,
  windowMs: 150,
  warmUpMs: 600,
  connections: [1, COMPARED_AT],
  population: { contacts: 20_000, typesEach: 8 },
  rowsAlone: [1, 1_000],
  withPeers: false,
  growth: null,
};

/**
 * How many times as long an operation is measured. Batches at many connections take long: in a short time, what is under
 * way at its end would be a good part of it.
 */
export function timesLonger(operation: Operation, connections: number): number {
  if (contactsPerRequest(operation) === 1 || connections === 1) return 1;
  return connections < COMPARED_AT ? 3 : 5;
}
