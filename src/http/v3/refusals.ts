/** What v3 refuses, in HubSpot's own words: clients match on them. */
import type { Address } from '../../domain/address.ts';
import type { EffectiveStatus, State } from '../../domain/preferences.ts';
import type { Problem } from '../errors.ts';

/** Why a contact's status was not set to what was `asked`: it stands as it does. */
export function problemOfStanding(asked: State, { definition, state }: EffectiveStatus, { shown }: Address): Problem {
  const { id } = definition;
  if (asked === 'UNSUBSCRIBED') {
    return {
      code: 'ALREADY_UNSUBSCRIBED',
      message: `${shown} is already unsubscribed from subscription ${id}`,
      in: 'subscriptionId',
    };
  }
  return state === 'SUBSCRIBED'
    ? {
        code: 'ALREADY_SUBSCRIBED',
        message: `${shown} is already subscribed to subscription ${id}`,
        in: 'subscriptionId',
      }
    : {
        code: 'HAS_UNSUBSCRIBED',
        message: `Subscription ${id} for ${shown} cannot be updated because they have unsubscribed`,
        in: 'subscriptionId',
      };
}

/** Why a body cannot be read as a change: it lacks the named fields. */
export function problemOfMissing(fields: readonly string[]): Problem {
  return {
    code: 'FIELD_REQUIRED',
    message: `Invalid input JSON on line 1, column 2: Cannot build PublicUpdateSubscriptionStatusRequest, some of required attributes are not set [${fields.join(', ')}]`,
    in: fields[0],
  };
}
