/** What installing apps needs of the authorization server, which is loaded when somebody first asks for it. */
import type { Scope } from '../domain/access.ts';
import type { Operator } from '../domain/operator.ts';
import type { FoundApp } from '../storage/port.ts';

/** A request to one of its endpoints, without the connection that it came by. */
export interface OAuthRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string | null;
}

export interface OAuthAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** What an app asks an operator for. */
export interface ConsentRequest {
  readonly app: FoundApp;
  /** Where the browser is sent back to. */
  readonly redirectUri: string;
  /** Without these the app is not installed. */
  readonly required: readonly Scope[];
  /** These may be left out. */
  readonly optional: readonly Scope[];
  /** What was asked for, too, and nobody can give here: names of scopes as the app wrote them. */
  readonly unknown: readonly string[];
}

export interface Approval {
  readonly operator: Operator;
  readonly accountId: number;
  /** Of the optional ones, those that are granted beside all that are required. */
  readonly optional: readonly Scope[];
}

/** `gone`: the request is over, or another browser's. `id-taken`: the account has another app with this one's id. */
export type ConsentOutcome =
  | { readonly kind: 'answered'; readonly continueAt: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'id-taken' };

/** `cookies` are the `Cookie` header of the browser in which the app's request began. */
export interface AuthorizationServer {
  answer(request: OAuthRequest): Promise<OAuthAnswer>;
  /** Null where it is over, or another browser's. */
  consentRequest(uid: string, cookies: string | undefined): Promise<ConsentRequest | null>;
  approve(uid: string, cookies: string | undefined, approval: Approval): Promise<ConsentOutcome>;
  deny(uid: string, cookies: string | undefined): Promise<ConsentOutcome>;
}
