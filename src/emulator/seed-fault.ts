/** What is wrong with a seed, and where in it. */
import type { Problem } from '../http/errors.ts';

/** Thrown while a seed is read or planted; nothing of it is used. */
export class SeedFault extends Error {
  override readonly name = 'SeedFault';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** `where` is for example `accounts[0].definitions[2].id`; `problem` completes the sentence that begins with it. */
export function faultAt(where: string, problem: string): SeedFault {
  return new SeedFault({ code: 'FIELD_INVALID', message: `"${where}" ${problem}.`, in: where });
}
