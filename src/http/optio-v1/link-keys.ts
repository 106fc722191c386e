/** `/optio/v1/link-keys`: what the account's links are sealed with. */
import { describeLinkKey } from '../../actions/describe-catalog.ts';
import { invalid } from '../../actions/manage-checks.ts';
import { listLinkKeys, rotateLinkKey } from '../../actions/manage-link-keys.ts';
import { refused } from '../../actions/manage-outcome.ts';
import { parseInstant } from '../../actions/parse-instant.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer } from './answering.ts';
import { LINK_KEY, LINK_KEY_POST } from './link-schemas.ts';
import { listOf } from './schemas.ts';

const tags = ['Links'];

export const listLinkKeysEndpoint = endpoint(
  {
    operationId: 'list-link-keys',
    summary: 'List link keys',
    description: "The keys that the account's links are sealed with, the oldest first. The last one seals new links.",
    tags,
    response: { 200: listOf('LinkKeys', LINK_KEY) },
  },
  async (context, request, reply) => {
    const outcome = await listLinkKeys(context, principalOf(request).accountId);
    return answer(request, reply, outcome, (keys) => ({ results: keys.map(describeLinkKey) }));
  },
);

export const postLinkKeyEndpoint = endpoint(
  {
    operationId: 'rotate-link-key',
    summary: 'Exchange the link key',
    description: 'Seals new links with a new key, and says how long the links of those before it work.',
    tags,
    body: LINK_KEY_POST,
    response: { 201: { ...LINK_KEY, description: 'The key that seals links from now on.' } },
  },
  async (context, request, reply) => {
    const { othersRetireAt: sent } = request.body;
    const othersRetireAt = sent === null || sent === 'now' ? sent : parseInstant(sent);
    const outcome =
      sent !== null && othersRetireAt === null
        ? refused(invalid('othersRetireAt', 'must be an ISO 8601 instant such as 2027-01-31T12:00:00Z, now, or null'))
        : await rotateLinkKey(context, principalOf(request).accountId, othersRetireAt);
    if (outcome.kind === 'done') reply.code(201);
    return answer(request, reply, outcome, describeLinkKey);
  },
);
