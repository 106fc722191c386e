/** The form to sign up with: on a page of its own, or on somebody's site, from where it is posted here. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { definitionsShown } from '../../actions/act-by-link.ts';
import type { Context } from '../../actions/context.ts';
import type { OpenLink } from '../../actions/open-link.ts';
import { signUp } from '../../actions/sign-up.ts';
import { parseAddress } from '../../domain/address.ts';
import type { TextShown } from '../../domain/evidence.ts';
import type { Frame, View } from '../../pages/views.ts';
import { sendProblem } from '../errors.ts';
import { problemOfSignUp, problemOfSignUpRefusal } from '../sign-up-refusals.ts';
import { frameOf, loadPages, sendPage, tokenOf } from './drawing.ts';
import { type Form, fieldOf, formOf } from './forms.ts';
import { observe } from './observe.ts';

type Refused = Extract<View, { page: 'sign-up' }>['refused'];

const BAD_REQUEST = 400;
/** As long as an address may be: more is not shown again. */
const MAX_SHOWN = 254;

export async function showSignUpPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: OpenLink,
): Promise<FastifyReply> {
  if (!context.outbox) return sendProblem(request, reply, problemOfSignUpRefusal({ code: 'mail-not-set-up' }));
  return sendForm(request, reply, link, null);
}

/** Records what was asked for. The answer is the same whoever it is; what follows is a message to the address. */
export async function postSignUp(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: OpenLink,
): Promise<FastifyReply> {
  const form = formOf(request);
  const email = fieldOf(form, 'email') ?? '';
  const address = parseAddress(email);
  if (!address) return sendForm(request, reply, link, { email, why: 'address' });
  const subscriptionIds = chosenOf(form, link);
  if (subscriptionIds.length === 0) return sendForm(request, reply, link, { email, why: 'no-type' });
  const frame = await frameOf(request, link);
  const outcome = await signUp(context, link.accountId, {
    address,
    subscriptionIds,
    request: {
      language: frame.language,
      request: observe(request),
      consent: await consentShown(form, frame),
      appId: null,
    },
  });
  if (outcome.kind !== 'recorded') return sendProblem(request, reply, problemOfSignUp(outcome));
  return sendPage(reply, { ...frame, languagePath: null }, { page: 'check-inbox', address: address.shown });
}

/** What the link offers, as far as it is still sent. */
function offeredBy(link: OpenLink) {
  return definitionsShown(link).filter(({ id }) => link.claims.subscriptionIds.includes(id));
}

/** Of what is offered, what was ticked; all of it where there is only one. */
function chosenOf(form: Form, link: OpenLink): number[] {
  const offered = offeredBy(link).map(({ id }) => id);
  const ticked = new Set(form.get('type'));
  return offered.length === 1 ? offered : offered.filter((id) => ticked.has(String(id)));
}

/** The text that the form showed, where it was ours and still stands; of others nothing is known. */
async function consentShown(form: Form, frame: Frame): Promise<TextShown | null> {
  const { consentOf } = await loadPages();
  const consent = consentOf(frame);
  return fieldOf(form, 'consent') === consent.version ? { ...consent, language: frame.language } : null;
}

async function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  link: OpenLink,
  refused: Refused,
): Promise<FastifyReply> {
  const { typeInLanguage } = await loadPages();
  const frame = await frameOf(request, link);
  const types = offeredBy(link).map((definition) => typeInLanguage(definition, frame.language));
  const shown = refused && { ...refused, email: refused.email.slice(0, MAX_SHOWN).toWellFormed() };
  const view = { page: 'sign-up', types, refused: shown, action: tokenOf(request) } as const;
  return sendPage(reply, frame, view, refused ? BAD_REQUEST : 200);
}
