import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SCOPES, type Scope } from '../../src/domain/access.ts';
import { EXPIRED_TOKEN, REVOKED_TOKEN, tokenFor } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const DEFINITIONS = `${V4}/definitions`;
const ADA = statusesOf('ada@example.com');
const CHANNEL = '?channel=EMAIL';
const INPUTS = { inputs: ['ada@example.com'] };

interface Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Old names, then those of 2026-03. */
  readonly scopes: readonly Scope[];
}

const OLD_READ = ['communication_preferences.read', 'communication_preferences.read_write'] as const;
const READ: readonly Scope[] = [...OLD_READ, 'subscriptions-status-read'];
const WRITE: readonly Scope[] = [
  'communication_preferences.write',
  'communication_preferences.read_write',
  'subscriptions-status-write',
];
const BATCH_READ: readonly Scope[] = [
  'communication_preferences.statuses.batch.read',
  'subscription-status-batch-read',
];
const BATCH_WRITE: readonly Scope[] = [
  'communication_preferences.statuses.batch.write',
  'subscription-status-batch-write',
];
const inputs = { inputs: [change({ subscriberIdString: 'ada@example.com' })] };

const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: DEFINITIONS, scopes: [...OLD_READ, 'subscriptions-definition-read'] },
  { method: 'GET', path: ADA + CHANNEL, scopes: READ },
  { method: 'POST', path: ADA, body: change(), scopes: WRITE },
  { method: 'GET', path: `${ADA}/unsubscribe-all${CHANNEL}`, scopes: READ },
  { method: 'POST', path: `${ADA}/unsubscribe-all${CHANNEL}`, scopes: WRITE },
  { method: 'POST', path: `${V4}/statuses/batch/read${CHANNEL}`, body: INPUTS, scopes: BATCH_READ },
  { method: 'POST', path: `${V4}/statuses/batch/write`, body: inputs, scopes: BATCH_WRITE },
  { method: 'POST', path: `${V4}/statuses/batch/unsubscribe-all${CHANNEL}`, body: INPUTS, scopes: BATCH_WRITE },
  { method: 'POST', path: `${V4}/statuses/batch/unsubscribe-all/read${CHANNEL}`, body: INPUTS, scopes: BATCH_READ },
];

describe('who may', () => {
  const server = useServer(SQLITE);

  for (const { method, path, body, scopes } of OPERATIONS) {
    test(`${method} ${path}: any of ${scopes.join(', ')}`, async () => {
      for (const scope of SCOPES) {
        const answer = await server().request(method, path, { body, token: tokenFor(scope) });
        if (scopes.includes(scope)) {
          assert.equal(answer.status, 200, `${scope}: ${answer.text}`);
          continue;
        }
        assertRefused(answer, {
          status: 403,
          category: 'MISSING_SCOPES',
          code: 'SCOPES_MISSING',
          message: /^This app hasn't been granted all required scopes to make this call\. /,
        });
        assert.equal(answer.json.errors[0].message, 'One or more of the following scopes are required.');
        assert.deepEqual(answer.json.errors[0].context, { requiredGranularScopes: scopes });
      }
    });
  }
});

describe('who is asking', () => {
  const server = useServer(SQLITE);
  const unauthenticated = {
    status: 401,
    category: 'INVALID_AUTHENTICATION',
    in: 'Authorization',
    message:
      /^Authentication credentials not found\. This API supports OAuth 2\.0 authentication and you can find more details at /,
  };

  test('no token', async () => {
    for (const { method, path, body } of OPERATIONS) {
      const answer = await server().request(method, path, { body, token: null });
      assertRefused(answer, { ...unauthenticated, code: 'CREDENTIALS_MISSING' });
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
  });

  test('what is no bearer token', async () => {
    for (const authorization of ['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'pat-eu1-x', 'Bearer\u00a0x']) {
      const answer = await server().get(DEFINITIONS, { token: null, headers: { authorization } });
      assertRefused(answer, { ...unauthenticated, code: 'CREDENTIALS_MALFORMED' });
    }
  });

  test('a token that nobody gave out, or that was revoked', async () => {
    for (const token of ['pat-eu1-nobody', REVOKED_TOKEN, 'x'.repeat(8_000)]) {
      const answer = await server().get(DEFINITIONS, { token });
      assertRefused(answer, { ...unauthenticated, code: 'TOKEN_UNKNOWN' });
      assert.ok(!answer.text.includes(token));
    }
  });

  test('the scheme in any case', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      const headers = { authorization: `${scheme} ${tokenFor('communication_preferences.read')}` };
      assert.equal((await server().get(DEFINITIONS, { token: null, headers })).status, 200);
    }
  });

  test('a token is asked for before the body is looked at', async () => {
    const answer = await server().request('POST', ADA, { body: '{', token: null });
    assert.equal(answer.status, 401);
    assert.equal(await countEvents(server().store), 0);
  });
});

describe('a token that expired', () => {
  const server = useServer(SQLITE, { clock: () => Date.parse('2026-01-02T03:05:05.999Z') });

  test('since when, in seconds and as an instant', async () => {
    const answer = await server().get(DEFINITIONS, { token: EXPIRED_TOKEN });
    assertRefused(answer, {
      status: 401,
      category: 'EXPIRED_AUTHENTICATION',
      code: 'TOKEN_EXPIRED',
      in: 'Authorization',
      message: 'The OAuth token used to make this call expired 59 second(s) ago.',
    });
    assert.deepEqual(answer.json.context, { 'expire time': ['2026-01-02T03:04:06.006Z'] });
    assert.deepEqual(Object.keys(answer.json), ['status', 'message', 'correlationId', 'category', 'context', 'errors']);
  });
});
