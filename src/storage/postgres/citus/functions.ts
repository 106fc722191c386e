/** All functions that nodes carry out for Optio, in the order in which they are made: a server uses them once all are there. */
import { COMMIT_FUNCTION, CREATE_COMMIT_FUNCTION, DISTRIBUTE_COMMIT_FUNCTION } from './commit-function.ts';
import { CREATE_HOLD_FUNCTION, DISTRIBUTE_HOLD_FUNCTION, HOLD_FUNCTION } from './hold-function.ts';

export const FUNCTIONS = [
  { name: HOLD_FUNCTION, create: CREATE_HOLD_FUNCTION, distribute: DISTRIBUTE_HOLD_FUNCTION },
  { name: COMMIT_FUNCTION, create: CREATE_COMMIT_FUNCTION, distribute: DISTRIBUTE_COMMIT_FUNCTION },
] as const;

export const FUNCTION_NAMES: readonly string[] = FUNCTIONS.map(({ name }) => name);
