/** What is wrong with a question for a page of a list. */
import type { Problem } from '../errors.ts';
import { shorten } from '../validation-problem.ts';

/** Null where the number is within its bounds. */
export function findBoundsProblem(field: string, sent: string | number, least: number, most: number): Problem | null {
  if (Number(sent) >= least && Number(sent) <= most) return null;
  const message = `"${field}" was ${sent}. Allowed: a whole number from ${least} to ${most}.`;
  return { code: 'FIELD_INVALID', message, in: field };
}

/** `where` is what the cursor should be a place in. */
export function notACursor(sent: string | undefined, where: string): Problem {
  const message = `"after" was ${shorten(sent)}, which is no place ${where}. Allowed: paging.next.after of the page before.`;
  return { code: 'FIELD_INVALID', message, in: 'after' };
}
