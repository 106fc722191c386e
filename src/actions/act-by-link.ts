/** What contacts do by themselves, by a link that is theirs: read what they get, end it, bring it back. */
import { activeDefinitions, type SubscriptionDefinition } from '../domain/catalog.ts';
import { type Evidence, sourceOfAct, type TextShown, type TypeShown } from '../domain/evidence.ts';
import type { ChangeRequest, Outcome, StatusChange } from '../domain/outcome.ts';
import {
  type ChannelPreferences,
  channelPreferences,
  covers,
  type EffectiveStatus,
  effectiveStatus,
  type State,
} from '../domain/preferences.ts';
import type { CommitOutcome } from './committer.ts';
import type { Context } from './context.ts';
import type { ContactLink, OpenLink } from './open-link.ts';

/** The only channel there is. */
const CHANNEL = 'EMAIL';

/** An act as it was observed. `consent` is what was agreed to, where anything was. */
export type Observed = Pick<Evidence, 'act' | 'request' | 'consent'>;

/** What the contact said, of all brands. */
export async function readOwnPreferences(
  context: Context,
  { ref }: ContactLink,
): Promise<ChannelPreferences | 'overloaded'> {
  const found = await context.reader.load([ref]);
  return found === 'overloaded' ? found : channelPreferences(found[0] ?? {}, CHANNEL);
}

/** What holds for the brand's types that contacts are shown: the active ones that are not internal. */
export function statusesShown(link: OpenLink, preferences: ChannelPreferences): EffectiveStatus[] {
  return definitionsShown(link).map((definition) => effectiveStatus(preferences, definition));
}

export function definitionsShown({ catalog, brand }: OpenLink): SubscriptionDefinition[] {
  return activeDefinitions(catalog, brand.id).filter(({ isInternal }) => !isInternal);
}

/** Whether an opt-out of everything holds, of the link's brand or of the account. */
export function isOptedOut({ brand }: OpenLink, { optOuts }: ChannelPreferences): boolean {
  return optOuts.some((optOut) => covers(optOut, { businessUnitId: brand.id }));
}

/**
 * Whether the type is mailed as things stand. Of one that nobody spoke about the account's rule decides: with its data
 * privacy settings on it takes consent, without them it is mailed until somebody objects.
 */
export function isSent({ catalog }: OpenLink, { state }: EffectiveStatus): boolean {
  return state === 'SUBSCRIBED' || (state === 'NOT_SPECIFIED' && !catalog.account.dataPrivacy);
}

/** What "everything" means on a brand's pages: the account, where it has no other brand; otherwise the brand. */
function everythingOf({ catalog, brand }: OpenLink): number | null {
  return catalog.businessUnits.size === 1 ? null : brand.id;
}

/** "No more of this type." Saying it again changes nothing. */
export function ending(subscriptionId: number): ChangeRequest {
  return { ...changeTo('UNSUBSCRIBED', subscriptionId), evenInactive: true };
}

/** "Send me this type", agreeing to a text. */
export function beginning(subscriptionId: number, consent: TextShown): ChangeRequest {
  const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: consent.text } as const;
  return { ...changeTo('SUBSCRIBED', subscriptionId), ...evidence };
}

/** "I did not say anything about this type." */
export function forgetting(subscriptionId: number): ChangeRequest {
  return changeTo('NOT_SPECIFIED', subscriptionId);
}

function changeTo(state: State, subscriptionId: number): StatusChange {
  return {
    kind: 'status-change',
    channel: CHANNEL,
    subscriptionId,
    state,
    legalBasis: null,
    legalBasisExplanation: null,
  };
}

/** "Nothing at all any more." Saying it again changes nothing. */
export function endingEverything(link: OpenLink): ChangeRequest {
  return { kind: 'opt-out-of-all', channel: CHANNEL, businessUnitId: everythingOf(link), onlyOnce: true };
}

/** "I take that back." */
export function takingBackEverything(link: OpenLink): ChangeRequest {
  return { kind: 'opt-out-withdrawal', channel: CHANNEL, businessUnitId: everythingOf(link) };
}

/**
 * Carries out what the contact asked for, in one transaction, with how it was observed in the ledger. `shown` says how a
 * type stood on the page, where there was one. Resolves once it is durable.
 */
export function actByLink(
  context: Context,
  { accountId, address, ref, catalog }: ContactLink,
  observed: Observed,
  requests: readonly ChangeRequest[],
  shown?: (definition: SubscriptionDefinition) => TypeShown,
): Promise<CommitOutcome> {
  const actor = { appId: null, source: sourceOfAct(observed.act) };
  const changes = requests.map((request) => {
    const definition = request.kind === 'status-change' ? catalog.definitions.get(request.subscriptionId) : undefined;
    const evidence = definition && shown ? { ...observed, type: shown(definition) } : observed;
    return { ref, address, request, evidence };
  });
  if (changes.length === 0) return Promise.resolve({ kind: 'committed', outcomes: [] });
  return context.committer.submit({ accountId, actor, changes });
}

/** Whether an outcome says that something changed. */
export function hasChanged(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'status-set':
      return outcome.transition !== 'NO_STATUS_CHANGE';
    case 'opted-out-of-all':
    case 'opt-out-withdrawn':
      return outcome.isNew;
    case 'left-as-it-was':
    case 'refused':
      return false;
  }
}
