/**
 * What an attempt that was cut off had changed already. Its answer was lost, its events were not: each says which request it
 * came of, and the replay says what that request was decided on. So it can be answered as it would have been.
 */
import type { Catalog } from '../domain/catalog.ts';
import { decide } from '../domain/decide.ts';
import type { EventBody, ReplayStep } from '../domain/ledger.ts';
import type { Actor, ChangeRequest, Outcome } from '../domain/outcome.ts';
import { channelPreferences } from '../domain/preferences.ts';
import type { SubscriberStore } from '../storage/port.ts';
import type { WantedChanges } from './gathering.ts';
import { readLedger } from './read-ledger.ts';

/**
 * For each change in its order: what came of it, where it was carried out at `since` (epoch milliseconds) or later; null where it is
 * still to be decided. Rejects with `LedgerBroken` where a contact's ledger is.
 */
export async function changesMadeBefore(
  subscribers: Pick<SubscriberStore, 'load' | 'history'>,
  catalog: Catalog,
  { actor, changes }: WantedChanges,
  since: number,
): Promise<(Outcome | null)[]> {
  const outcomes = new Array<Outcome | null>(changes.length).fill(null);
  const ofContacts = Map.groupBy(changes.keys(), (place) => changes[place]!.ref.subscriberKey);
  for (const places of ofContacts.values()) {
    const steps = await readLedger(subscribers, changes[places[0]!]!.ref);
    const made = steps.filter(({ event, body }) => event.occurredAt >= since && isBy(actor, body));
    const requests = places.map((place) => changes[place]!.request);
    for (const [index, outcome] of retrace(made, requests, actor, catalog).entries())
      outcomes[places[index]!] = outcome;
  }
  return outcomes;
}

function isBy({ appId, source }: Actor, body: EventBody): boolean {
  return body.appId === appId && body.source === source;
}

/** What came of one contact's requests, where `made` came of them; nulls where none of it did. */
function retrace(
  made: readonly ReplayStep[],
  requests: readonly ChangeRequest[],
  actor: Actor,
  catalog: Catalog,
): (Outcome | null)[] {
  let followed = 0;
  const outcomes = requests.map((request) => {
    const step = made[followed];
    if (!step) return null;
    const { before, after, event, body } = step;
    const decision = decide(before, request, actor, catalog, event.occurredAt);
    // It found things so already, or was refused: it left no event, and was decided before those that did.
    if (!decision.event) return decision.conclude(channelPreferences(before.preferences, request.channel));
    if (subjectOf(decision.event.body) !== subjectOf(body)) return null;
    followed += 1;
    return decision.conclude(channelPreferences(after.preferences, request.channel));
  });
  return followed > 0 ? outcomes : requests.map(() => null);
}

/** What an event decides, as text. */
function subjectOf(body: EventBody): string {
  switch (body.type) {
    case 'STATUS_SET':
      return [body.type, body.channel, body.subscriptionId, body.to].join();
    case 'OPTED_OUT_OF_ALL':
    case 'OPT_OUT_WITHDRAWN':
      return [body.type, body.channel, body.businessUnitId].join();
    case 'ERASED':
    case 'EVIDENCE_EXPIRED':
      return body.type;
  }
}
