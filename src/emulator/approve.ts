/**
 * Approves what an app asks for, as an operator with a browser would: by the pages for signing in and for consent, which are
 * asked over HTTP and judge as they always do.
 */
import { totpCode } from '../actions/totp.ts';
import { hiddenFields, offeredAccounts, proposedScopes, refreshOf, wordsOf } from './approval-pages.ts';
import type { SeedOperator } from './seed.ts';

/** Everything may be left out. */
export interface ApprovalOptions {
  /** The e-mail address of who decides; by default the first operator of the seed. */
  readonly operator?: string | undefined;
  /** The account that the app shall act for; by default the first that the page offers. */
  readonly accountId?: number | undefined;
  /** Of the optional scopes those to be left out; by default none. */
  readonly leaveOut?: readonly string[] | undefined;
  /** Whether to refuse instead; false by default. */
  readonly refuse?: boolean | undefined;
}

/** What an approval needs of the stand-in. */
export interface ApprovalSetting {
  /** Where it listens. */
  readonly url: string;
  readonly operators: readonly SeedOperator[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The session cookies of operators who signed in before, by their e-mail addresses. Added to. */
  readonly sessions: Map<string, string>;
}

/** An approval that came to nothing: what the page said, or what was asked for wrongly. */
export class ApprovalFault extends Error {
  override readonly name = 'ApprovalFault';
}

/**
 * Where the app is led back to, with `code` and `state`, or with `error`. Of `authorizationUrl` only the query counts, so it
 * may name HubSpot's host. Throws `ApprovalFault` where nobody is led back.
 */
export async function approve(
  setting: ApprovalSetting,
  authorizationUrl: string,
  options: ApprovalOptions = {},
): Promise<string> {
  if (!URL.canParse(authorizationUrl)) throw new ApprovalFault(`${JSON.stringify(authorizationUrl)} is no URL.`);
  const operator = operatorOf(setting, options.operator);
  const browser = new Browser(setting.url, setting.sessions.get(operator.email));
  const asked = `/oauth/authorize${new URL(authorizationUrl).search}`;
  let answer = await browser.get(asked);
  if (leadsTo(answer, '/oauth/sign-in')) {
    answer = await signIn(browser, answer, operator, setting);
    setting.sessions.set(operator.email, browser.session);
  }
  // The app's request may be wrong in a way that it is told of itself.
  if (!leadsTo(answer, '/oauth/consent/')) return locationOf(answer);
  const page = await browser.get(locationOf(answer));
  const going = await browser.post(locationOf(answer), decide(page, options));
  return locationOf(await browser.get(refreshOf(going.text) ?? fail(going)));
}

function operatorOf({ operators }: ApprovalSetting, email: string | undefined): SeedOperator {
  const operator = email === undefined ? operators[0] : operators.find((each) => each.email === email);
  if (operator) return operator;
  const known = operators.map((each) => each.email).join(', ') || 'none';
  throw new ApprovalFault(`There is no operator ${email ?? 'who could approve'}. Allowed: ${known}.`);
}

/** Resolves with the answer to the app's request, asked for again. */
async function signIn(
  browser: Browser,
  answer: Answer,
  operator: SeedOperator,
  setting: ApprovalSetting,
): Promise<Answer> {
  const { email, password, totpSecret } = operator;
  const form = new URLSearchParams({ email, password });
  if (totpSecret !== undefined) form.set('code', await totpCode(totpSecret, setting.now()));
  const signedIn = await browser.post(locationOf(answer), form);
  return browser.get(locationOf(signedIn));
}

/** The form of the consent page, filled in. */
function decide({ text }: Answer, { accountId, leaveOut = [], refuse = false }: ApprovalOptions): URLSearchParams {
  if (refuse) return hiddenFields(text, 'refuse');
  const form = hiddenFields(text, 'approve');
  const offered = offeredAccounts(text);
  const chosen = accountId === undefined ? offered[0] : String(accountId);
  if (chosen === undefined || !offered.includes(chosen)) {
    throw new ApprovalFault(`The operator may not act for ${accountId ?? 'any account'}. Allowed: ${listed(offered)}.`);
  }
  form.set('account', chosen);
  const proposed = proposedScopes(text);
  const unknown = leaveOut.find((scope) => !proposed.includes(scope));
  if (unknown !== undefined) {
    throw new ApprovalFault(`${unknown} is no optional scope of the request. Allowed: ${listed(proposed)}.`);
  }
  for (const scope of proposed.filter((each) => !leaveOut.includes(each))) form.append('scope', scope);
  return form;
}

function listed(things: readonly string[]): string {
  return things.join(', ') || 'none';
}

interface Answer {
  readonly url: string;
  readonly location: string | null;
  readonly text: string;
}

function leadsTo({ location, url }: Answer, path: string): boolean {
  return (
    location !== null && new URL(location).host === new URL(url).host && new URL(location).pathname.startsWith(path)
  );
}

function locationOf(answer: Answer): string {
  return answer.location ?? fail(answer);
}

/** Throws what the page says. */
function fail({ text }: Answer): never {
  throw new ApprovalFault(`Nobody is led back to the app. The page says: ${wordsOf(text)}`);
}

/** As far as HTTP goes: it keeps cookies, and follows nothing by itself. */
class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string, session: string | undefined) {
    this.#origin = origin;
    if (session !== undefined) this.#cookies.set(SESSION, session);
  }

  /** The session's secret, once somebody has signed in. */
  get session(): string {
    return this.#cookies.get(SESSION) ?? '';
  }

  get(url: string): Promise<Answer> {
    return this.#ask(url, {});
  }

  post(url: string, body: URLSearchParams): Promise<Answer> {
    return this.#ask(url, { method: 'POST', body });
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const url = new URL(path, this.#origin).href;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', ...(cookie && { headers: { cookie } }) });
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    const location = response.headers.get('location');
    return { url, location: location && new URL(location, url).href, text: await response.text() };
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    this.#cookies.set(name, value);
  }
}

const SESSION = 'optio-session';
