/** Why nobody was signed up, or no form was made, put into words. */
import type { SignUpOutcome, SignUpRefusal } from '../actions/sign-up.ts';
import type { Problem } from './errors.ts';
import { problemOfCommit } from './refusals.ts';

type NotRecorded = Exclude<SignUpOutcome, { kind: 'recorded' }>;

export function problemOfSignUp(outcome: NotRecorded): Problem {
  return outcome.kind === 'refused' ? problemOfSignUpRefusal(outcome.refusal) : problemOfCommit(outcome.kind);
}

export function problemOfSignUpRefusal(refusal: SignUpRefusal): Problem {
  switch (refusal.code) {
    case 'mail-not-set-up':
      return {
        code: 'MAIL_NOT_SET_UP',
        message:
          'Nobody can sign up here: this server sends no messages. Set OPTIO_SMTP_URL and OPTIO_MAIL_FROM, and start it again.',
      };
    case 'subscription-unknown':
      return wrongType('SUBSCRIPTION_UNKNOWN', refusal, 'which this account has no subscription definition for');
    case 'subscription-inactive':
      return wrongType('SUBSCRIPTION_INACTIVE', refusal, 'whose subscription definition is inactive');
    case 'subscription-internal':
      return wrongType('FIELD_INVALID', refusal, 'which is internal: contacts are not shown it');
    case 'several-brands':
      return wrongType('FIELD_INVALID', refusal, 'which is of another brand than the first one');
  }
}

function wrongType(code: Problem['code'], { subscriptionId }: { subscriptionId: number }, why: string): Problem {
  return {
    code,
    message: `"subscriptionIds" names ${subscriptionId}, ${why}. Allowed: the ids of active definitions of one brand that are not internal.`,
    in: 'subscriptionIds',
  };
}
