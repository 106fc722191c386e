/** The page of a link that ends one type, or everything: it asks once, and then it is done. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as acts from '../../actions/act-by-link.ts';
import type { Context } from '../../actions/context.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import type { SubscriptionDefinition } from '../../domain/catalog.ts';
import { type ChannelPreferences, effectiveStatus } from '../../domain/preferences.ts';
import type { Frame, Stopped, Undo } from '../../pages/views.ts';
import { sendProblem } from '../errors.ts';
import { overloadedBy } from '../overload.ts';
import { problemOfCommit } from '../refusals.ts';
import { frameOf, loadPages, sendPage, tokenOf, typesShown } from './drawing.ts';
import { fieldOf, formOf, isOneClick } from './forms.ts';
import { manageToken } from './manage-token.ts';
import { observe } from './observe.ts';
import { undoEverything, undoType } from './undo.ts';

/** Asks; or, where it ended before, says so. */
export async function showUnsubscribePage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  const preferences = await acts.readOwnPreferences(context, link);
  if (preferences === 'overloaded') return sendProblem(request, reply, overloadedBy('reads'));
  const frame = await frameOf(request, link);
  if (hasEnded(link, preferences)) return sendDone(context, reply, frame, link, null);
  const what = await whatStops(link, frame);
  return sendPage(reply, frame, { page: 'unsubscribe', address: link.address.shown, what, action: tokenOf(request) });
}

/**
 * Ends it, whatever was posted and whoever posted it: a mail program's one click, the page's button, or something in
 * between. Programs are answered in a word, people with a page.
 */
export async function unsubscribe(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  const form = formOf(request);
  const isPerson = fieldOf(form, 'do') === 'unsubscribe' && !isOneClick(form);
  const before = isPerson ? await acts.readOwnPreferences(context, link) : null;
  if (before === 'overloaded') return sendProblem(request, reply, overloadedBy('reads'));
  const definition = definitionOf(link);
  const wish = definition ? acts.ending(definition.id) : acts.endingEverything(link);
  const observed = { act: isPerson ? 'unsubscribe-page' : 'one-click', request: observe(request) } as const;
  // A program was shown nothing, and is not kept waiting for words.
  const frame = isPerson ? await frameOf(request, link) : null;
  const shown = frame ? await typesShown(frame) : undefined;
  const commit = await acts.actByLink(context, link, observed, [wish], shown);
  if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
  if (!frame || !before) return sendWord(reply);
  const isNew = commit.outcomes.some(acts.hasChanged);
  return sendDone(context, reply, frame, link, isNew ? await undoOf(link, frame, before) : null);
}

/** Answers a program: the status is all it reads. */
function sendWord(reply: FastifyReply): FastifyReply {
  return reply.type('text/plain; charset=utf-8').header('Cache-Control', 'no-store').send('Unsubscribed.\n');
}

/** The one type that the link ends; undefined where it ends everything. */
function definitionOf({ claims, catalog }: ContactLink): SubscriptionDefinition | undefined {
  if (claims.purpose !== 'unsubscribe') return undefined;
  const definition = catalog.definitions.get(claims.subscriptionIds[0]!);
  if (!definition) throw new Error('A link names a definition that its account does not have');
  return definition;
}

function hasEnded(link: ContactLink, preferences: ChannelPreferences): boolean {
  const definition = definitionOf(link);
  if (!definition) return acts.isOptedOut(link, preferences);
  return effectiveStatus(preferences, definition).state === 'UNSUBSCRIBED';
}

async function whatStops(link: ContactLink, { language }: Frame): Promise<Stopped> {
  const definition = definitionOf(link);
  if (!definition) return { kind: 'everything' };
  const { typeInLanguage } = await loadPages();
  return { kind: 'type', name: typeInLanguage(definition, language).name };
}

async function undoOf(
  link: ContactLink,
  frame: Frame,
  before: ChannelPreferences,
): Promise<Omit<Undo, 'action'> | null> {
  const definition = definitionOf(link);
  const { consentOf } = await loadPages();
  const consent = consentOf(frame);
  return definition ? undoType(link, effectiveStatus(before, definition), consent) : undoEverything(consent);
}

async function sendDone(
  context: Context,
  reply: FastifyReply,
  frame: Frame,
  link: ContactLink,
  undo: Omit<Undo, 'action'> | null,
): Promise<FastifyReply> {
  const what = await whatStops(link, frame);
  // Taking back is more than this link is good for: that goes by a link of its own, as choosing does.
  const manageUrl = manageToken(context, link);
  return sendPage(
    reply,
    { ...frame, languagePath: null },
    {
      page: 'unsubscribed',
      address: link.address.shown,
      what,
      manageUrl,
      undo: undo && { ...undo, action: manageUrl },
    },
  );
}
