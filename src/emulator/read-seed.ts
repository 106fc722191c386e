/** Reads a seed, and says of one that cannot be meant where that is and what would be right. */
import { readFile } from 'node:fs/promises';
import { shorten } from '../http/validation-problem.ts';
import { problemOfShape } from './check-shape.ts';
import type { Seed } from './seed.ts';
import { SeedFault } from './seed-fault.ts';
import { SEED_SCHEMA } from './seed-schema.ts';

/** A seed as a program gives it, or the path of a file that holds one. Throws `SeedFault`. */
export async function readGivenSeed(given: Seed | string): Promise<Seed> {
  return typeof given === 'string' ? readSeedFile(given) : readSeed(given);
}

/** The seed in the file at `path`. */
async function readSeedFile(path: string): Promise<Seed> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unusable(`the seed ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusable(`the seed ${path} is no JSON: ${(error as SyntaxError).message}.`);
  }
  try {
    return readSeed(value);
  } catch (error) {
    if (!(error instanceof SeedFault)) throw error;
    throw unusable(`the seed ${path} cannot be used: ${error.message}`);
  }
}

/** The value as a seed, if it has the form of one. */
function readSeed(value: unknown): Seed {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(`The seed was ${shorten(value)}. Allowed: a JSON object with "accounts".`);
  }
  const problem = problemOfShape(SEED_SCHEMA, value);
  if (problem) throw new SeedFault(problem);
  return value as unknown as Seed;
}

function unusable(message: string): SeedFault {
  return new SeedFault({ code: 'FIELD_INVALID', message });
}
