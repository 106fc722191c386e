/** A contact's links as plain resources: what the APIs answer and `--json` prints. */

import type { BusinessUnit } from '../domain/catalog.ts';
import { mailingHeaders } from './mailing-headers.ts';
import type { ContactLinks, LinkWish, Mailing } from './make-links.ts';

/** In HubSpot's words. */
export function describeLinks({ address }: LinkWish, { manage, unsubscribeAll, unsubscribe }: ContactLinks) {
  return {
    subscriberIdString: address.shown,
    managePreferencesUrl: manage,
    unsubscribeAllUrl: unsubscribeAll,
    ...(unsubscribe !== null && { unsubscribeSingleUrl: unsubscribe }),
  };
}

/** Whose messages the links go into. */
export interface MessagesOf {
  readonly mailing: Mailing;
  readonly brand: BusinessUnit;
  readonly siteUrl: string;
}

/** With the headers of the message to that contact. */
export function describeMailingLinks({ mailing, brand, siteUrl }: MessagesOf, wish: LinkWish, links: ContactLinks) {
  const oneClickUrl = links.unsubscribe ?? links.unsubscribeAll;
  const shared = { look: brand.look, businessUnitId: brand.id, subscriptionId: mailing.subscriptionId, siteUrl };
  return { ...describeLinks(wish, links), headers: mailingHeaders({ ...shared, oneClickUrl }) };
}
