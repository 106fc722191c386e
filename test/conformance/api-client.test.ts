/** HubSpot's published client drives every family with nothing changed but where it points to and the token it shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@hubspot/api-client';
import {
  ApiException,
  PublicSubscriptionStatus,
  PublicUpdateSubscriptionStatusRequestLegalBasisEnum,
} from '@hubspot/api-client/lib/codegen/communication_preferences/index.js';
import { BRAND, FULL_TOKEN, MARKETING, tokenFor } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { useServer, V4 } from '../http/support/server.ts';
import { FAMILIES, holdAgainstHubSpot } from './hubspot-spec.ts';

type Method = 'GET' | 'POST';

onEveryEngine('@hubspot/api-client', (engine) => {
  const server = useServer(engine);
  const client = (accessToken = FULL_TOKEN) =>
    new Client({ accessToken, basePath: server().url, numberOfApiCallRetries: 3 });

  const asker =
    (base: string) =>
    async (method: Method, path: string, options: { qs?: Record<string, string>; body?: object } = {}) => {
      const response = await client().apiRequest({ method, path: base + path, ...options });
      const text = await response.text();
      const query = options.qs ? `?${new URLSearchParams(options.qs)}` : '';
      holdAgainstHubSpot({
        method,
        path: base + path + query,
        status: response.status,
        headers: response.headers,
        text,
      });
      return { status: response.status, json: JSON.parse(text) };
    };

  const qs = { channel: 'EMAIL' };
  const change = { subscriptionId: MARKETING, statusState: 'SUBSCRIBED', channel: 'EMAIL' };

  for (const family of FAMILIES.filter((each) => each !== 'v3')) {
    test(`${family}: all ten operations`, async () => {
      const ask = asker(`/communication-preferences/${family}`);
      const ada = `/statuses/${encodeURIComponent(`Ada+${family}@example.com`)}`;
      const shown = `ada+${family}@example.com`;
      const definitions = await ask('GET', '/definitions', {
        qs: { includeTranslations: 'true', businessUnitId: String(BRAND) },
      });
      // A definition's id is a text; clients pass it on as they got it.
      const [{ id }] = definitions.json.results;
      const written = await ask('POST', ada, { body: { ...change, subscriptionId: id } });
      assert.equal(written.json.results[0].subscriberIdString, shown);
      const read = await ask('GET', ada, { qs });
      assert.equal(
        read.json.results.find((row: { status: string }) => row.status === 'SUBSCRIBED').subscriptionId,
        Number(id),
      );
      // No body, yet the client says that it sends JSON.
      assert.equal((await ask('POST', `${ada}/unsubscribe-all`, { qs })).status, 200);
      assert.equal(
        (await ask('POST', `${ada}/unsubscribe-all`, { qs: { ...qs, verbose: 'true' } })).json.results.length,
        4,
      );
      assert.equal((await ask('GET', `${ada}/unsubscribe-all`, { qs })).json.results.length, 1);
      const inputs = [
        { ...change, subscriberIdString: shown },
        { ...change, subscriberIdString: 'nobody' },
      ];
      const batch = await ask('POST', '/statuses/batch/write', { body: { inputs } });
      assert.deepEqual([batch.json.results.length, batch.json.numErrors], [1, 1]);
      const body = { inputs: [shown, 'second@example.com'] };
      assert.equal((await ask('POST', '/statuses/batch/read', { qs, body })).json.results.length, 2);
      assert.equal((await ask('POST', '/statuses/batch/unsubscribe-all', { qs, body })).json.results.length, 2);
      const wide = await ask('POST', '/statuses/batch/unsubscribe-all/read', { qs, body });
      assert.equal(wide.json.results[1].wideStatuses.length, 1);
      const links = await ask('POST', '/links/generate', {
        qs,
        body: { subscriberIdString: shown, subscriptionId: Number(id), language: 'de' },
      });
      assert.equal(links.json.subscriberIdString, shown);
      assert.notEqual(links.json.unsubscribeSingleUrl, links.json.unsubscribeAllUrl);
      const page = await fetch(links.json.managePreferencesUrl);
      assert.deepEqual([page.status, page.headers.get('content-language')], [200, 'de']);
    });
  }

  for (const family of ['2025-09', '2026-09'] as const) {
    test(`${family}: the operations that it has from v3`, async () => {
      const ask = asker(`/communication-preferences/${family}`);
      const emailAddress = `typeless+${family}@example.com`;
      const body = { emailAddress, subscriptionId: String(MARKETING) };
      const states = ['SUBSCRIBED', 'NOT_SUBSCRIBED', 'SUBSCRIBED'];
      for (const [index, name] of ['subscribe', 'unsubscribe', 'resubscribe'].entries()) {
        assert.equal((await ask('POST', `/${name}`, { body })).json.status, states[index]);
        const read = await ask('GET', `/status/email/${encodeURIComponent(emailAddress)}`);
        assert.equal(read.json.subscriptionStatuses[0].status, states[index]);
      }
    });
  }

  test('refusals arrive as answers that can be branched on', async () => {
    const body = { ...change, statusState: 'YES' };
    const { status, json } = await asker(V4)('POST', '/statuses/ada%40example.com', { body });
    assert.deepEqual([status, json.category], [400, 'VALIDATION_ERROR']);
    const response = await client(tokenFor('optio.admin')).apiRequest({ path: `${V4}/definitions` });
    const missing = (await response.json()) as { errors: { context: { requiredGranularScopes: string[] } }[] };
    assert.ok(missing.errors[0]!.context.requiredGranularScopes.includes('communication_preferences.read_write'));
  });

  test('the typed v3 API: a test a method, its own classes as the check', async () => {
    const { definitionApi, statusApi } = client().communicationPreferences;
    const { subscriptionDefinitions } = await definitionApi.getPage();
    assert.equal(subscriptionDefinitions.length, 5);
    assert.ok(subscriptionDefinitions.every(({ createdAt, updatedAt }) => createdAt <= updatedAt));
    const change = { emailAddress: 'Typed@example.com', subscriptionId: subscriptionDefinitions[0]!.id };
    const evidence = { legalBasis: PublicUpdateSubscriptionStatusRequestLegalBasisEnum.ConsentWithNotice };
    const subscribed = await statusApi.subscribe({ ...change, ...evidence, legalBasisExplanation: 'Ticked a box.' });
    assert.ok(subscribed instanceof PublicSubscriptionStatus);
    assert.deepEqual([subscribed.status, subscribed.legalBasis], ['SUBSCRIBED', 'CONSENT_WITH_NOTICE']);
    assert.equal((await statusApi.unsubscribe(change)).status, 'NOT_SUBSCRIBED');
    const read = await statusApi.getEmailStatus('Typed@example.com');
    assert.equal(read.recipient, 'typed@example.com');
    assert.deepEqual(
      read.subscriptionStatuses.map(({ id, status, sourceOfStatus }) => [id, status, sourceOfStatus])[0],
      [change.subscriptionId, 'NOT_SUBSCRIBED', 'SUBSCRIPTION_STATUS'],
    );
  });

  test("the client's generated classes read our errors as their own", async () => {
    const { statusApi } = client().communicationPreferences;
    const change = { emailAddress: 'errors@example.com', subscriptionId: String(MARKETING) };
    await statusApi.subscribe(change);
    await assert.rejects(statusApi.subscribe(change), (error: unknown) => {
      assert.ok(error instanceof ApiException);
      assert.equal(error.code, 400);
      assert.equal(error.body.message, `errors@example.com is already subscribed to subscription ${MARKETING}`);
      assert.equal(error.headers['x-hubspot-correlation-id'], error.body.correlationId);
      return true;
    });
    const stranger = client('pat-eu1-unknown').communicationPreferences.definitionApi.getPage();
    await assert.rejects(stranger, (error: unknown) => {
      assert.ok(error instanceof ApiException);
      assert.deepEqual([error.code, error.body.category], [401, 'INVALID_AUTHENTICATION']);
      return true;
    });
  });
});
