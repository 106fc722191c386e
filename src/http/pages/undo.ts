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

/** Of one type that was ended: as it read before. Null where it was not sent then either. */
export function undoType(link: ContactLink, before: EffectiveStatus, consent: Consent): UndoForm | null {
  if (!acts.isSent(link, before)) return null;
  return undoForm([before], false, consent);
}

/** Of everything having been ended. */
export function undoEverything(
  link: ContactLink,
  before: readonly EffectiveStatus[],
  { text, version }: Consent,
): UndoForm {
  const brings = before.some((status) => acts.isSent(link, status));
  return {
    fields: [
      [FIELD, OPT_BACK_IN],
      ['consent', version],
    ],
    consentText: brings ? text : null,
  };
}

/** Of types that were switched: each as it read before, and with the opt-out of everything that this ended, if one did. */
export function undoSwitches(
  before: readonly EffectiveStatus[],
  wasOptedOut: boolean,
  consent: Consent,
): UndoForm | null {
  return before.length === 0 ? null : undoForm(before, wasOptedOut, consent);
}

function undoForm(before: readonly EffectiveStatus[], wasOptedOut: boolean, { text, version }: Consent): UndoForm {
  const states = before.map(({ definition, state }) => [FIELD, `${definition.id}:${state}`] as const);
  const fields: HiddenFields = [
    ...states,
    ...(wasOptedOut ? ([[FIELD, OPT_OUT_AGAIN]] as const) : []),
    ['consent', version],
  ];
  const agrees = before.some(({ state }) => state === 'SUBSCRIBED');
  return { fields, consentText: agrees ? text : null };
}

/**
 * What an undo form asks for; what is no type of the link's is left out. `agrees`: whether it brings anything back, for
 * which the contact must have read the consent text.
 */
export function readUndo(
  form: Form,
  link: ContactLink,
  consent: TextShown,
): { requests: ChangeRequest[]; agrees: boolean } {
  const ofLink = new Set([...acts.definitionsShown(link).map(({ id }) => id), ...link.claims.subscriptionIds]);
  const values = form.get(FIELD) ?? [];
  const requests = values.flatMap((value) => {
    if (value === OPT_BACK_IN) return acts.takingBackEverything(link);
    if (value === OPT_OUT_AGAIN) return acts.endingEverything(link);
    const [, id, state] = /^(\d{1,16}):([A-Z_]+)$/.exec(value) ?? [];
    if (!ofLink.has(Number(id)) || !(STATES as readonly string[]).includes(state ?? '')) return [];
    return toState(link, Number(id), state as State, consent);
  });
  const agrees = requests.some(
    (wanted) =>
      wanted.kind === 'opt-out-withdrawal' || (wanted.kind === 'status-change' && wanted.state === 'SUBSCRIBED'),
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
