/** What the API takes and answers of the change feed. Properties stand in the order in which answers hold them. */
import { STATES } from '../../domain/preferences.ts';
import { QUERY_ID, TEXT } from '../query-types.ts';
import { HISTORY } from './subscriber-schemas.ts';

/** Events a page. */
export const MAX_FEED_PAGE = 1_000;
export const USUAL_FEED_PAGE = 100;
export const MAX_WAIT_SECONDS = 30;

export const EVENTS_QUERY = {
  type: 'object',
  properties: {
    after: { ...TEXT, description: 'paging.next.after of the page before. Without it: from the first event on.' },
    limit: { ...QUERY_ID, description: `Events a page, 1 to ${MAX_FEED_PAGE}; ${USUAL_FEED_PAGE} by default.` },
    wait: {
      ...QUERY_ID,
      description: `Where there is no event yet, for how many seconds to wait for one, up to ${MAX_WAIT_SECONDS}; 0 by default.`,
    },
  },
} as const;

const { changes: _, eventId, version, occurredAt, type, ...rest } = HISTORY.properties.results.items.properties;
const { channel, businessUnitId, subscriptionId, ...grounds } = rest;
const STATE_OR_NULL = { type: ['string', 'null'], enum: [...STATES, null] } as const;

const FEED_EVENT = {
  eventId,
  subscriberIdString: {
    type: ['string', 'null'],
    description: "The contact's e-mail address as it is now, in lower case; null once erased.",
  },
  subscriberKey: {
    type: 'string',
    description: 'Names the contact, 32 hexadecimal digits; it stays when the address is erased.',
  },
  version,
  occurredAt,
  type,
  channel,
  businessUnitId,
  subscriptionId,
  from: { ...STATE_OR_NULL, description: 'What held for the type before; null where it was about everything.' },
  to: { ...STATE_OR_NULL, description: 'What the type was set to; null where it was about everything.' },
  ...grounds,
} as const;

export const EVENTS = {
  title: 'Events',
  type: 'object',
  additionalProperties: false,
  required: ['results', 'hasMore', 'paging'],
  properties: {
    results: {
      type: 'array',
      items: {
        title: 'FeedEvent',
        type: 'object',
        additionalProperties: false,
        required: Object.keys(FEED_EVENT) as (keyof typeof FEED_EVENT)[],
        properties: FEED_EVENT,
      },
    },
    hasMore: { type: 'boolean', description: 'Whether there is more to be read at once.' },
    paging: {
      title: 'FeedPaging',
      type: 'object',
      additionalProperties: false,
      required: ['next'],
      properties: {
        next: {
          title: 'NextEvents',
          type: 'object',
          additionalProperties: false,
          required: ['after'],
          properties: { after: { type: 'string', description: 'Where to read on. Opaque, and good for ever.' } },
        },
      },
    },
  },
} as const;
