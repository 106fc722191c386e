/** `/oauth/sign-in` and `/oauth/sign-out`: operators come and go. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { type SignInOutcome, signIn, signOut } from '../../actions/sign-in.ts';
import type { OperatorView, SignInProblem } from '../../pages/operator-views.ts';
import { endpoint, HTML } from '../endpoint.ts';
import { fieldOf, formOf } from '../pages/forms.ts';
import { isForeign, isProven } from './form-origin.ts';
import { operatorPage, SIGN_OUT, sendForeignForm, sendOperatorPage, shown } from './operator-pages.ts';
import { dropSecret, keepSecret, secretIn, sessionOf } from './operator-session.ts';

/** The only place that signing in goes on to: an app's request, in visible ASCII characters. */
const AUTHORIZATION = /^\/oauth\/authorize\?[!-~]*$/;
/** As long as an address may be: more is not shown again. */
const MAX_SHOWN = 254;
const MINUTE_MS = 60_000;
const BUSY_SECONDS = 5;

/** Where somebody signs in to go on to `url`, a path and query of `/oauth/authorize`. */
export function signInUrl(context: Context, url: string): string {
  return `${pathOf(context)}/oauth/sign-in?continue=${encodeURIComponent(url)}`;
}

/** Of the site, without a slash at its end. */
function pathOf({ site }: Context): string {
  return new URL(site.url).pathname.replace(/\/$/, '');
}

/** The path and query to go on to, without the site's own path; null where there is none, or one that is not ours. */
function continueOf(context: Context, { query }: FastifyRequest): string | null {
  const [asked = ''] = [(query as { continue?: string | string[] } | null)?.continue ?? ''].flat();
  const site = pathOf(context);
  const inside = asked.startsWith(`${site}/`) ? asked.slice(site.length) : asked;
  return [asked, inside].find((path) => AUTHORIZATION.test(path)) ?? null;
}

async function showSignIn(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = continueOf(context, request) === null ? await sessionOf(context, request) : null;
  if (!session) return sendForm(context, request, reply, null);
  const view = { page: 'signed-in', signedIn: shown(session, './sign-out') } as const;
  return sendOperatorPage(request, reply, view, { languagePath: './sign-in' });
}

async function postSignIn(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (isForeign(context, request)) return sendForeignForm(context, request, reply);
  const form = formOf(request);
  const outcome = await signIn(context, {
    email: fieldOf(form, 'email') ?? '',
    password: fieldOf(form, 'password') ?? '',
    code: fieldOf(form, 'code'),
    callerAddress: request.callerAddress,
  });
  if (outcome.kind !== 'signed-in') return sendForm(context, request, reply, outcome);
  const earlier = secretIn(context, request);
  if (earlier !== null) await signOut(context, earlier);
  keepSecret(context, reply, outcome.secret, outcome.expiresAt);
  // Relative, so that it never leads to another host.
  const next = continueOf(context, request)?.replace('/oauth/', './') ?? './sign-in';
  return reply.header('Cache-Control', 'no-store').redirect(next, 303);
}

type Refused = Exclude<SignInOutcome, { kind: 'signed-in' }>;

/** The form, empty or with what was wrong; the password is never shown again. */
function sendForm(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  refused: Refused | null,
): Promise<FastifyReply> {
  const goOn = continueOf(context, request);
  const path = goOn === null ? './sign-in' : `./sign-in?continue=${encodeURIComponent(goOn)}`;
  const view: OperatorView = {
    page: 'sign-in',
    isForApp: goOn !== null,
    email: (fieldOf(formOf(request), 'email') ?? '').slice(0, MAX_SHOWN).toWellFormed(),
    problem: refused && problemOf(context, refused),
    form: { action: path, fields: [] },
  };
  const seconds = refused && secondsToWait(context, refused);
  if (seconds) reply.header('Retry-After', String(seconds));
  return sendOperatorPage(request, reply, view, { status: statusOf(refused), languagePath: path });
}

function problemOf({ clock }: Context, refused: Refused): SignInProblem {
  if (refused.kind !== 'too-many') return refused;
  const minutes = Math.max(1, Math.ceil((refused.tryAgainAt - clock()) / MINUTE_MS));
  return { kind: 'too-many', minutes };
}

function secondsToWait({ clock }: Context, refused: Refused): number | null {
  if (refused.kind === 'refused') return null;
  return refused.kind === 'too-busy' ? BUSY_SECONDS : Math.max(1, Math.ceil((refused.tryAgainAt - clock()) / 1_000));
}

function statusOf(refused: Refused | null): number {
  return refused === null ? 200 : { refused: 403, 'too-many': 429, 'too-busy': 503 }[refused.kind];
}

async function postSignOut(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (isForeign(context, request)) return sendForeignForm(context, request, reply);
  const session = await sessionOf(context, request);
  if (session && !isProven(request, session, SIGN_OUT)) {
    const view = { page: 'signed-in', signedIn: shown(session, './sign-out') } as const;
    return sendOperatorPage(request, reply, view, { status: 403 });
  }
  if (session) await signOut(context, session.secret);
  dropSecret(context, reply);
  return sendOperatorPage(request, reply, { page: 'signed-out' });
}

const tags = ['OAuth'];
const querystring = {
  type: 'object',
  properties: { continue: { description: "An app's request to `/oauth/authorize`, to go on to; others are ignored." } },
} as const;

export const showSignInEndpoint = endpoint(
  {
    operationId: 'show-sign-in',
    summary: 'The form to sign in',
    description: 'Shows operators the form, or, where they are signed in and no app waits, who they are.',
    tags,
    querystring,
    response: { 200: HTML },
  },
  showSignIn,
  operatorPage,
);

export const signInEndpoint = endpoint(
  {
    operationId: 'sign-in',
    summary: 'Sign in',
    description:
      "Signs an operator in for twelve hours, by e-mail address, password and, where it is set up, one-time code. Which of them was wrong is not said. Forms of other sites' pages are refused.",
    tags,
    querystring,
    form: {
      title: 'SignIn',
      type: 'object',
      required: ['email', 'password'],
      properties: { email: { type: 'string' }, password: { type: 'string' }, code: { type: 'string' } },
    },
    response: { 303: { description: "On to the app's request, or to who is signed in.", type: 'null' } },
  },
  postSignIn,
  operatorPage,
);

export const signOutEndpoint = endpoint(
  {
    operationId: 'sign-out',
    summary: 'Sign out',
    description: "Ends the browser's session, by the form of a page that it was shown.",
    tags,
    response: { 200: HTML },
  },
  postSignOut,
  operatorPage,
);
