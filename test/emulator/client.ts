/** A client as an integrator's program has one: HubSpot's paths, a token, nothing of Optio's. */
import type { TestContext } from 'node:test';
import { type Optio, type OptioOptions, startOptio } from '../../src/index.ts';

export const V4 = '/communication-preferences/v4';
export const CONTROL = '/optio/v1/emulator';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of a body
  readonly body: any;
}

/** Starts a stand-in that ends with the test. */
export async function startFor(t: Pick<TestContext, 'after'>, options: OptioOptions = {}): Promise<Optio> {
  const optio = await startOptio(options);
  t.after(() => optio.stop());
  return optio;
}

export async function call(
  { url, token }: Pick<Optio, 'url' | 'token'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
}

export function pathOf(email: string): string {
  return `${V4}/statuses/${encodeURIComponent(email)}`;
}

export function write(optio: Pick<Optio, 'url' | 'token'>, email: string, fields: object = {}): Promise<Answer> {
  const change = { subscriptionId: 30000001, statusState: 'SUBSCRIBED', channel: 'EMAIL', ...fields };
  return call(optio, 'POST', pathOf(email), change);
}

export function read(optio: Pick<Optio, 'url' | 'token'>, email: string): Promise<Answer> {
  return call(optio, 'GET', `${pathOf(email)}?channel=EMAIL`);
}

/** The states of the definitions, in the order of their ids. */
export async function states(optio: Pick<Optio, 'url' | 'token'>, email: string): Promise<string[]> {
  const { body } = await read(optio, email);
  return body.results.map(({ status }: { status: string }) => status);
}
