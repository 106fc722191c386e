/** An event of the change feed as a plain resource: what it says, and of whom. */
import { parseAddress } from '../domain/address.ts';
import type { Catalog } from '../domain/catalog.ts';
import { describeGrounds, describeSubject } from './describe-history.ts';
import type { FeedEvent } from './event-feed.ts';

export function describeFeedEvent(said: FeedEvent, catalog: Catalog) {
  const { event, body, address } = said;
  const { eventId, ...subject } = describeSubject(said, catalog);
  const set = body.type === 'STATUS_SET' ? body : null;
  return {
    eventId,
    subscriberIdString: address === null ? null : (parseAddress(address)?.shown ?? address),
    subscriberKey: event.subscriberKey,
    ...subject,
    from: set?.from ?? null,
    to: set?.to ?? null,
    ...describeGrounds(said),
  };
}
