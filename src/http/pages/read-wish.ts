/** Reads the forms of the preference page: what is asked for, and what is to be told of it. */
import * as acts from '../../actions/act-by-link.ts';
import type { ContactLink } from '../../actions/open-link.ts';
import type { TextShown } from '../../domain/evidence.ts';
import type { ChangeRequest } from '../../domain/outcome.ts';
import type { ChannelPreferences, EffectiveStatus } from '../../domain/preferences.ts';
import type { Notice, Undo } from '../../pages/views.ts';
import { type Form, fieldOf } from './forms.ts';
import { readUndo, undoEverything, undoSwitches } from './undo.ts';

/** What a form asks for, and what is told once it is done. */
export interface Wish {
  readonly requests: readonly ChangeRequest[];
  /** Whether the contact agrees to the consent text by it. */
  readonly agrees: boolean;
  /** Given for each request whether it changed anything. */
  readonly tell: (changed: readonly boolean[]) => Notice;
}

/** What the page stands on when a form of it arrives. */
export interface Standing {
  readonly link: ContactLink;
  readonly before: ChannelPreferences;
  /** The consent text as it stands now, in the page's language. */
  readonly consent: TextShown;
  /** What a type is called on the page. */
  readonly nameOf: (status: EffectiveStatus) => string;
  /** Where the page's forms are posted to. */
  readonly action: string;
}

/** What a form that is none of the page's asks for: nothing. */
const NOTHING: Wish = { requests: [], agrees: false, tell: () => ({ kind: 'nothing-changed' }) };

export function readWish(form: Form, standing: Standing): Wish {
  switch (fieldOf(form, 'do')) {
    case 'save':
      return readSave(form, standing);
    case 'everything':
      return readEverything(standing);
    case 'undo':
      return readUndone(form, standing);
    default:
      return NOTHING;
  }
}

/** Only what differs from what was shown is asked for: what others changed meanwhile stays. */
function readSave(form: Form, standing: Standing): Wish {
  const { link, before, consent } = standing;
  const shownOn = new Map((form.get('shown') ?? []).map((shown) => shown.split(':') as [id: string, was: string]));
  const nowOn = new Set(form.get('type'));
  const statuses = acts.statusesShown(link, before).filter(({ definition }) => shownOn.has(String(definition.id)));
  const wasOn = ({ definition }: EffectiveStatus) => shownOn.get(String(definition.id)) === 'on';
  const isOn = ({ definition }: EffectiveStatus) => nowOn.has(String(definition.id));
  const stopping = statuses.filter((status) => wasOn(status) && !isOn(status));
  const starting = statuses.filter((status) => !wasOn(status) && isOn(status));
  // They agreed to another text than the one that stands now: a withdrawal needs none, the rest they must read first.
  const knowsText = fieldOf(form, 'consent') === consent.version;
  const begun = knowsText ? starting : [];
  const switched = [...stopping, ...begun];
  return {
    requests: [
      ...stopping.map(({ definition }) => acts.ending(definition.id)),
      ...begun.map(({ definition }) => acts.beginning(definition.id, consent)),
    ],
    agrees: begun.length > 0,
    tell: (changed) => {
      if (starting.length > begun.length) return { kind: 'consent-changed' };
      const done = switched.filter((_, index) => changed[index]);
      if (done.length === 0) return { kind: 'nothing-changed' };
      const wasOptedOut = begun.length > 0 && acts.isOptedOut(link, before);
      return {
        kind: 'saved',
        started: done.filter((status) => begun.includes(status)).map(standing.nameOf),
        stopped: done.filter((status) => stopping.includes(status)).map(standing.nameOf),
        undo: at(standing.action, undoSwitches(link, done, wasOptedOut, consent)),
      };
    },
  };
}

function readEverything({ link, consent, action }: Standing): Wish {
  return {
    requests: [acts.endingEverything(link)],
    agrees: false,
    tell: ([isNew]) =>
      isNew
        ? {
            kind: 'unsubscribed-from-everything',
            undo: at(action, undoEverything(consent)),
          }
        : { kind: 'nothing-changed' },
  };
}

function readUndone(form: Form, { link, consent }: Standing): Wish {
  const { requests, agrees } = readUndo(form, link, consent);
  if (agrees && fieldOf(form, 'consent') !== consent.version) {
    return { ...NOTHING, tell: () => ({ kind: 'consent-changed' }) };
  }
  return {
    requests,
    agrees,
    tell: (changed) => ({ kind: changed.includes(true) ? 'undone' : 'nothing-changed' }),
  };
}

function at(action: string, undo: Omit<Undo, 'action'> | null): Undo | null {
  return undo && { ...undo, action };
}
