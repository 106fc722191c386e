/** `/l/{token}`: what a link leads to. A GET only shows; what changes anything is posted. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { type ContactLink, type OpenLink, openLink } from '../../actions/open-link.ts';
import type { LinkPurpose } from '../../domain/link.ts';
import { endpoint, HTML } from '../endpoint.ts';
import { confirm, showConfirmPage } from './confirm-page.ts';
import { sendBadLink, sendTrouble, tokenOf } from './drawing.ts';
import { postPreferences, showPreferencePage } from './preference-page.ts';
import { postSignUp, showSignUpPage } from './sign-up-page.ts';
import { showUnsubscribePage, unsubscribe } from './unsubscribe-page.ts';

type Answer<Link> = (
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: Link,
) => Promise<FastifyReply>;
type Pages<Link> = Readonly<Partial<Record<LinkPurpose, { show: Answer<Link>; post: Answer<Link> }>>>;

/** What each link of a contact shows, and what it does: nothing else than what it was made for. */
const PAGES: Pages<ContactLink> = {
  manage: { show: showPreferencePage, post: postPreferences },
  unsubscribe: { show: showUnsubscribePage, post: unsubscribe },
  'unsubscribe-all': { show: showUnsubscribePage, post: unsubscribe },
  confirm: { show: showConfirmPage, post: confirm },
};

/** The same of links that are nobody's. */
const PUBLIC_PAGES: Pages<OpenLink> = {
  'sign-up': { show: showSignUpPage, post: postSignUp },
};

async function answerLink(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  part: 'show' | 'post',
): Promise<FastifyReply> {
  const outcome = await openLink(context, tokenOf(request));
  const answered =
    outcome.kind === 'contact'
      ? PAGES[outcome.link.claims.purpose]?.[part](context, request, reply, outcome.link)
      : outcome.kind === 'anybody'
        ? PUBLIC_PAGES[outcome.link.claims.purpose]?.[part](context, request, reply, outcome.link)
        : undefined;
  return answered ?? sendBadLink(request, reply, outcome.kind === 'bad' ? outcome.why : 'unknown');
}

const tags = ['Pages'];
const params = {
  type: 'object',
  required: ['token'],
  // Of any text: what is no link gets the page that says so.
  properties: { token: { type: 'string', description: 'The link that was made for a contact.' } },
} as const;
const traits = { dialect: { tellProblem: sendTrouble } };

export const showLinkEndpoint = endpoint(
  {
    operationId: 'show-link',
    summary: "A contact's page",
    description:
      'Shows what the link is for: the preference page, the question whether something shall end or begin, or a form to sign up with. Changes nothing, however often and by whomever it is opened.',
    tags,
    params,
    response: { 200: HTML },
  },
  (context, request, reply) => answerLink(context, request, reply, 'show'),
  traits,
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
  traits,
);
