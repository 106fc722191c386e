/** The page where contacts choose: what they get, a switch a type, and the way back. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as acts from '../../actions/act-by-link.ts';
import type { Context } from '../../actions/context.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import type { TextShown } from '../../domain/evidence.ts';
import type { EffectiveStatus } from '../../domain/preferences.ts';
import type { Frame, Notice, SwitchOnPage } from '../../pages/views.ts';
import { sendProblem } from '../errors.ts';
import { overloadedBy } from '../overload.ts';
import { problemOfCommit } from '../refusals.ts';
import { frameOf, loadPages, sendPage, tokenOf, typesShown } from './drawing.ts';
import { formOf, isOneClick } from './forms.ts';
import { observe } from './observe.ts';
import { readWish } from './read-wish.ts';
import { unsubscribe } from './unsubscribe-page.ts';

export async function showPreferencePage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  return sendPreferences(context, request, reply, link, await frameOf(request, link), null);
}

async function sendPreferences(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
  frame: Frame,
  notice: Notice | null,
): Promise<FastifyReply> {
  const preferences = await acts.readOwnPreferences(context, link);
  if (preferences === 'overloaded') return sendProblem(request, reply, overloadedBy('reads'));
  return sendPage(reply, frame, {
    page: 'preferences',
    address: link.address.shown,
    switches: await switchesOf(link, frame, acts.statusesShown(link, preferences)),
    isOptedOut: acts.isOptedOut(link, preferences),
    action: tokenOf(request),
    notice,
  });
}

async function switchesOf(
  link: ContactLink,
  { language }: Frame,
  statuses: readonly EffectiveStatus[],
): Promise<SwitchOnPage[]> {
  const { typeInLanguage } = await loadPages();
  return statuses.map((status) => ({
    ...typeInLanguage(status.definition, language),
    isOn: acts.isSent(link, status),
    isUndecided: status.state === 'NOT_SPECIFIED',
  }));
}

/** Carries out what was posted, and shows the page again with what came of it. */
export async function postPreferences(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  const form = formOf(request);
  // Somebody put this link where mail programs look for one: then a click there means what it says.
  if (isOneClick(form)) return unsubscribe(context, request, reply, endingAll(link));
  const before = await acts.readOwnPreferences(context, link);
  if (before === 'overloaded') return sendProblem(request, reply, overloadedBy('reads'));
  const frame = await frameOf(request, link);
  const { consentOf } = await loadPages();
  const consent: TextShown = { ...consentOf(frame), language: frame.language };
  const shown = await typesShown(frame);
  const nameOf = ({ definition }: EffectiveStatus) => shown(definition).name;
  const wish = readWish(form, { link, before, consent, nameOf, action: tokenOf(request) });
  const observed = { act: 'preference-page', request: observe(request), ...(wish.agrees && { consent }) } as const;
  const commit = await acts.actByLink(context, link, observed, wish.requests, shown);
  if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
  return sendPreferences(context, request, reply, link, frame, wish.tell(commit.outcomes.map(acts.hasChanged)));
}

function endingAll(link: ContactLink): ContactLink {
  return { ...link, claims: { ...link.claims, purpose: 'unsubscribe-all' } };
}
