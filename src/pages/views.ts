/**
 * What the pages that contacts see are made of. Whoever answers a request fills one in; `render-page.ts` draws it. Those
 * for operators are in `operator-views.ts`.
 *
 * Every form posts `lang`, the language it was shown in, and `do`, what its button means:
 * - `save`: with `shown`, once a switch, as `ID:on` or `ID:off`; `type`, the ID of each switch that is on now; and
 *   `consent`, the version of the consent text that stood beside the button;
 * - `everything`: unsubscribe from all that the brand sends;
 * - `undo`: with the fields of an `Undo`;
 * - `unsubscribe`: the one button of the unsubscribe page;
 * - `confirm`: with the view's own fields;
 * - `sign-up`: with `email`, `type` of each box ticked, and `consent`.
 */
import type { BrandLook, PageLanguage } from '../domain/brand-look.ts';
import type { OperatorView } from './operator-views.ts';

/** What all pages of a brand have in common. */
export interface Frame {
  /** The brand's name; where the look has one in the page's language, that one is shown. */
  readonly brandName: string;
  readonly look: BrandLook;
  readonly language: PageLanguage;
  /** The path of this page, where other languages are offered with `lang=…` in its query; null where none are. */
  readonly languagePath: string | null;
  /**
   * Of pages for operators, which apps open in pop-ups, and whose forms are taken from this server's pages only: browsers
   * have to say where a form comes from. Addresses of pages for contacts are secrets, which are said to nobody.
   */
  readonly isForOperators?: true;
}

/** A type of mail, in words of the page's language as far as the operator gave them. */
export interface TypeOnPage {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

export interface SwitchOnPage extends TypeOnPage {
  /** Whether it is sent now. */
  readonly isOn: boolean;
  /** Nobody said anything about it yet. */
  readonly isUndecided: boolean;
}

/** Names and values that go back with the next form as they are. */
export type HiddenFields = readonly (readonly [name: string, value: string])[];

/** What a form needs to take something back. */
export interface Undo {
  /** Where the form is posted to. */
  readonly action: string;
  readonly fields: HiddenFields;
  /** What the contact agrees to by taking it back, to be shown beside the button; null where nothing is agreed to. */
  readonly consentText: string | null;
}

/** What stopped: one type, everything this brand sends, or everything the sender sends under any brand. */
export type Stopped = { readonly kind: 'type'; readonly name: string } | { readonly kind: 'everything' };

/** What is told at the top of the preference page after a form was sent. */
export type Notice =
  | {
      readonly kind: 'saved';
      /** Names of types that are sent from now on, and of those that are not any more. */
      readonly started: readonly string[];
      readonly stopped: readonly string[];
      readonly undo: Undo | null;
    }
  | { readonly kind: 'unsubscribed-from-everything'; readonly undo: Undo | null }
  /** What was saved before is as it was. */
  | { readonly kind: 'undone' }
  | { readonly kind: 'nothing-changed' }
  /** The consent text was changed since the page was shown: nothing was switched on, look again. */
  | { readonly kind: 'consent-changed' };

/** Every state of every page. */
export type View = ContactView | OperatorView;

/** Every state of every page for contacts. */
export type ContactView =
  | {
      readonly page: 'preferences';
      readonly address: string;
      readonly switches: readonly SwitchOnPage[];
      /** Whether an opt-out of everything holds. */
      readonly isOptedOut: boolean;
      readonly action: string;
      readonly notice: Notice | null;
    }
  /** Asks before anything stops: one button. */
  | { readonly page: 'unsubscribe'; readonly address: string; readonly what: Stopped; readonly action: string }
  | {
      readonly page: 'unsubscribed';
      readonly address: string;
      readonly what: Stopped;
      readonly manageUrl: string;
      /** Goes to the preference page's form. */
      readonly undo: Undo | null;
    }
  /** Double opt-in: asks whether these are wanted: one button. By brand where there are several. */
  | {
      readonly page: 'confirm';
      readonly address: string;
      readonly brands: readonly { readonly name: string; readonly types: readonly TypeOnPage[] }[];
      /** What the contact agrees to by confirming, as it was shown on sign-up or as it stands now. */
      readonly consentText: string;
      readonly fields: HiddenFields;
      readonly action: string;
    }
  | {
      readonly page: 'confirmed';
      readonly address: string;
      readonly types: readonly TypeOnPage[];
      readonly manageUrl: string;
    }
  /** A form to sign up with, on a page of its own. Posts `email`, `type` (of each box ticked) and `consent`. */
  | {
      readonly page: 'sign-up';
      readonly types: readonly TypeOnPage[];
      /** What was typed and ticked before, and what was wrong with it; null at first. */
      readonly refused: {
        readonly email: string;
        readonly why: 'address' | 'no-type';
        /** The IDs of the types that were ticked, which stay so. */
        readonly ticked?: readonly number[];
      } | null;
      readonly action: string;
    }
  /** The same whoever signed up. */
  | { readonly page: 'check-inbox'; readonly address: string }
  /** A link that does not work: says what to do instead. Never names an address. */
  | { readonly page: 'bad-link'; readonly why: 'unknown' | 'expired' | 'revoked' | 'used' }
  /** The server cannot answer now: nothing was lost, try again. */
  | { readonly page: 'trouble' };

/** A page, ready to be sent. */
export interface RenderedPage {
  readonly html: string;
  /** The Content-Security-Policy that it was made for. */
  readonly policy: string;
  /** The Referrer-Policy that it names. */
  readonly referrer: 'no-referrer' | 'same-origin';
}
