/** Erasing a contact over the API: what goes, what holds on, and what is told of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_APP, MARKETING, SALES, SECOND_TOKEN, SERVICE, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { fieldsOf, ledgerOf, makeLinks, open, send, statesOf } from './support/links.ts';
import { assertRefused, change, countEvents, statusesOf, subscriberOf, useServer } from './support/server.ts';

const EXPLANATION = 'Asked for it at the fair.';
const EVIDENCE = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: EXPLANATION };

onEveryEngine('erasing a contact', (engine) => {
  const server = useServer(engine);
  const set = async (address: string, fields: object) => {
    const answer = await server().post(statusesOf(address), change({ ...EVIDENCE, ...fields }));
    assert.equal(answer.status, 200, answer.text);
  };
  const erase = async (address: string, query = '') => {
    const answer = await server().request('DELETE', subscriberOf(address, query));
    assert.deepEqual([answer.status, answer.text], [204, '']);
  };
  const historyOf = async (address: string) => (await server().get(subscriberOf(address, '/history'))).json.results;

  test('keeps every "no", forgets all else, and tells when and why', async () => {
    const ada = 'Ada@example.com';
    await set(ada, {});
    await set(ada, { subscriptionId: SERVICE, statusState: 'UNSUBSCRIBED' });
    await erase('ada@Example.com', '?reason=asked%20for%20it%2C%20ticket%204711');

    const states = await statesOf(server(), ada);
    assert.deepEqual(
      [states[MARKETING], states[SERVICE], states[SALES]],
      ['NOT_SPECIFIED', 'UNSUBSCRIBED', 'NOT_SPECIFIED'],
    );
    const [tombstone, ...before] = await historyOf(ada);
    assert.deepEqual(
      [tombstone.type, tombstone.channel, tombstone.reason, tombstone.appId, tombstone.source],
      ['ERASED', null, 'asked for it, ticket 4711', FIRST_APP, `Management API, App ID:${FIRST_APP}`],
    );
    const [lost] = tombstone.changes;
    assert.deepEqual(
      [tombstone.changes.length, lost.subscriptionId, lost.from, lost.to],
      [1, MARKETING, 'SUBSCRIBED', 'NOT_SPECIFIED'],
    );
    for (const event of before) assert.deepEqual([event.legalBasisExplanation, event.erased], [null, true]);
    const { text } = await server().get(`${statusesOf(ada)}?channel=EMAIL`);
    assert.ok(!text.includes(EXPLANATION), text);
  });

  test('holds an opt-out of everything on when the address comes back, until the contact wants mail again', async () => {
    const bob = 'bob@example.com';
    await set(bob, {});
    await server().request('POST', `${statusesOf(bob)}/unsubscribe-all?channel=EMAIL`);
    await erase(bob);
    assert.deepEqual([...new Set(Object.values(await statesOf(server(), bob)))], ['UNSUBSCRIBED']);
    await set(bob, { subscriptionId: SALES });
    const states = await statesOf(server(), bob);
    assert.deepEqual([states[MARKETING], states[SALES]], ['UNSUBSCRIBED', 'SUBSCRIBED']);
    assert.deepEqual(
      (await ledgerOf(server(), bob)).map(({ type }) => type),
      ['STATUS_SET', 'OPTED_OUT_OF_ALL', 'ERASED', 'STATUS_SET'],
    );
    await erase(bob);
    assert.equal((await historyOf(bob)).filter(({ type }: { type: string }) => type === 'ERASED').length, 2);
  });

  test('takes how contacts acted along, and voids their links', async () => {
    const eve = 'eve@example.com';
    const { managePreferencesUrl: url } = await makeLinks(server(), eve);
    await send(url, fieldsOf(await open(url), 'save'), { 'user-agent': 'Lynx' });
    const { unsubscribeAllUrl } = await makeLinks(server(), eve);
    assert.equal(
      (await send(unsubscribeAllUrl, [['List-Unsubscribe', 'One-Click']], { 'user-agent': 'Lynx' })).status,
      200,
    );
    assert.ok((await ledgerOf(server(), eve)).some(({ observed }) => observed?.request.userAgent === 'Lynx'));
    await erase(eve);
    assert.ok((await ledgerOf(server(), eve)).every(({ observed }) => observed === null));
    assert.deepEqual([(await open(url)).status, (await open(unsubscribeAllUrl)).status], [410, 410]);
    const fresh = await makeLinks(server(), eve);
    assert.equal((await open(fresh.managePreferencesUrl)).status, 200);
  });

  test('where nothing is known, or no more than that it was erased, answers the same and writes nothing', async () => {
    const before = await countEvents(server().store);
    await erase('nobody@example.com', '?reason=just%20in%20case');
    assert.equal(await countEvents(server().store), before);
    await set('once@example.com', {});
    await erase('once@example.com');
    await erase('once@example.com');
    assert.equal((await historyOf('once@example.com')).length, 2);
  });

  test('among changes of the same contact at the same moment leaves a ledger that holds, and nothing personal before it', async () => {
    const address = 'busy@example.com';
    await set(address, {});
    const others = Array.from({ length: 12 }, (_, index) =>
      set(address, { legalBasisExplanation: `said so, no. ${index}` }),
    );
    await Promise.all([...others, erase(address), erase(address)]);
    await erase(address);
    const told = await ledgerOf(server(), address);
    assert.equal(told.at(-1)!.type, 'ERASED');
    const events = await historyOf(address);
    assert.equal(events.length, told.length);
    assert.ok(events.every((event: { legalBasisExplanation: unknown }) => event.legalBasisExplanation === null));
    assert.equal((await statesOf(server(), address))[MARKETING], 'NOT_SPECIFIED');
  });

  test('refuses what is no address, and a reason that may not stay', async () => {
    const refusals: readonly [path: string, field: string, message: string | RegExp][] = [
      [subscriberOf('nobody'), 'subscriberIdString', /nobody/],
      [subscriberOf('ada@example.com', '?reason='), 'reason', '"reason" must not be empty.'],
      [
        subscriberOf('ada@example.com', `?reason=${'a'.repeat(201)}`),
        'reason',
        '"reason" must have at most 200 characters.',
      ],
      [subscriberOf('ada@example.com', '?reason=two%0Alines'), 'reason', '"reason" must be one line of text.'],
      [
        subscriberOf('ada@example.com', '?reason=mail%20of%20ada%40example.com'),
        'reason',
        '"reason" must name no e-mail address: it stays when the address is gone.',
      ],
    ];
    for (const [path, field, message] of refusals) {
      const answer = await server().request('DELETE', path);
      const { code } = answer.json.errors[0];
      assertRefused(answer, { status: 400, category: 'VALIDATION_ERROR', code, in: field, message });
    }
  });

  test('takes the scope for managing, and reaches no other account', async () => {
    await set('tenant@example.com', {});
    const request = (token: string) => server().request('DELETE', subscriberOf('tenant@example.com'), { token });
    assert.equal((await request(tokenFor('communication_preferences.read_write'))).status, 403);
    assert.equal((await request(SECOND_TOKEN)).status, 204);
    assert.equal((await historyOf('tenant@example.com')).length, 1);
  });
});
