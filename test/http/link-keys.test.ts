/** Links of another process, and links that are void: revoked for a contact, or with the key that they were sealed with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkMakerOf, makeLinks as makeLinksIn } from '../../src/actions/make-links.ts';
import { createBrand } from '../../src/actions/manage-brands.ts';
import { createDefinition } from '../../src/actions/manage-definitions.ts';
import { rotateLinkKey } from '../../src/actions/manage-link-keys.ts';
import { managementOf } from '../../src/actions/manage-outcome.ts';
import { parseAddress } from '../../src/domain/address.ts';
import { keyIdOf } from '../../src/domain/link.ts';
import { FIRST_ACCOUNT, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { actionOf, ledgerOf, makeLinks, open, send } from './support/links.ts';
import { useServer } from './support/server.ts';

onEveryEngine('voiding links', (engine) => {
  const server = useServer(engine);

  test('a contact’s links that were revoked are void, those made later work, and others’ are untouched', async () => {
    const [before, others] = [
      await makeLinks(server(), 'Lost@example.com'),
      await makeLinks(server(), 'kept@example.com'),
    ];
    const answer = await server().post('/optio/v1/links/revoke', { subscriberIdString: 'lost@EXAMPLE.com' });
    assert.equal(answer.status, 200);
    assert.equal(answer.json.subscriberIdString, 'lost@example.com');
    while (Date.now() <= Date.parse(answer.json.revokedThrough)) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const url of [before.managePreferencesUrl, before.unsubscribeAllUrl]) {
      assert.equal((await open(url)).status, 410);
      assert.equal((await send(url, [['List-Unsubscribe', 'One-Click']])).status, 410);
    }
    assert.doesNotMatch((await open(before.managePreferencesUrl)).text, /lost@/);
    assert.equal((await open((await makeLinks(server(), 'lost@example.com')).managePreferencesUrl)).status, 200);
    assert.equal((await open(others.managePreferencesUrl)).status, 200);
    assert.deepEqual(await ledgerOf(server(), 'lost@example.com'), []);
    const foreign = await server().post(
      '/optio/v1/links/revoke',
      { subscriberIdString: 'kept@example.com' },
      { token: SECOND_TOKEN },
    );
    assert.equal(foreign.status, 200);
    assert.equal((await open(others.managePreferencesUrl)).status, 200, 'another account revokes its own');
  });

  test('a mailing’s links are sealed with a key that another process just made', async () => {
    const inputs = [{ subscriberIdString: 'one@example.com' }, { subscriberIdString: 'two@example.com' }];
    const mailing = async () => (await server().post('/optio/v1/links/batch', { inputs })).json.results;
    const [{ managePreferencesUrl: before }] = await mailing();
    const elsewhere = managementOf(server().store);
    assert.equal((await rotateLinkKey(elsewhere, FIRST_ACCOUNT, 'now')).kind, 'done');
    const [{ managePreferencesUrl: after }] = await mailing();
    const keyOf = (url: string) => keyIdOf(url.slice(url.lastIndexOf('/') + 1));
    assert.notEqual(keyOf(after), keyOf(before));
    assert.equal(keyOf(after), (await server().store.catalog.listLinkKeys(FIRST_ACCOUNT)).at(-1)?.id);
  });

  test('a key that is exchanged opens its links for as long as was said', async () => {
    const keysOf = async () => (await server().get('/optio/v1/link-keys')).json.results;
    const rotate = (othersRetireAt: unknown) => server().post('/optio/v1/link-keys', { othersRetireAt });
    const first = await makeLinks(server(), 'rotate@example.com');
    assert.equal((await rotate(null)).status, 201);
    assert.equal((await open(first.managePreferencesUrl)).status, 200, 'for good');
    const second = await makeLinks(server(), 'rotate@example.com');
    assert.notEqual(first.managePreferencesUrl.slice(-90, -60), second.managePreferencesUrl.slice(-90, -60));
    assert.equal((await rotate('2999-01-01T00:00:00Z')).status, 201);
    assert.equal((await open(second.managePreferencesUrl)).status, 200, 'until then');
    assert.equal((await rotate('now')).status, 201);
    for (const { managePreferencesUrl } of [first, second])
      assert.equal((await open(managePreferencesUrl)).status, 410);
    assert.equal((await open((await makeLinks(server(), 'rotate@example.com')).managePreferencesUrl)).status, 200);
    const keys = await keysOf();
    assert.deepEqual(Object.keys(keys[0]), ['id', 'createdAt', 'retiresAt']);
    assert.equal(keys.filter(({ retiresAt }: { retiresAt: string | null }) => retiresAt === null).length, 1);
    for (const wrong of ['yesterday', '2020-01-01T00:00:00Z', 5, undefined])
      assert.equal((await rotate(wrong)).status, 400);
    const stored = await server().store.catalog.listLinkKeys(FIRST_ACCOUNT);
    for (const { secret } of stored) assert.ok(!JSON.stringify(keys).includes(secret));
  });

  test('the way to the preference page that a page offers lasts no longer than the link to that page', async () => {
    const offered = async (address: string) => {
      const { unsubscribeAllUrl } = await makeLinks(server(), address);
      const page = await send(unsubscribeAllUrl, [['do', 'unsubscribe']]);
      return actionOf(page, 'undo', unsubscribeAllUrl);
    };
    const early = await offered('early@example.com');
    const { unsubscribeAllUrl: old } = await makeLinks(server(), 'late@example.com');
    await server().post('/optio/v1/link-keys', { othersRetireAt: '2999-01-01T00:00:00Z' });
    const late = actionOf(await send(old, [['do', 'unsubscribe']]), 'undo', old);
    for (const url of [early, late]) assert.equal((await open(url)).status, 200);
    await server().post('/optio/v1/link-keys', { othersRetireAt: 'now' });
    for (const url of [early, late]) assert.equal((await open(url)).status, 410);
  });

  test('a link that a page was opened by before a key was exchanged leads to no link of the new key', async () => {
    const { unsubscribeAllUrl: old } = await makeLinks(server(), 'old-key@example.com');
    await server().post('/optio/v1/link-keys', { othersRetireAt: null });
    const offered = actionOf(await send(old, [['do', 'unsubscribe']]), 'undo', old);
    const keyOf = (url: string) => keyIdOf(url.slice(url.lastIndexOf('/') + 1));
    assert.equal(keyOf(offered), keyOf(old));
  });

  test('opens at once where another process made it, with a brand and a type that are as new', async () => {
    const { url, context } = server();
    const management = { ...context, catalogs: { clear: () => {} } };
    for (let time = 0; time < 3; time++) {
      await open((await makeLinks(server(), 'warm@example.com')).managePreferencesUrl);
      const brand = await createBrand(management, FIRST_ACCOUNT, { name: `Brand of ${time}` });
      assert.ok(brand.kind === 'done');
      const type = await createDefinition(management, FIRST_ACCOUNT, {
        name: 'New',
        purpose: 'News',
        businessUnitId: brand.value.id,
      });
      assert.ok(type.kind === 'done');
      const mailing = { businessUnitId: brand.value.id, subscriptionId: type.value.id };
      const wish = { address: parseAddress('new@example.com')!, language: null };
      const made = await makeLinksIn(linkMakerOf(management, url), FIRST_ACCOUNT, mailing, [wish]);
      assert.ok(made.kind === 'made');
      assert.equal((await send(made.links[0]!.unsubscribe!, [['List-Unsubscribe', 'One-Click']])).status, 200);
    }
    assert.equal((await ledgerOf(server(), 'new@example.com')).length, 3);
  });
});
