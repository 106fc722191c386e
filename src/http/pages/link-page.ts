/** `/l/{token}`: what a link leads to. A GET only shows; what changes anything is posted. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { type ContactLink, openLink } from '../../actions/open-link.ts';
import type { LinkPurpose } from '../../domain/link.ts';
import { endpoint, HTML } from '../endpoint.ts';
import { sendNeutralPage, sendTrouble, tokenOf } from './drawing.ts';
import { postPreferences, showPreferencePage } from './preference-page.ts';
import { showUnsubscribePage, unsubscribe } from './unsubscribe-page.ts';

type Answer = (
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
) => Promise<FastifyReply>;

/** What each link shows, and what it does: nothing else than what it was made for. */
const PAGES: Readonly<Partial<Record<LinkPurpose, { show: Answer; post: Answer }>>> = {
  manage: { show: showPreferencePage, post: postPreferences },
  unsubscribe: { show: showUnsubscribePage, post: unsubscribe },
  'unsubscribe-all': { show: showUnsubscribePage, post: unsubscribe },
};

const GONE = 410;
const UNKNOWN = 404;

async function answerLink(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  part: 'show' | 'post',
): Promise<FastifyReply> {
  const outcome = await openLink(context, tokenOf(request));
  const pages = outcome.kind === 'contact' ? PAGES[outcome.link.claims.purpose] : undefined;
  if (outcome.kind === 'contact' && pages) return pages[part](context, request, reply, outcome.link);
  const why = outcome.kind === 'bad' ? outcome.why : 'unknown';
  return sendNeutralPage(request, reply, { page: 'bad-link', why }, why === 'unknown' ? UNKNOWN : GONE);
}

const tags = ['Pages'];
const params = {
  type: 'object',
  required: ['token'],
  // Of any text: what is no link gets the page that says so.
  properties: { token: { type: 'string', description: 'The link that was made for a contact.' } },
} as const;
const page = { tellProblem: sendTrouble };

export const showLinkEndpoint = endpoint(
  {
    operationId: 'show-link',
    summary: "A contact's page",
    description:
      'Shows what the link is for: the preference page, or the question whether something shall end. Changes nothing, however often and by whomever it is opened.',
    tags,
    params,
    response: { 200: HTML },
  },
  (context, request, reply) => answerLink(context, request, reply, 'show'),
  { page },
);

export const postLinkEndpoint = endpoint(
  {
    operationId: 'post-link',
    summary: 'What a contact decides',
    description:
      'Takes the forms of the pages, and the one click of mail programs (RFC 8058): `List-Unsubscribe=One-Click`, urlencoded or multipart. Saying the same again changes nothing.',
    tags,
    params,
    response: { 200: HTML },
  },
  (context, request, reply) => answerLink(context, request, reply, 'post'),
  { page },
);
