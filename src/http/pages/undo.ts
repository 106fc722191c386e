/** How a choice is taken back: what a form needs for it, and what it asks for. */
import * as acts from '../../actions/act-by-link.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import type { TextShown } from '../../domain/evidence.ts';
import type { ChangeRequest } from '../../domain/outcome.ts';
import { type EffectiveStatus, STATES, type State } from '../../domain/preferences.ts';
import type { HiddenFields, Undo } from '../../pages/views.ts';
import type { Form } from './forms.ts';

type UndoForm = Omit<Undo, 'action'>;
type Consent = Pick<TextShown, 'text' | 'version'>;

/** The fields' name. Their values are `ID:STATE`, or one of these two. */
const FIELD = 'undo';
const OPT_BACK_IN = 'everything-back';
const OPT_OUT_AGAIN = 'everything-again';

/** Of one type that was ended: as it read before. Null where it was not sent then either, or is sent to nobody any more. */
export function undoType(link: ContactLink, before: EffectiveStatus, consent: Consent): UndoForm | null {
  if (!before.definition.isActive || !acts.isSent(link, before)) return null;
  return undoForm(link, [before], false, consent);
}

/** Of everything having been ended. It may bring mail back of types that no page shows, so the text is always there. */
export function undoEverything({ text, version }: Consent): UndoForm {
  return {
    fields: [
      [FIELD, OPT_BACK_IN],
      ['consent', version],
    ],
    consentText: text,
  };
}

/** Of types that were switched: each as it read before, and with the opt-out of everything that this ended, if one did. */
export function undoSwitches(
  link: ContactLink,
  before: readonly EffectiveStatus[],
  wasOptedOut: boolean,
  consent: Consent,
): UndoForm | null {
  return before.length === 0 ? null : undoForm(link, before, wasOptedOut, consent);
}

function undoForm(
  link: ContactLink,
  before: readonly EffectiveStatus[],
  wasOptedOut: boolean,
  { text, version }: Consent,
): UndoForm {
  const states = before.map(({ definition, state }) => [FIELD, `${definition.id}:${state}`] as const);
  const fields: HiddenFields = [
    ...states,
    ...(wasOptedOut ? ([[FIELD, OPT_OUT_AGAIN]] as const) : []),
    ['consent', version],
  ];
  const agrees = before.some((status) => acts.isSent(link, status));
  return { fields, consentText: agrees ? text : null };
}

/**
 * What an undo form asks for, each thing once however often it is there; what is no type of the link's is left out.
 * `agrees`: whether it brings anything back, for which the contact must have read the consent text.
 */
export function readUndo(
  form: Form,
  link: ContactLink,
  consent: TextShown,
): { requests: ChangeRequest[]; agrees: boolean } {
  const ofLink = new Set([...acts.definitionsShown(link).map(({ id }) => id), ...link.claims.subscriptionIds]);
  const asked = new Map((form.get(FIELD) ?? []).map((value) => value.split(':', 2) as [what: string, state: string]));
  const requests = [
    ...(asked.has(OPT_BACK_IN) ? [acts.takingBackEverything(link)] : []),
    ...[...ofLink].flatMap((id) => {
      const state = STATES.find((each) => each === asked.get(String(id)));
      return state ? [toState(link, id, state, consent)] : [];
    }),
    ...(asked.has(OPT_OUT_AGAIN) ? [acts.endingEverything(link)] : []),
  ];
  const agrees = requests.some(
    (wanted) =>
      wanted.kind === 'opt-out-withdrawal' || (wanted.kind === 'status-change' && wanted.state !== 'UNSUBSCRIBED'),
  );
  return { requests, agrees };
}

function toState(link: ContactLink, subscriptionId: number, state: State, consent: TextShown): ChangeRequest {
  switch (state) {
    case 'SUBSCRIBED':
      return acts.beginning(subscriptionId, consent);
    case 'UNSUBSCRIBED':
      return acts.ending(subscriptionId);
    case 'NOT_SPECIFIED':
      // Where nothing is sent without consent, saying nothing takes a legal basis of its own: a no says the same.
      return link.catalog.account.dataPrivacy ? acts.ending(subscriptionId) : acts.forgetting(subscriptionId);
  }
}
