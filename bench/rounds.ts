/**
 * Interleaved rounds. Within a round everything that is compared is measured one after the other; the next round begins
 * with another one, so that nobody always has the place after the heaviest.
 */
import type { Measured } from './load-generators/load-generator.ts';

/** What one measurement found. */
export interface Sample {
  /** Contacts written or read a second; a batch counts each of its inputs. */
  readonly perSecond: number;
  /** Of a whole request; absent where nobody asks over HTTP. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** One thing to be measured once a round. */
export interface Cell {
  readonly name: string;
  /** What was found, by the id of each figure. Rejects where what was measured is not what it claims. */
  readonly measure: (round: number) => Promise<Readonly<Record<string, Sample>>>;
}

/** Cells that are compared with each other. */
export interface Group {
  readonly title: string;
  readonly cells: readonly Cell[];
}

export type Samples = ReadonlyMap<string, readonly Sample[]>;

export interface Progress {
  readonly step: (text: string) => void;
}

/** Measures every cell once a round. One that fails fails the bench: without it there is nothing to be told. */
export async function measureInRounds(groups: readonly Group[], rounds: number, progress: Progress): Promise<Samples> {
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { title, cells } of groups) {
      progress.step(`round ${round + 1} of ${rounds}: ${title}`);
      for (const cell of rotated(cells, round)) {
        const found = await cell.measure(round).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`${title}, ${cell.name}, round ${round + 1}: ${why}`, { cause: error });
        });
        for (const [id, sample] of Object.entries(found)) samples.set(id, [...(samples.get(id) ?? []), sample]);
      }
    }
  }
  return samples;
}

export function rotated<T>(items: readonly T[], by: number): T[] {
  if (items.length === 0) return [];
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** A load generator's finding as a sample, a batch counted by its inputs. */
export function toSample({ perSecond, p50Ms, p99Ms }: Measured, contactsPerRequest: number): Sample {
  return { perSecond: perSecond * contactsPerRequest, p50Ms, p99Ms };
}
