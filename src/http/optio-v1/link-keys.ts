/** `/optio/v1/link-keys`: what the account's links are sealed with. */
import { describeLinkKey } from '../../actions/describe-catalog.ts';
import { listLinkKeys, rotateLinkKey } from '../../actions/manage-link-keys.ts';
import { done, type ManageOutcome, whereDone } from '../../actions/manage-outcome.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer } from './answering.ts';
import { LINK_KEY, LINK_KEY_POST } from './link-schemas.ts';
import { listOf } from './schemas.ts';
import { sentInstant } from './sent-instant.ts';

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
    const outcome = await whereDone(sentEnd(request.body.othersRetireAt), (othersRetireAt) =>
      rotateLinkKey(context, principalOf(request).accountId, othersRetireAt),
    );
    if (outcome.kind === 'done') reply.code(201);
    return answer(request, reply, outcome, describeLinkKey);
  },
);

function sentEnd(sent: string | null): ManageOutcome<number | 'now' | null> {
  return sent === null || sent === 'now' ? done(sent) : sentInstant('othersRetireAt', sent, ', now, or null');
}
