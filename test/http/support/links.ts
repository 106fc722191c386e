/** Links as contacts use them: made over the API, opened without a token, their forms sent. */
import assert from 'node:assert/strict';
import { parseAddress, subscriberKey } from '../../../src/domain/address.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import { type EventBody, type LedgerEvent, replay } from '../../../src/domain/ledger.ts';
import { FIRST_ACCOUNT } from './accounts.ts';
import { statusesOf, type TestServer, V4 } from './server.ts';

export interface Links {
  readonly managePreferencesUrl: string;
  readonly unsubscribeAllUrl: string;
  /** Present where a subscription was asked for. */
  readonly unsubscribeSingleUrl: string;
}

export interface LinksWanted {
  readonly subscriptionId?: number;
  readonly language?: string;
  readonly businessUnitId?: number;
}

export async function makeLinks(server: TestServer, address: string, wanted: LinksWanted = {}): Promise<Links> {
  const { businessUnitId, ...fields } = wanted;
  const brand = businessUnitId === undefined ? '' : `&businessUnitId=${businessUnitId}`;
  const body = { subscriberIdString: address, ...fields };
  const { status, json, text } = await server.post(`${V4}/links/generate?channel=EMAIL${brand}`, body);
  assert.equal(status, 200, text);
  return json;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export async function open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<PageAnswer> {
  const response = await fetch(url, { headers, redirect: 'error' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** Sends a form as a browser does. */
export async function send(
  url: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<PageAnswer> {
  const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
  const response = await fetch(url, { method: 'POST', body, headers, redirect: 'error' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What the form that does `does` would send as it stands: hidden fields, and switches that are on. */
export function fieldsOf({ text }: PageAnswer, does: string): [string, string][] {
  const form = text.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes(`name="do" value="${does}"`));
  assert.ok(form, `the page has no form that does ${does}`);
  const inputs = [...form.matchAll(/<input ([^>]*)>/g)].map(([, attributes]) => attributes!);
  return inputs
    .filter((attributes) => attributes.includes('type="hidden"') || / checked\b/.test(attributes))
    .map((attributes) => [
      /name="([^"]*)"/.exec(attributes)![1]!,
      withoutEntities(/value="([^"]*)"/.exec(attributes)![1]!),
    ]);
}

/** Where the form that does `does` is sent. */
export function actionOf({ text }: PageAnswer, does: string, pageUrl: string): string {
  const form = text.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes(`name="do" value="${does}"`));
  return new URL(/action="([^"]*)"/.exec(form!)![1]!, pageUrl).href;
}

function withoutEntities(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

/** Each type's state and source, in the order of the API. */
export async function statesOf(server: TestServer, address: string): Promise<Record<number, string>> {
  const { json } = await server.get(`${statusesOf(address)}?channel=EMAIL`);
  return Object.fromEntries(
    json.results.map(({ subscriptionId, status }: { subscriptionId: number; status: string }) => [
      subscriptionId,
      status,
    ]),
  );
}

export type Told = EventBody & { readonly observed: Evidence | null };

/** What the ledger holds of a contact of the first account, the oldest first; its chain must hold. */
export async function ledgerOf(server: TestServer, address: string): Promise<Told[]> {
  const key = subscriberKey(FIRST_ACCOUNT, parseAddress(address)!.normalised);
  const ref = { accountId: FIRST_ACCOUNT, subscriberKey: key };
  const events: LedgerEvent[] = (await server.store.subscribers.history(ref, 1_000)).reverse();
  const [stored] = await server.store.subscribers.load([ref]);
  if (events.length > 0) assert.deepEqual(replay(events), stored?.state);
  return events.map((event) => ({
    ...(JSON.parse(event.body) as EventBody),
    observed: event.personal?.evidence ? (JSON.parse(event.personal.evidence.value) as Evidence) : null,
  }));
}
