/** `/oauth/authorize`: where an app sends a browser, for an operator to say whether it may act for an account. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { endpoint } from '../endpoint.ts';
import { askServer, passOn, refusalIn } from './answering.ts';
import { operatorPage, sendOAuthProblem } from './operator-pages.ts';
import { operatorOf } from './operator-session.ts';
import { signInUrl } from './sign-in-page.ts';

const tags = ['OAuth'];

const QUERY = {
  type: 'object',
  properties: {
    client_id: { description: "The app's client id." },
    redirect_uri: { description: 'One of those that the app is registered with, to the letter.' },
    scope: { description: 'What the app cannot do without: scopes, parted by spaces.' },
    optional_scope: { description: 'What it would like besides; an operator may leave it out.' },
    state: { description: 'Comes back as it is.' },
    response_type: { description: 'code, which may be left out.' },
    code_challenge: { description: 'PKCE (RFC 7636): the code then needs the verifier, too.' },
    code_challenge_method: { description: 'S256.' },
  },
} as const;

export const authorizeEndpoint = endpoint(
  {
    operationId: 'authorize',
    summary: 'Ask for consent',
    description:
      'An app sends a browser here. An operator signs in, sees what the app asks for, chooses the account, and approves or refuses; the browser then goes back to the app with a code, or with an error.',
    tags,
    querystring: QUERY,
    response: { 303: { description: 'To sign in, or to the page that asks for consent.', type: 'null' } },
  },
  async (context, request, reply) => {
    const asksNobody = new URLSearchParams(request.url.split('?')[1]).get('prompt') === 'none';
    const operator = asksNobody || (await operatorOf(context, request));
    if (!operator) return reply.redirect(signInUrl(context, request.url), 303);
    return answerBrowser(context, request, reply);
  },
  operatorPage,
);

export const resumeEndpoint = endpoint(
  {
    operationId: 'resume-authorization',
    summary: 'Go back to the app',
    description: 'Where the browser goes once an operator has approved or refused: it is sent back to the app.',
    tags,
    params: { type: 'object', required: ['uid'], properties: { uid: { type: 'string' } } },
    response: { 303: { description: 'Back to the app.', type: 'null' } },
  },
  (context, request, reply) => answerBrowser(context, request, reply),
  operatorPage,
);

/** What cannot be said to the app by going back to it is said to the person. */
async function answerBrowser(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = await askServer(context, request);
  const refusal = refusalIn(answer);
  return refusal ? sendOAuthProblem(request, reply, refusal) : passOn(request, reply, answer);
}
