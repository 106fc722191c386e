/** `/oauth/consent/{uid}`: an operator reads what an app asks for, and decides. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsentOutcome } from '../../actions/authorization-server.ts';
import { type ConsentQuestion, readConsentQuestion } from '../../actions/consent-question.ts';
import type { Context } from '../../actions/context.ts';
import type { Account } from '../../domain/catalog.ts';
import type { ConsentProblem, OperatorView } from '../../pages/operator-views.ts';
import { endpoint, HTML } from '../endpoint.ts';
import { fieldOf, formOf } from '../pages/forms.ts';
import { isForeign, isProven, proofOf } from './form-origin.ts';
import { operatorPage, sendForeignForm, sendOperatorPage, shown } from './operator-pages.ts';
import { type BrowserSession, sessionOf } from './operator-session.ts';

const GONE = 410;
/** Of asking again. */
const STATUS_OF = { 'no-account': 400, 'id-taken': 409, 'signed-in-anew': 403 } as const;

/** A question, and who is asked. */
interface Asking extends ConsentQuestion {
  readonly uid: string;
  readonly session: BrowserSession;
}

/** Null where it is over, another browser's, or nobody is signed in. */
async function askingOf(context: Context, request: FastifyRequest): Promise<Asking | null> {
  const { uid } = request.params as { uid: string };
  const session = await sessionOf(context, request);
  if (!session) return null;
  const question = await readConsentQuestion(context, session.operator, uid, request.headers.cookie);
  return question && { ...question, uid, session };
}

async function showConsent(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asking = await askingOf(context, request);
  return asking ? sendQuestion(request, reply, asking) : sendNoRequest(request, reply);
}

async function postConsent(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (isForeign(context, request)) return sendForeignForm(context, request, reply);
  const asking = await askingOf(context, request);
  if (!asking) return sendNoRequest(request, reply);
  if (!isProven(request, asking.session, purposeOf(asking))) {
    return sendQuestion(request, reply, asking, { kind: 'signed-in-anew' });
  }
  switch (fieldOf(formOf(request), 'do')) {
    case 'approve':
      return approve(context, request, reply, asking);
    case 'refuse':
      return goOn(request, reply, asking, await (await context.authorizationServer()).deny(...named(request, asking)));
    default:
      return sendQuestion(request, reply, asking);
  }
}

async function approve(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
): Promise<FastifyReply> {
  const account = accountChosen(request, asking);
  if (!account) return sendQuestion(request, reply, asking, { kind: 'no-account' });
  const server = await context.authorizationServer();
  const outcome = await server.approve(...named(request, asking), {
    operator: asking.session.operator,
    accountId: account.id,
    optional: asking.request.optional.filter((scope) => isTicked(request, scope)),
  });
  if (outcome.kind !== 'id-taken') return goOn(request, reply, asking, outcome);
  return sendQuestion(request, reply, asking, { kind: 'id-taken', accountName: account.name });
}

/** By what the authorization server knows a question. */
function named(request: FastifyRequest, { uid }: Asking): [uid: string, cookies: string | undefined] {
  return [uid, request.headers.cookie];
}

function goOn(
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  outcome: ConsentOutcome,
): Promise<FastifyReply> {
  if (outcome.kind !== 'answered') return sendNoRequest(request, reply);
  const view = { page: 'going-back', appName: asking.request.app.app.name, url: outcome.continueAt } as const;
  return sendOperatorPage(request, reply, view);
}

function sendNoRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return sendOperatorPage(request, reply, { page: 'no-request' }, { status: GONE });
}

/** Asks, or asks again; then what was chosen stays so. */
function sendQuestion(
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  problem: ConsentProblem | null = null,
): Promise<FastifyReply> {
  const path = `./${encodeURIComponent(asking.uid)}`;
  const status = problem ? STATUS_OF[problem.kind] : 200;
  return sendOperatorPage(request, reply, viewOf(request, asking, path, problem), { status, languagePath: path });
}

function viewOf(request: FastifyRequest, asking: Asking, path: string, problem: ConsentProblem | null): OperatorView {
  const { app, redirectUri, required, optional, unknown } = asking.request;
  const parts = {
    appName: app.app.name,
    signedIn: shown(asking.session, '../sign-out'),
    answer: { action: path, fields: proofOf(asking.session, purposeOf(asking)) },
  };
  if (asking.accounts.length === 0) return { page: 'no-account', ...parts };
  const isFirst = problem === null || problem.kind === 'signed-in-anew';
  return {
    page: 'consent',
    ...parts,
    ownerName: asking.owner?.name ?? null,
    returnHost: new URL(redirectUri).host,
    required,
    optional: optional.map((scope) => ({
      scope,
      isTicked: isFirst ? scope !== 'optio.admin' : isTicked(request, scope),
    })),
    unknown,
    accounts: asking.accounts,
    chosenAccountId: isFirst ? null : (accountChosen(request, asking)?.id ?? null),
    problem,
  };
}

/** Of those that the operator may act for. */
function accountChosen(request: FastifyRequest, { accounts }: Asking): Account | undefined {
  const chosen = fieldOf(formOf(request), 'account');
  return accounts.find(({ id }) => String(id) === chosen);
}

function isTicked(request: FastifyRequest, scope: string): boolean {
  return formOf(request).get('scope')?.includes(scope) ?? false;
}

/** What the form's proof is made for: this question alone. */
function purposeOf({ uid }: Asking): string {
  return `consent ${uid}`;
}

const tags = ['OAuth'];
const params = {
  type: 'object',
  required: ['uid'],
  properties: { uid: { type: 'string', description: 'Names what an app asks for, within one browser.' } },
} as const;

export const showConsentEndpoint = endpoint(
  {
    operationId: 'show-consent',
    summary: 'What an app asks for',
    description:
      'Shows the operator who is signed in which app asks for which scopes, to choose an account. Changes nothing.',
    tags,
    params,
    response: { 200: HTML },
  },
  showConsent,
  operatorPage,
);

export const postConsentEndpoint = endpoint(
  {
    operationId: 'answer-consent',
    summary: 'Approve or refuse',
    description: "Takes the form of that page, and leads back to the app. Forms of other sites' pages are refused.",
    tags,
    params,
    response: { 200: HTML },
  },
  postConsent,
  operatorPage,
);
