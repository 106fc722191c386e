/** Sign-ups over the API that are refused, and why. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Store } from '../../src/storage/port.ts';
import { BRAND_NEWS, FOREIGN, INACTIVE, MARKETING, SERVICE, tokenFor } from '../http/support/accounts.ts';
import { SQLITE } from '../http/support/engines.ts';
import { assertRefused, change, startServer, statusesOf, useServer } from '../http/support/server.ts';
import { MailServer } from '../support/mail-server.ts';
import { endOfSuite } from '../support/optio-process.ts';

const SIGNUPS = '/optio/v1/signups';

describe('A sign-up over the API', () => {
  let mails: MailServer;
  const lifetime = endOfSuite();
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(SQLITE, { smtpUrl: () => mails.url });
  const signUp = (address: string, subscriptionIds: number[], more: object = {}) =>
    server().post(SIGNUPS, { subscriberIdString: address, subscriptionIds, ...more });

  test('wrong sign-ups are refused, and why is said', async () => {
    const refused = (code: string, message: RegExp, field: string) => ({
      ...{ status: 400, category: 'VALIDATION_ERROR', code, in: field, message },
    });
    const cases = [
      [['ada', [MARKETING]], refused('EMAIL_INVALID', /no e-mail address/, 'subscriberIdString')],
      [
        ['a@example.com', [FOREIGN]],
        refused('SUBSCRIPTION_UNKNOWN', /"subscriptionIds" names 50000001/, 'subscriptionIds'),
      ],
      [['a@example.com', [INACTIVE]], refused('SUBSCRIPTION_INACTIVE', /is inactive/, 'subscriptionIds')],
      [['a@example.com', [SERVICE]], refused('FIELD_INVALID', /is internal/, 'subscriptionIds')],
      [['a@example.com', [MARKETING, BRAND_NEWS]], refused('FIELD_INVALID', /of another brand/, 'subscriptionIds')],
      [
        ['a@example.com', [MARKETING], { language: 'not a tag' }],
        refused('FIELD_INVALID', /no language tag/, 'language'),
      ],
      [
        ['a@example.com', [MARKETING], { consent: { text: 'Yes', language: '?' } }],
        refused('FIELD_INVALID', /no language tag/, 'consent.language'),
      ],
      [
        ['a@example.com', [MARKETING], { consent: { text: ' ' } }],
        refused('FIELD_INVALID', /consent\.text/, 'consent.text'),
      ],
      [['a@example.com', []], refused('FIELD_INVALID', /subscriptionIds/, 'subscriptionIds')],
    ] as const;
    for (const [[address, ids, more], expected] of cases) {
      assertRefused(await signUp(address, [...ids], more), expected);
    }
  });

  test('it takes the right to write statuses, or to manage; a form takes the latter', async () => {
    const body = { subscriberIdString: 'rights@example.com', subscriptionIds: [MARKETING] };
    const status = async (path: string, scope: Parameters<typeof tokenFor>[0]) =>
      (await server().post(path, body, { token: tokenFor(scope) })).status;
    assert.equal(await status(SIGNUPS, 'communication_preferences.write'), 202);
    assert.equal(await status(SIGNUPS, 'subscriptions-status-write'), 202);
    assert.equal(await status(SIGNUPS, 'optio.admin'), 202);
    assert.equal(await status(SIGNUPS, 'communication_preferences.read'), 403);
    assert.equal(await status('/optio/v1/signup-forms', 'optio.admin'), 200);
    assert.equal(await status('/optio/v1/signup-forms', 'communication_preferences.write'), 403);
  });

  test('looks at nothing that is known of the address, whatever that is', async (t) => {
    const asked: string[] = [];
    const watched = await startServer({ smtpUrl: () => mails.url, wrapStore: (store) => watch(store, asked) });
    t.after(() => watched.close());
    const [known, gone, unknown] = ['known@example.com', 'gone@example.com', 'unknown@example.com'];
    await watched.post(statusesOf(known), change());
    await watched.post(`${statusesOf(gone)}/unsubscribe-all?channel=EMAIL`);
    const sequences = [];
    for (const subscriberIdString of [known, gone, unknown, unknown]) {
      asked.length = 0;
      await watched.post(SIGNUPS, { subscriberIdString, subscriptionIds: [MARKETING] });
      sequences.push([...asked]);
    }
    assert.deepEqual(sequences, Array(4).fill(['signUps.load', 'signUps.save']));
  });
});

/** The store, noting what is asked of it for contacts. */
function watch(store: Store, asked: string[]): Store {
  const part = <Part extends 'subscribers' | 'signUps'>(name: Part): Store[Part] =>
    new Proxy(store[name], {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => {
          asked.push(`${name}.${String(key)}`);
          return value.apply(target, values);
        };
      },
    });
  const parts = { subscribers: part('subscribers'), signUps: part('signUps') };
  return new Proxy(store, {
    get: (target, key) => {
      if (key in parts) return parts[key as keyof typeof parts];
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
