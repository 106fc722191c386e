/**
 * What the pages that operators see are made of: signing in, and deciding what an app may do. They are nobody's brand's.
 *
 * Their forms post `lang` and `do`, as those for contacts do, the view's own fields, and:
 * - `sign-in`: `email`, `password` and `code`, the one-time code, which may be empty;
 * - `sign-out`: nothing else;
 * - `approve`: `account`, an account's id, and `scope`, of each optional scope that is left ticked;
 * - `refuse`: nothing else.
 */
import type { Scope } from '../domain/access.ts';
import type { HiddenFields } from './views.ts';

/** Where a form is posted to, with what goes along as it is. */
export interface FormTarget {
  readonly action: string;
  readonly fields: HiddenFields;
}

/** Who is signed in, with the form that ends it. */
export interface SignedIn {
  readonly email: string;
  readonly signOut: FormTarget;
}

/** Why nobody was signed in. Which of the three things was wrong is never said. */
export type SignInProblem =
  | { readonly kind: 'refused' }
  | { readonly kind: 'too-many'; readonly minutes: number }
  /** Nothing was looked at: the same may be sent again. */
  | { readonly kind: 'too-busy' };

export interface AccountOnPage {
  readonly id: number;
  readonly name: string;
}

/** Why the question is asked again. */
export type ConsentProblem =
  | { readonly kind: 'no-account' }
  /** The account has another app with this one's id. */
  | { readonly kind: 'id-taken'; readonly accountName: string }
  /** The form was shown to an earlier session. */
  | { readonly kind: 'signed-in-anew' };

export interface ConsentView {
  readonly page: 'consent';
  readonly appName: string;
  /** The name of the account that the app was made in; null where that is no question. */
  readonly ownerName: string | null;
  /** Where the answer goes: the host of the app's redirect URI, with its port. */
  readonly returnHost: string;
  readonly required: readonly Scope[];
  readonly optional: readonly { readonly scope: Scope; readonly isTicked: boolean }[];
  /** Asked for, too, as the app wrote them; nobody can give these here. */
  readonly unknown: readonly string[];
  /** Those that the operator may choose from, at least one. */
  readonly accounts: readonly AccountOnPage[];
  readonly chosenAccountId: number | null;
  readonly problem: ConsentProblem | null;
  readonly signedIn: SignedIn;
  readonly answer: FormTarget;
}

/** Every state of every page for operators. */
export type OperatorView =
  | {
      readonly page: 'sign-in';
      /** Whether an app sent the operator here. */
      readonly isForApp: boolean;
      /** What was typed before. */
      readonly email: string;
      readonly problem: SignInProblem | null;
      readonly form: FormTarget;
    }
  | { readonly page: 'signed-in'; readonly signedIn: SignedIn }
  | { readonly page: 'signed-out' }
  | ConsentView
  /** The operator may act for no account: all that can be done is to refuse. */
  | {
      readonly page: 'no-account';
      readonly appName: string;
      readonly signedIn: SignedIn;
      readonly answer: FormTarget;
    }
  /** It was decided; `url`, `https:`, `http:` or a path of ours, leads on by itself. */
  | { readonly page: 'going-back'; readonly appName: string; readonly url: string }
  /** What an app asked for is over, or was asked in another browser. */
  | { readonly page: 'no-request' }
  /** An app's request that cannot be answered by going back to it: RFC 6749's code, and a sentence in English. */
  | { readonly page: 'oauth-problem'; readonly code: string; readonly description: string }
  /** A form that another site's page sent; `url` is where this server's own pages are. */
  | { readonly page: 'foreign-form'; readonly url: string }
  /** The server cannot answer now. */
  | { readonly page: 'operator-trouble' };
