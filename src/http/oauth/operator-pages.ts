/** Sends the pages that operators see. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { PLAIN_LOOK } from '../../domain/brand-look.ts';
import type { OperatorView, SignedIn } from '../../pages/operator-views.ts';
import { ERRORS, type Problem, sendErrorBody } from '../errors.ts';
import { languageOf, loadPages, sendPage } from '../pages/drawing.ts';
import { proofOf } from './form-origin.ts';
import type { BrowserSession } from './operator-session.ts';

const BAD_REQUEST = 400;
const FORBIDDEN = 403;

interface Sending {
  readonly status?: number;
  /** Where a GET shows this page, relative to where it is. */
  readonly languagePath?: string;
}

export async function sendOperatorPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: OperatorView,
  { status = 200, languagePath }: Sending = {},
): Promise<FastifyReply> {
  const { operatorFrame } = await loadPages();
  const language = await languageOf(request, { linked: null, look: PLAIN_LOOK });
  return sendPage(reply, operatorFrame(language, languagePath ?? null), view, status);
}

/** What an app did wrong, where it cannot be told by going back to it. */
export function sendOAuthProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { error, error_description = '' }: { readonly error: string; readonly error_description?: string },
): Promise<FastifyReply> {
  const view = { page: 'oauth-problem', code: error, description: error_description } as const;
  return sendOperatorPage(request, reply, view, { status: BAD_REQUEST });
}

export function sendForeignForm(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return sendOperatorPage(request, reply, { page: 'foreign-form', url: context.site.url }, { status: FORBIDDEN });
}

/** A problem of ours, to people: that they may try again. */
function sendOperatorTrouble(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  reply.headers(problem.headers ?? {});
  const sending = { status: ERRORS[problem.code].status, languagePath: pathHere(request) };
  sendOperatorPage(request, reply, { page: 'operator-trouble' }, sending).catch(() => {
    // Not even the page can be drawn: then in the words that programs get.
    sendErrorBody(request, reply, problem);
  });
}

/** How all of them are served. */
export const operatorPage = { dialect: { tellProblem: sendOperatorTrouble } };

/** The request's own path and query, relative to itself. */
function pathHere({ url }: FastifyRequest): string {
  const [path = '', query] = url.split(/\?(.*)/s);
  return `./${path.split('/').at(-1)}${query ? `?${query}` : ''}`;
}

export const SIGN_OUT = 'sign-out';

/** Who is signed in, for a page; `signOutPath` is relative to it. */
export function shown(session: BrowserSession, signOutPath: string): SignedIn {
  const signOut = { action: signOutPath, fields: proofOf(session, SIGN_OUT) };
  return { email: session.operator.email, signOut };
}
