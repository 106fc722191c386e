/** An operator's browser, as far as HTTP goes: it keeps cookies, sends forms, and follows nothing by itself. */
import assert from 'node:assert/strict';
import { PASSWORD } from '../../support/operators.ts';
import { type Fields, fieldsOf, type PageAnswer } from './links.ts';

/** Where an app is sent back to. */
export const CALLBACK = 'https://crm.example/oauth-callback';

type Headers = Readonly<Record<string, string>>;

/** What the server is to be started with, so that each browser comes from an address of its own: tries are counted by it. */
export const BEHIND_PROXY = { trustedProxies: ['127.0.0.1/32'] } as const;

let browsers = 0;

export class OperatorBrowser {
  readonly #address = `10.1.${Math.floor(browsers / 250)}.${(browsers++ % 250) + 1}`;
  readonly #server: () => { readonly url: string };
  /** By their names. */
  readonly cookies = new Map<string, string>();

  constructor(server: () => { readonly url: string }) {
    this.#server = server;
  }

  get(path: string, headers: Headers = {}): Promise<PageAnswer> {
    return this.#request('GET', path, headers);
  }

  post(path: string, fields: Fields, headers: Headers = {}): Promise<PageAnswer> {
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
    return this.#request('POST', path, headers, body);
  }

  async #request(method: string, path: string, headers: Headers, body?: URLSearchParams): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#server().url), {
      method,
      headers: { ...(cookie && { cookie }), 'x-forwarded-for': this.#address, ...headers },
      redirect: 'manual',
      ...(body && { body }),
    });
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  #keep(set: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
    if (value === '') this.cookies.delete(name!);
    else this.cookies.set(name!, value!);
  }

  async signIn(email: string, password: string = PASSWORD): Promise<void> {
    const answer = await this.post('/oauth/sign-in', [
      ['email', email],
      ['password', password],
    ]);
    assert.equal(answer.status, 303, answer.text);
  }

  /** Sends this browser to the server as an app does; returns the path of the page that asks. */
  async askFor(clientId: string, query: Readonly<Record<string, string>>): Promise<string> {
    const parameters = new URLSearchParams({ client_id: clientId, redirect_uri: CALLBACK, ...query });
    const answer = await this.get(`/oauth/authorize?${parameters}`);
    assert.equal(answer.status, 303, answer.text);
    const { pathname } = new URL(answer.headers.get('location')!, this.#server().url);
    assert.match(pathname, /^\/oauth\/consent\/[\w-]+$/);
    return pathname;
  }

  /** Sends the form of a page that does `does`, with further fields or others in place of its own. */
  sendForm(path: string, page: PageAnswer, does: string, others: Fields = []): Promise<PageAnswer> {
    const own = fieldsOf(page, does).filter(([name]) => !others.some(([other]) => other === name));
    return this.post(path, [...own, ...others]);
  }

  /** Where the page "Going back" leads, in the end: to the app. */
  async goBack({ text }: PageAnswer): Promise<URL> {
    const [, url] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? assert.fail(text);
    const { pathname } = new URL(url!.replaceAll('&amp;', '&'));
    const answer = await this.get(pathname);
    assert.equal(answer.status, 303, answer.text);
    return new URL(answer.headers.get('location')!);
  }

  /** From the link that an app shows to where the app gets its answer: signs in, and approves as the page proposes. */
  async approve(url: string, email: string, accountId?: number): Promise<URL> {
    const signIn = this.#follow(await this.get(pathOf(url)));
    const signedIn = await this.post(signIn, [
      ['email', email],
      ['password', PASSWORD],
    ]);
    const consent = this.#follow(await this.get(this.#follow(signedIn)));
    const chosen: Fields = accountId === undefined ? [] : [['account', String(accountId)]];
    return this.goBack(await this.sendForm(consent, await this.get(consent), 'approve', chosen));
  }

  /** The path that an answer sends the browser to. */
  #follow({ status, headers, text }: PageAnswer): string {
    assert.equal(status, 303, text);
    return pathOf(new URL(headers.get('location')!, `${this.#server().url}/oauth/`).href);
  }
}

/** With the query. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
