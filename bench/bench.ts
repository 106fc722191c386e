/** What every part of the bench works with. */
import type { Engine } from './engines/engine.ts';
import type { LoadGenerator } from './load-generators/load-generator.ts';
import type { Progress, Samples } from './rounds.ts';
import type { Scale } from './scale.ts';
import type { Scratch } from './scratch.ts';
import type { Spread } from './statistics.ts';

export interface Bench {
  readonly scale: Scale;
  readonly engines: readonly Engine[];
  readonly generator: LoadGenerator;
  readonly scratch: Scratch;
  readonly progress: Progress;
}

/** What one part of the bench found. Nothing is compared across parts. */
export interface Findings {
  readonly samples: Samples;
  readonly memory: readonly MemoryFinding[];
  readonly starts: readonly StartFinding[];
  readonly opponents: readonly Opponent[];
  /** `NAME VERSION` of what took part besides engines and load generators. */
  readonly versions: readonly string[];
}

/** Whom Optio was compared with, and what that one does, in a sentence. */
export interface Opponent {
  readonly title: string;
  readonly does: string;
}

export interface StartFinding {
  readonly id: string;
  readonly title: string;
  readonly tookMs: Spread;
}

export interface MemoryFinding {
  readonly id: string;
  readonly title: string;
  readonly residentBytes: number;
}
