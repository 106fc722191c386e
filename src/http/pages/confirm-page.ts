/** The page that a confirmation message leads to: what was asked for, and one button that says yes to it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommitOutcome } from '../../actions/committer.ts';
import {
  type Agreed,
  type Confirmable,
  type Confirmation,
  confirmSignUps,
  readConfirmation,
} from '../../actions/confirm-sign-ups.ts';
import type { Context } from '../../actions/context.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import type { SubscriptionDefinition } from '../../domain/catalog.ts';
import type { Frame, View } from '../../pages/views.ts';
import { sendProblem } from '../errors.ts';
import { overloadedBy } from '../overload.ts';
import { problemOfCommit } from '../refusals.ts';
import { frameOf, loadPages, sendBadLink, sendPage, tokenOf, typesShown } from './drawing.ts';
import { fieldOf, formOf } from './forms.ts';
import { manageToken } from './manage-token.ts';
import { observe } from './observe.ts';

/** The form's field for each type that was shown: its id, and the version of the text that is agreed to for it. */
const FIELD = 'type';

export async function showConfirmPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  return sendConfirmation(context, request, reply, link, await readConfirmation(context, link));
}

/** Confirms what was shown. What was asked for since then is not: whoever did may be somebody else. */
export async function confirm(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
): Promise<FastifyReply> {
  const confirmation = await readConfirmation(context, link);
  const form = formOf(request);
  if (confirmation.kind === 'pending' && fieldOf(form, 'do') === 'confirm') {
    const frame = await frameOf(request, link);
    const shown = new Set(form.get(FIELD));
    const agreed = (await withConsent(confirmation.pending, frame)).filter((each) => shown.has(fieldFor(each)));
    if (agreed.length > 0) {
      const commit = await confirmSignUps(context, link, observe(request), agreed);
      if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
      return sendConfirmed(context, reply, frame, link, subscribedBy(commit, agreed));
    }
  }
  return sendConfirmation(context, request, reply, link, confirmation);
}

/** Those of which a status came; a type may have been deactivated just now. */
function subscribedBy(commit: CommitOutcome & { kind: 'committed' }, agreed: readonly Agreed[]) {
  return agreed.flatMap(({ type }, index) => (commit.outcomes[index]?.kind === 'status-set' ? type.definition : []));
}

async function sendConfirmation(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ContactLink,
  confirmation: Confirmation,
): Promise<FastifyReply> {
  switch (confirmation.kind) {
    case 'overloaded':
      return sendProblem(request, reply, overloadedBy('reads'));
    case 'over':
      return sendBadLink(request, reply, confirmation.why);
    case 'confirmed':
      return sendConfirmed(context, reply, await frameOf(request, link), link, confirmation.definitions);
    case 'pending': {
      const frame = await frameOf(request, link);
      return sendPage(reply, frame, await drawnOf(confirmation.pending, frame, link, tokenOf(request)));
    }
  }
}

async function drawnOf(
  pending: readonly Confirmable[],
  frame: Frame,
  link: ContactLink,
  action: string,
): Promise<View> {
  const { nameOf, typeInLanguage } = await loadPages();
  const agreed = await withConsent(pending, frame);
  const brands = Map.groupBy(pending, ({ brand }) => brand);
  return {
    page: 'confirm',
    address: link.address.shown,
    brands: Array.from(brands, ([brand, types]) => ({
      name: nameOf({ ...frame, brandName: brand.name, look: brand.look }),
      types: types.map(({ definition }) => typeInLanguage(definition, frame.language)),
    })),
    consentText: [...new Set(agreed.map(({ consent }) => consent.text))].join('\n\n'),
    fields: agreed.map((each) => [FIELD, fieldFor(each)]),
    action,
  };
}

/** Each as it is shown, with the text that was shown when it was asked for; where that is not known, the one that stands now. */
async function withConsent(pending: readonly Confirmable[], frame: Frame): Promise<Agreed[]> {
  const { consentOf } = await loadPages();
  const shown = await typesShown(frame);
  return pending.map((type) => {
    const { brand, consent, definition } = type;
    const now = () => consentOf({ ...frame, brandName: brand.name, look: brand.look });
    return { type, shown: shown(definition), consent: consent ?? { ...now(), language: frame.language } };
  });
}

function fieldFor({ type, consent }: Agreed): string {
  return `${type.subscriptionId}:${consent.version}`;
}

async function sendConfirmed(
  context: Context,
  reply: FastifyReply,
  frame: Frame,
  link: ContactLink,
  definitions: readonly SubscriptionDefinition[],
): Promise<FastifyReply> {
  const { typeInLanguage } = await loadPages();
  return sendPage(reply, frame, {
    page: 'confirmed',
    address: link.address.shown,
    types: definitions.map((definition) => typeInLanguage(definition, frame.language)),
    manageUrl: manageToken(context, link),
  });
}
