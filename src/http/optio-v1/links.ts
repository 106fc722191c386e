/** `/optio/v1/links`: a whole mailing's links, and taking a contact's links back. */
import { describeMailingLinks } from '../../actions/describe-links.ts';
import { makeLinks } from '../../actions/make-links.ts';
import { revokeLinks } from '../../actions/open-link.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { instant } from '../instant.ts';
import { inputError, isProblem, notAnAddress, problemOfLinks, readLanguage } from '../refusals.ts';
import { envelope } from '../v4/answer-schemas.ts';
import { addressInputs, inOrder } from '../v4/inputs.ts';
import { complete } from '../v4/rendering.ts';
import { BATCH_LINKS_BODY, CONTACT_LINKS, LINKS_REVOKED, REVOKE_LINKS_BODY } from './link-schemas.ts';
import { sentId } from './sent-id.ts';

const tags = ['Links'];

export const batchLinksEndpoint = endpoint(
  {
    operationId: 'batch-links',
    summary: "Make a mailing's links",
    description:
      'For each contact the links of links/generate, and the header values by which mail programs offer to unsubscribe. Nothing is stored. An input that is no e-mail address spoils only itself: errors says so.',
    tags,
    body: BATCH_LINKS_BODY,
    response: { 200: envelope('BatchLinks', CONTACT_LINKS) },
  },
  async (context, request, reply) => {
    const { body } = request;
    const shared = readLanguage(body.language);
    if (isProblem(shared)) return sendProblem(request, reply, shared);
    const { accepted, errors } = addressInputs(body.inputs, (input) => input);
    const wishes = accepted.flatMap(({ index, input, address }) => {
      const language = readLanguage(input.language);
      if (!isProblem(language)) return { address, language: language ?? shared };
      errors.set(index, inputError(language, input, index));
      return [];
    });
    const { accountId } = principalOf(request);
    const mailing = {
      businessUnitId: sentId(body.businessUnitId) ?? null,
      subscriptionId: sentId(body.subscriptionId) ?? null,
    };
    const outcome = await makeLinks(context, accountId, mailing, wishes);
    if (outcome.kind === 'refused') return sendProblem(request, reply, problemOfLinks(outcome.refusal));
    const message = { mailing, brand: outcome.brand, siteUrl: context.site.url };
    const results = outcome.links.map((links, place) => describeMailingLinks(message, wishes[place]!, links));
    return complete(context, request, results, inOrder(errors));
  },
  { changesNothing: true },
);

export const revokeLinksEndpoint = endpoint(
  {
    operationId: 'revoke-links',
    summary: "Take a contact's links back",
    description:
      'Makes every link void that was made for the contact up to now, for instance because a message went astray. Links that are made later work.',
    tags,
    body: REVOKE_LINKS_BODY,
    response: { 200: LINKS_REVOKED },
  },
  async (context, request, reply) => {
    const { subscriberIdString } = request.body;
    const address = parseAddress(subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(subscriberIdString));
    const revokedThrough = await revokeLinks(context, principalOf(request).accountId, address);
    return { subscriberIdString: address.shown, revokedThrough: instant(revokedThrough) };
  },
);
