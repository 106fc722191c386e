/** What `optio doctor` finds. */

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'problem';
  readonly says: string;
  /** What to do; null where nothing is. */
  readonly advice: string | null;
}

export function ok(check: string, says: string): Finding {
  return { check, state: 'ok', says, advice: null };
}

export function problem(check: string, says: string, advice: string): Finding {
  return { check, state: 'problem', says, advice };
}
