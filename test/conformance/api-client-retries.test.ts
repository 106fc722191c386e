/** HubSpot's published client meets a rate limit: it waits as it does at HubSpot, and gets through. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client } from '@hubspot/api-client';
import { ApiException } from '@hubspot/api-client/lib/codegen/communication_preferences/index.js';
import { FULL_TOKEN } from '../http/support/accounts.ts';
import { SQLITE } from '../http/support/engines.ts';
import { useServer } from '../http/support/server.ts';

const DAY_MS = 86_400_000;

describe('@hubspot/api-client past a rate limit', () => {
  // At noon, so that no day ends in the middle.
  const offset = DAY_MS / 2 - (Date.now() % DAY_MS);
  const server = useServer(SQLITE, {
    clock: () => Date.now() + offset,
    rateLimits: { app: 3, accountDaily: 4 },
  });
  const definitions = () =>
    new Client({ accessToken: FULL_TOKEN, basePath: server().url, numberOfApiCallRetries: 3 }).communicationPreferences
      .definitionApi;

  test('ten seconds: its own retries carry it through', async (t) => {
    const api = definitions();
    const complaints = t.mock.method(console, 'error', () => {});
    const answers = await Promise.all(Array.from({ length: 4 }, () => api.getPage()));
    assert.ok(answers.every(({ subscriptionDefinitions }) => subscriptionDefinitions.length === 5));
    const said = complaints.mock.calls.map(({ arguments: [line] }) => line);
    assert.deepEqual(said, ['Request failed with status code [429], will retry [1] time in [10000] ms']);
  });

  test('the day: it gives up at once, and shows which limit it was and when to come back', async () => {
    await assert.rejects(definitions().getPage(), (error: unknown) => {
      assert.ok(error instanceof ApiException);
      assert.deepEqual([error.code, error.body.policyName], [429, 'DAILY']);
      assert.equal(error.body.message, 'You have reached your daily limit.');
      assert.ok(Number(error.headers['retry-after']) > 40_000);
      return true;
    });
  });
});
