/** What the domain and the committer refuse, put into words. */
import type { LinkRefusal } from '../actions/make-links.ts';
import { canonicalLanguage } from '../actions/manage-checks.ts';
import type { ReadOutcome } from '../actions/read-statuses.ts';
import type { Refusal } from '../domain/outcome.ts';
import { ERRORS, type ErrorCategory, type Problem } from './errors.ts';
import { overloadedBy } from './overload.ts';
import { shorten } from './validation-problem.ts';

/** A refusal by the domain's rules. */
export function problemOfRefusal(refusal: Refusal): Problem {
  switch (refusal.code) {
    case 'subscription-unknown':
      return {
        code: 'SUBSCRIPTION_UNKNOWN',
        message: `"subscriptionId" was ${refusal.subscriptionId}, which this account has no subscription definition for. Allowed: the id of an active definition, as GET definitions lists them.`,
        in: 'subscriptionId',
      };
    case 'subscription-inactive':
      return {
        code: 'SUBSCRIPTION_INACTIVE',
        message: `"subscriptionId" was ${refusal.subscriptionId}, whose subscription definition is inactive. Allowed: the id of an active definition, as GET definitions lists them.`,
        in: 'subscriptionId',
      };
    case 'business-unit-unknown':
      return {
        code: 'BUSINESS_UNIT_UNKNOWN',
        message: `"businessUnitId" was ${refusal.businessUnitId}, which is no business unit of this account. Allowed: 0 (the account's own) or the id of one of its business units.`,
        in: 'businessUnitId',
      };
    case 'legal-basis-required':
      return {
        code: 'LEGAL_BASIS_REQUIRED',
        message: `Missing: ${refusal.missing.map((field) => `"${field}"`).join(' and ')}. This account's data privacy settings are on: every change except to UNSUBSCRIBED needs a legalBasis and a legalBasisExplanation that is not empty.`,
        in: refusal.missing[0],
      };
    case 'opted-out-of-all':
      return {
        code: 'OPTED_OUT_OF_ALL',
        message: `"statusState" was "NOT_SPECIFIED" for subscription ${refusal.subscriptionId}, but the contact is opted out of everything, and this would quietly undo it. Allowed: UNSUBSCRIBED, or SUBSCRIBED to end the opt-out.`,
        in: 'statusState',
      };
  }
}

/** Why no links were made. */
export function problemOfLinks(refusal: LinkRefusal): Problem {
  if (refusal.code !== 'brand-mismatch') return problemOfRefusal(refusal);
  return {
    code: 'BUSINESS_UNIT_UNKNOWN',
    message: `"businessUnitId" was ${refusal.businessUnitId}, but subscription ${refusal.subscriptionId} is another brand's. Allowed: the brand of the subscription, or no businessUnitId.`,
    in: 'businessUnitId',
  };
}

/** A language as it was sent, `pt_BR` too, in its canonical form; or the problem with it. Null where none was sent. */
export function readLanguage(sent: string | null | undefined, field = 'language'): string | null | Problem {
  if (sent === null || sent === undefined) return null;
  return (
    canonicalLanguage(sent.replaceAll('_', '-')) ?? {
      code: 'FIELD_INVALID',
      message: `"${field}" was ${shorten(sent)}, which is no language tag. Allowed: a BCP 47 tag such as de or pt-BR.`,
      in: field,
    }
  );
}

/** Whether `readLanguage` found a problem. */
export function isProblem(language: string | null | Problem): language is Problem {
  return typeof language === 'object' && language !== null;
}

/** Text that `parseAddress` found to be no e-mail address, in the field or parameter of that name. */
export function notAnAddress(text: string, field = 'subscriberIdString'): Problem {
  return {
    code: 'EMAIL_INVALID',
    message: `"${field}" was ${shorten(text)}, which is no e-mail address. Allowed: local-part@domain, at most 254 octets, the domain with at least two labels.`,
    in: field,
  };
}

/** Why the committer did not take a call. Nothing of it was stored. */
export function problemOfCommit(kind: 'overloaded' | 'contended'): Problem {
  if (kind === 'overloaded') return overloadedBy('changes');
  return {
    code: 'CONTENDED',
    message: 'Others kept changing the same contact at the same time. Nothing was changed; try again shortly.',
    headers: { 'Retry-After': '1' },
  };
}

/** Why a read has no answer. */
export function problemOfRead(outcome: ReadOutcome<unknown> & { kind: 'refused' | 'overloaded' }): Problem {
  return outcome.kind === 'overloaded' ? overloadedBy('reads') : problemOfRefusal(outcome.refusal);
}

/** An input of a batch that was refused while the others were carried out: HubSpot's `StandardError`. */
export interface InputError {
  readonly status: 'error';
  readonly category: ErrorCategory;
  readonly message: string;
  readonly context: { subscriberIdString: string[]; subscriptionId?: string[]; index: string[] };
  readonly errors: [];
  readonly links: Record<string, never>;
}

/** `sent` is the input as it came, `index` its place in the request. */
export function inputError(
  problem: Problem,
  sent: { readonly subscriberIdString: string; readonly subscriptionId?: string | number },
  index: number,
): InputError {
  return {
    status: 'error',
    category: ERRORS[problem.code].category,
    message: problem.message,
    context: {
      subscriberIdString: [sent.subscriberIdString],
      ...(sent.subscriptionId !== undefined && { subscriptionId: [String(sent.subscriptionId)] }),
      index: [String(index)],
    },
    errors: [],
    links: {},
  };
}
