/** What may come of managing an account's set-up, in a closed union, and the words for every refusal. */
import type { Store } from '../storage/port.ts';
import { type Clock, type Randomness, systemRandomness } from './context.ts';
import { PASSWORD_COST, type PasswordCost } from './passwords.ts';

/** What managing needs: a server's `Context` is one; the command line makes its own with `managementOf`. */
export interface Management {
  readonly store: Pick<
    Store,
    | 'catalog'
    | 'subscribers'
    | 'ledger'
    | 'checkpoints'
    | 'serverSecrets'
    | 'linkRevocations'
    | 'signUps'
    | 'authorizations'
    | 'operators'
  >;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly catalogs: { clear(): void };
  /** Of passwords that are set. */
  readonly passwordCost: PasswordCost;
}

/** Manages a store on which nobody serves in this process. */
export function managementOf(store: Management['store']): Management {
  const catalogs = { clear: () => {} };
  return { store, clock: Date.now, randomness: systemRandomness(), catalogs, passwordCost: PASSWORD_COST };
}

/** The things that are managed, by the words that people are shown. */
export type Thing =
  | 'account'
  | 'definition'
  | 'brand'
  | 'app'
  | 'client id'
  | 'installation'
  | 'token'
  | 'translation'
  | 'link key'
  | 'operator'
  | 'contact';

export type ManageRefusal =
  /** `problem` completes the sentence that begins with the field: "must not be empty". */
  | { readonly code: 'invalid'; readonly field: string; readonly problem: string }
  | { readonly code: 'id-taken'; readonly thing: Thing; readonly id: number }
  /** It was to be installed without an operator's consent. `field` is what named it. */
  | { readonly code: 'foreign-app'; readonly field: 'clientId' | 'appId'; readonly clientId: string }
  | { readonly code: 'not-found'; readonly thing: Thing; readonly id: number | string }
  /** Several would do, and none was named. */
  | { readonly code: 'ambiguous'; readonly thing: 'account' | 'app'; readonly ids: readonly number[] }
  /** It is there, but no more in use. */
  | {
      readonly code: 'ended';
      readonly thing: 'token';
      readonly id: string;
      readonly how: 'was revoked' | 'has expired';
    }
  /** Others changed the same thing again and again meanwhile. */
  | { readonly code: 'contended'; readonly thing: Thing };

export type ManageOutcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly refusal: ManageRefusal };

export function done<Value>(value: Value): { kind: 'done'; value: Value } {
  return { kind: 'done', value };
}

export function refused(refusal: ManageRefusal): { kind: 'refused'; refusal: ManageRefusal } {
  return { kind: 'refused', refusal };
}

/** The refusal as one sentence without a full stop, saying what would be right. */
/** What `work` makes of the value, or the refusal that there is in its place. */
export async function whereDone<Value, Made>(
  outcome: ManageOutcome<Value>,
  work: (value: Value) => Promise<ManageOutcome<Made>>,
): Promise<ManageOutcome<Made>> {
  return outcome.kind === 'refused' ? outcome : work(outcome.value);
}

export function describeManageRefusal(refusal: ManageRefusal): string {
  switch (refusal.code) {
    case 'invalid':
      return `${refusal.field} ${refusal.problem}`;
    case 'id-taken':
      return `There is a${startsWithVowel(refusal.thing)} ${refusal.thing} with the id ${refusal.id} already`;
    case 'foreign-app':
      return `The app ${refusal.clientId} belongs to another account, and only an operator's consent installs it: have one open /oauth/authorize?client_id=${refusal.clientId} on this server, with the app's redirect_uri and scope`;
    case 'not-found':
      return describeMissing(refusal);
    case 'ambiguous':
      return `There is more than one ${refusal.thing}: name one of ${refusal.ids.join(', ')}`;
    case 'ended':
      return `The ${refusal.thing} ${refusal.id} ${refusal.how}: create another one`;
    case 'contended':
      return `The ${refusal.thing} was changed by others again and again meanwhile: try again`;
  }
}

function describeMissing({ thing, id }: ManageRefusal & { code: 'not-found' }): string {
  if (thing === 'installation') return `The app ${id} is not installed`;
  return `There is no ${thing === 'client id' ? 'app with the client id' : thing} ${id}`;
}

function startsWithVowel(word: string): string {
  return /^[aeiou]/.test(word) ? 'n' : '';
}

/** Each round at least one rival gets through, so this many may change one thing at the same moment. */
const MAX_ATTEMPTS = 50;

/**
 * Tries until somebody else's change does not get in between. `attempt` loads, decides and writes; it returns null
 * where its write was refused because what it had loaded was stale, or where a random id was taken.
 */
export async function persist<Value>(
  thing: Thing,
  attempt: () => Promise<ManageOutcome<Value> | null>,
): Promise<ManageOutcome<Value>> {
  for (let count = 0; count < MAX_ATTEMPTS; count++) {
    const outcome = await attempt();
    if (outcome) return outcome;
  }
  return refused({ code: 'contended', thing });
}

/** The instant of a change: now, or a millisecond after the one before where the clock has not moved on. */
export function instantAfter(clock: Clock, previous: number): number {
  return Math.max(clock(), previous + 1);
}
