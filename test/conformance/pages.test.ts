/** The requests of HubSpot's pages run as written: only host, token and the placeholders are filled in. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { FIRST_ACCOUNT, FIRST_APP, FULL_TOKEN, MARKETING } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { type Answer, assertRefused, statusesOf, useServer, V4 } from '../http/support/server.ts';
import { GERMAN_BATCH, GERMAN_SINGLE, JAPANESE_BATCH, type PageRequest, parseCurl } from './page-requests.ts';

const ADDRESS = 'ada@example.com';

onEveryEngine("the requests of HubSpot's pages", (engine) => {
  const server = useServer(engine);

  before(async () => {
    const catalog = await server().store.catalog.loadCatalog(FIRST_ACCOUNT);
    const marketing = catalog!.definitions.get(MARKETING)!;
    await server().store.catalog.insertDefinition(FIRST_ACCOUNT, { ...marketing, id: 123, isDefault: false });
    server().context.catalogs.clear();
  });

  function run({ method, path, headers, body }: PageRequest): Promise<Answer> {
    const filled = { ...headers, authorization: headers.authorization!.replace('<token>', FULL_TOKEN) };
    const url = path.replace('{subscriberIdString}', encodeURIComponent(ADDRESS));
    return server().request(method, url, { body, token: null, headers: filled });
  }
  const row = (fields: object) => ({
    businessUnitId: 0,
    channel: 'EMAIL',
    subscriberIdString: ADDRESS,
    subscriptionId: 123,
    subscriptionName: 'Marketing Information',
    source: `Public status API, App ID:${FIRST_APP}`,
    legalBasisExplanation: '<string>',
    ...fields,
  });

  test('the update of one status, as it stands', async () => {
    const { status, json } = await run(parseCurl(GERMAN_SINGLE));
    assert.equal(status, 200);
    const { timestamp, ...rest } = json.results[0];
    assert.match(timestamp, /Z$/);
    assert.deepEqual(
      rest,
      row({
        status: 'SUBSCRIBED',
        legalBasis: 'LEGITIMATE_INTEREST_PQL',
        setStatusSuccessReason: 'REQUESTED_CHANGE_OCCURRED',
      }),
    );
  });

  test('the German batch, as it stands: it lacks two fields that are required', async () => {
    const answer = await run(parseCurl(GERMAN_BATCH));
    assertRefused(answer, {
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'FIELD_REQUIRED',
      in: 'inputs[0].statusState',
      message: 'Missing: the field "inputs[0].statusState". Allowed: one of NOT_SPECIFIED, SUBSCRIBED, UNSUBSCRIBED.',
    });
  });

  test('the Japanese batch, as it stands: "<string>" is no address, and that is said of this input', async () => {
    const { status, json } = await run(parseCurl(JAPANESE_BATCH));
    assert.equal(status, 200);
    assert.deepEqual([json.results, json.numErrors], [[], 1]);
    assert.deepEqual(json.errors[0].context, {
      subscriberIdString: ['<string>'],
      subscriptionId: ['123'],
      index: ['0'],
    });
  });

  test('both batches with an address, and what the German one lacks', async () => {
    const japanese = parseCurl(JAPANESE_BATCH);
    const first = await run({ ...japanese, body: japanese.body.replace('<string>', ADDRESS) });
    assert.equal(first.status, 200);
    const { timestamp, ...rest } = first.json.results[0];
    assert.deepEqual(
      rest,
      row({
        status: 'NOT_SPECIFIED',
        legalBasis: 'CONSENT_WITH_NOTICE',
        setStatusSuccessReason: 'REQUESTED_CHANGE_OCCURRED',
      }),
    );
    const german = parseCurl(GERMAN_BATCH);
    const body = german.body
      .replace('<string>', ADDRESS)
      .replace('123,', '123, "statusState": "UNSUBSCRIBED", "channel": "EMAIL",');
    const second = await run({ ...german, body });
    assert.equal(second.json.results[0].status, 'UNSUBSCRIBED');
    assert.ok(second.json.results[0].timestamp > timestamp);
  });

  test('the two requests that this server was founded on', async () => {
    const single = `{"subscriptionId": 39644612, "statusState": "SUBSCRIBED", "legalBasis": "LEGITIMATE_INTEREST_OTHER",
      "legalBasisExplanation": "Asked by phone to come back.", "channel": "EMAIL"}`;
    const path = statusesOf('founder@example.com');
    assert.equal(
      (await server().post(path, single)).json.results[0].setStatusSuccessReason,
      'REQUESTED_CHANGE_OCCURRED',
    );
    const batch = `{"inputs": [{"subscriberIdString": "founder@example.com", "subscriptionId": 39644612, "statusState": "UNSUBSCRIBED",
      "channel": "EMAIL", "legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "…"}]}`;
    assert.equal((await server().post(`${V4}/statuses/batch/write`, batch)).json.results[0].status, 'UNSUBSCRIBED');
    assert.equal((await server().post(path, single)).json.results[0].setStatusSuccessReason, 'RESUBSCRIBE_OCCURRED');
  });
});
