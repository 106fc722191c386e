/** `POST /links/generate`: the links by which one contact decides. Nothing is stored. */
import { describeLinks } from '../../actions/describe-links.ts';
import { makeLinks } from '../../actions/make-links.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readOptionalId } from '../query-types.ts';
import { isProblem, notAnAddress, problemOfLinks, readLanguage } from '../refusals.ts';
import { LINKS } from './answer-schemas.ts';
import { LINKS_BODY, LINKS_QUERY } from './request-schemas.ts';

export const generateLinksEndpoint = endpoint(
  {
    operationId: 'generate-links',
    summary: "Make a contact's links",
    description:
      "Makes the URLs of the pages where the contact chooses or unsubscribes. They are the contact's own and work without a login, so send them to nobody else.",
    tags: ['Links'],
    querystring: LINKS_QUERY,
    body: LINKS_BODY,
    response: { 200: LINKS },
  },
  async (context, request, reply) => {
    const { subscriberIdString, language: sentLanguage, subscriptionId } = request.body;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    const language = readLanguage(sentLanguage);
    if (isProblem(language)) return sendProblem(request, reply, language);
    const mailing = {
      businessUnitId: readOptionalId(request.query.businessUnitId),
      subscriptionId: subscriptionId == null ? null : Number(subscriptionId),
    };
    const wish = { address, language };
    const outcome = await makeLinks(context, principalOf(request).accountId, mailing, [wish]);
    if (outcome.kind === 'refused') return sendProblem(request, reply, problemOfLinks(outcome.refusal));
    return describeLinks(wish, outcome.links[0]!);
  },
  { changesNothing: true },
);
