/** The judge itself: it lets through what HubSpot's file allows and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdAgainstHubSpot, type Judged, operationOf, operations } from './hubspot-spec.ts';

const row = {
  businessUnitId: 0,
  channel: 'EMAIL',
  subscriberIdString: 'ada@example.com',
  subscriptionId: 1,
  subscriptionName: 'Marketing Information',
  status: 'SUBSCRIBED',
  source: 'Public status API, App ID:1',
  legalBasis: null,
  legalBasisExplanation: null,
  setStatusSuccessReason: null,
  timestamp: '2026-01-02T03:04:05.006Z',
};
const envelope = {
  status: 'COMPLETE',
  results: [row],
  startedAt: '2026-01-02T03:04:05.006Z',
  completedAt: '2026-01-02T03:04:05.006Z',
};

function answer(body: unknown, fields: Partial<Judged> = {}): Judged {
  return {
    method: 'GET',
    path: '/communication-preferences/v4/statuses/ada%40example.com?channel=EMAIL',
    status: 200,
    headers: new Headers({
      'content-type': 'application/json; charset=utf-8',
      'x-hubspot-correlation-id': '00000000-0000-4000-8000-000000000000',
    }),
    text: JSON.stringify(body),
    ...fields,
  };
}

test('an answer as HubSpot gives it passes', () => {
  holdAgainstHubSpot(answer(envelope));
});

test('spoiled answers are found', () => {
  const spoiled: Record<string, Judged> = {
    'a null that only some fields may have': answer({ ...envelope, results: [{ ...row, source: null }] }),
    'a missing field': answer({ ...envelope, completedAt: undefined }),
    'an unknown field': answer({ ...envelope, results: [{ ...row, extra: 1 }] }),
    'an unknown state': answer({ ...envelope, results: [{ ...row, status: 'subscribed' }] }),
    'an instant that is none': answer({ ...envelope, startedAt: 'yesterday' }),
    'an id that is a text': answer({ ...envelope, results: [{ ...row, subscriptionId: '1' }] }),
    'a status code that the operation does not have': answer(envelope, { status: 207 }),
    'an error without a category': answer({ status: 'error', message: 'm', correlationId: 'x' }, { status: 400 }),
    'no correlation id in the headers': answer(envelope, {
      headers: new Headers({ 'content-type': 'application/json' }),
    }),
    'a path that HubSpot does not have': answer(envelope, { path: '/communication-preferences/v4/nothing' }),
  };
  for (const [fault, judged] of Object.entries(spoiled)) {
    assert.throws(() => holdAgainstHubSpot(judged), assert.AssertionError, fault);
  }
});

const TOKENS = {
  token_type: 'bearer',
  refresh_token: 'r',
  access_token: 'a',
  hub_id: 1,
  scopes: ['oauth'],
  scope: 'oauth',
  expires_in: 1_800,
  user_id: 2,
  token_use: 'access_token',
};

test("OAuth's answers are held against their own files", () => {
  const tokens = (body: unknown, fields: Partial<Judged> = {}) =>
    answer(body, { method: 'POST', path: '/oauth/v1/token', ...fields });
  const introspected = (body: unknown) => tokens(body, { path: '/oauth/v3/token/introspect' });
  const empty = { text: '', path: '/oauth/2026-03/token/revoke' };
  const { refresh_token: _refresh, ...withoutRefresh } = TOKENS;
  holdAgainstHubSpot(tokens(TOKENS));
  holdAgainstHubSpot(tokens({ ...withoutRefresh, token_use: 'client_credentials' }));
  holdAgainstHubSpot(introspected({ active: false }));
  holdAgainstHubSpot(tokens(null, empty));
  const spoiled: Record<string, Judged> = {
    'a token for nobody to refresh': tokens(withoutRefresh),
    'a field that is none of theirs': tokens({ ...TOKENS, id: 1 }),
    'a lifetime that is a text': tokens({ ...TOKENS, expires_in: '1800' }),
    'what is told of a token that does not work': introspected({ active: false, scope: 'oauth' }),
    'a revocation that says something': tokens({}, { ...empty, text: '{}' }),
    'an error of RFC 6749 alone': tokens({ error: 'invalid_grant' }, { status: 400 }),
    'a method that HubSpot does not have': tokens(TOKENS, { method: 'GET' }),
  };
  for (const [fault, judged] of Object.entries(spoiled)) {
    assert.throws(() => holdAgainstHubSpot(judged), assert.AssertionError, fault);
  }
});

test('operations are told apart, fixed paths before those with a parameter', () => {
  const base = '/communication-preferences/v4';
  assert.equal(operations('v4').length, 10);
  assert.equal(
    operationOf('POST', `${base}/statuses/batch/unsubscribe-all?x=1`),
    `POST ${base}/statuses/batch/unsubscribe-all`,
  );
  assert.equal(
    operationOf('GET', `${base}/statuses/a%40b.de/unsubscribe-all`),
    `GET ${base}/statuses/{subscriberIdString}/unsubscribe-all`,
  );
  assert.equal(operationOf('GET', `${base}/statuses/batch/unsubscribe-all`), null);
  assert.equal(operationOf('DELETE', `${base}/definitions`), null);
  const [v3, dated] = ['/communication-preferences/v3', '/communication-preferences/2025-09'];
  assert.equal(operationOf('GET', `${v3}/status/email/a%40b.de`), `GET ${v3}/status/email/{emailAddress}`);
  assert.equal(operationOf('POST', `${v3}/resubscribe`), null);
  assert.equal(operationOf('POST', `${dated}/resubscribe`), `POST ${dated}/resubscribe`);
});
