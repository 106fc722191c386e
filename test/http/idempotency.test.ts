/** `Idempotency-Key`: the same answer for the same key within a day, and nothing done twice. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { BRAND, FIRST_APP, FOREIGN, FULL_TOKEN, MARKETING, SECOND_TOKEN, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import {
  type Answer,
  assertRefused,
  change,
  countEvents,
  type Sent,
  statusesOf,
  useServer,
  V4,
} from './support/server.ts';

const V3 = '/communication-preferences/v3';
const MANAGE = '/optio/v1';
const DAY_MS = 86_400_000;

/** What is sent along with a key. */
function under(key: string, token = FULL_TOKEN): Sent {
  return { token, headers: { 'idempotency-key': key } };
}

/** What a client that repeats itself compares. */
function seen({ status, text, headers }: Answer): unknown[] {
  return [status, text, headers.get('content-type'), headers.get('location')];
}

function assertRepeated(repeat: Answer, first: Answer): void {
  assert.deepEqual(seen(repeat), seen(first));
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(repeat.headers.get('idempotency-replayed'), 'true');
}

onEveryEngine('repeats of a request with a key', (engine) => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const server = useServer(engine, { clock: () => now });
  let contacts = 0;
  const newContact = () => {
    contacts += 1;
    return `contact${contacts}@example.com`;
  };

  async function assertWrites(expected: number, work: () => Promise<void>): Promise<void> {
    const before = await countEvents(server().store);
    await work();
    assert.equal((await countEvents(server().store)) - before, expected);
  }

  test('every write of HubSpot’s API is answered as the first, and done once', async () => {
    const ofContact = (fields: object = {}) => change({ subscriberIdString: newContact(), ...fields });
    const v3 = () => ({ emailAddress: newContact(), subscriptionId: String(MARKETING) });
    const writes: readonly (readonly [events: number, path: string, body: unknown])[] = [
      [1, statusesOf(newContact()), change()],
      [1, `${statusesOf(newContact())}/unsubscribe-all?channel=EMAIL&verbose=true`, undefined],
      [2, `${V4}/statuses/batch/write`, { inputs: [ofContact(), ofContact(), ofContact({ subscriptionId: 1 })] }],
      [2, `${V4}/statuses/batch/unsubscribe-all?channel=EMAIL`, { inputs: [newContact(), newContact()] }],
      [1, '/communication-preferences/2026-09/statuses/batch/write', { inputs: [ofContact()] }],
      [1, `${V3}/subscribe`, v3()],
      [1, `${V3}/unsubscribe`, v3()],
      [1, '/communication-preferences/2025-09/resubscribe', v3()],
    ];
    for (const [events, path, body] of writes) {
      const key = randomUUID();
      await assertWrites(events, async () => {
        const first = await server().post(path, body, under(key));
        assert.equal(first.status, 200, `${path}: ${first.text}`);
        now += 1_000;
        assertRepeated(await server().post(path, body, under(key)), first);
        assertRepeated(await server().post(path, body, under(key)), first);
      });
    }
  });

  test('so is every write of our own API', async () => {
    const made = async (path: string, body: unknown) => {
      const key = randomUUID();
      const first = await server().post(`${MANAGE}/${path}`, body, under(key));
      assert.ok(first.status < 300, first.text);
      assertRepeated(await server().post(`${MANAGE}/${path}`, body, under(key)), first);
      return first.json;
    };
    const definition = await made('definitions', { name: 'Only once' });
    const named = (await server().get(`${MANAGE}/definitions`)).json.results.filter(
      ({ name }: { name: string }) => name === 'Only once',
    );
    assert.equal(named.length, 1);
    const key = randomUUID();
    const path = `${MANAGE}/definitions/${definition.id}/translations/de`;
    await server().request('PUT', path, { body: { name: 'Nur einmal' } });
    const gone = await server().request('DELETE', path, under(key));
    assert.equal(gone.status, 204);
    assertRepeated(await server().request('DELETE', path, under(key)), gone);
    await made('brands', { name: 'A brand' });
    await made('links/revoke', { subscriberIdString: newContact() });
    await made('link-keys', { othersRetireAt: null });
    const patched = await server().request('PATCH', `${MANAGE}/brands/${BRAND}`, {
      ...under(key),
      body: { name: 'Again' },
    });
    assert.equal(patched.json.errors[0].code, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('an erased contact is erased once, and its answer says nothing of it', async () => {
    const contact = newContact();
    await server().post(statusesOf(contact), change());
    const path = `${MANAGE}/subscribers/${encodeURIComponent(contact)}`;
    await assertWrites(1, async () => {
      const first = await server().request('DELETE', path, under('erase-1'));
      assert.equal(first.status, 204);
      assertRepeated(await server().request('DELETE', path, under('erase-1')), first);
    });
  });

  test('twenty at once with one key are carried out once', async () => {
    const path = `${statusesOf(newContact())}/unsubscribe-all?channel=EMAIL&verbose=true`;
    await assertWrites(1, async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => server().post(path, undefined, under('all'))));
      for (const answer of answers) assert.deepEqual(seen(answer), seen(answers[0]!));
      assert.equal(answers[0]!.status, 200);
      assert.equal(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1);
    });
  });

  test('with another method, path, query or body it is 422, and nothing is done', async () => {
    const contact = newContact();
    const path = `${statusesOf(contact)}/unsubscribe-all?channel=EMAIL`;
    await server().post(path, undefined, under('other'));
    await assertWrites(0, async () => {
      const others = [
        await server().post(`${path}&verbose=true`, undefined, under('other')),
        await server().post(statusesOf(contact), change(), under('other')),
        await server().post(path, {}, under('other')),
        await server().request('DELETE', `${MANAGE}/subscribers/${contact}`, under('other')),
        await server().post(`${V3}/subscribe`, { emailAddress: contact, subscriptionId: '1' }, under('other')),
      ];
      for (const answer of others) {
        assertRefused(answer, {
          status: 422,
          category: 'VALIDATION_ERROR',
          code: 'IDEMPOTENCY_KEY_REUSED',
          in: 'Idempotency-Key',
          message: /"Idempotency-Key" was used within a day for another request.+Allowed: the very same request/,
        });
      }
    });
  });

  test('a refusal is repeated too, though by now the request would be taken', async () => {
    const contact = newContact();
    const body = { emailAddress: contact, subscriptionId: String(SERVICE) };
    await server().post(statusesOf(contact), change({ subscriptionId: SERVICE, statusState: 'UNSUBSCRIBED' }));
    const first = await server().post(`${V3}/subscribe`, body, under('refused'));
    assert.equal(first.json.errors[0].code, 'HAS_UNSUBSCRIBED');
    await server().post(statusesOf(contact), change({ subscriptionId: SERVICE, statusState: 'NOT_SPECIFIED' }));
    assertRepeated(await server().post(`${V3}/subscribe`, body, under('refused')), first);
  });

  test('what is malformed is not kept: it may be mended under its key', async () => {
    const path = statusesOf(newContact());
    assert.equal((await server().post(path, change({ channel: 'FAX' }), under('mended'))).status, 400);
    assert.equal((await server().post(path, '{', under('mended'))).status, 400);
    assert.equal((await server().post(path, change(), under('mended'))).status, 200);
  });

  test('what is not let in is not kept either', async () => {
    const path = statusesOf(newContact());
    for (const token of [null, 'pat-eu1-only-subscriptions-status-read', 'pat-eu1-none']) {
      const refused = await server().post(path, change(), { ...under('let-in'), token });
      assert.ok(refused.status === 401 || refused.status === 403);
    }
    assert.equal((await server().post(path, change(), under('let-in'))).status, 200);
  });

  test('a key is one account’s, and one app’s of it', async () => {
    const body = change({ subscriptionId: FOREIGN });
    const first = await server().post(statusesOf('shared@example.com'), change(), under('mine'));
    const theirs = await server().post(statusesOf('shared@example.com'), body, under('mine', SECOND_TOKEN));
    assert.deepEqual([first.status, theirs.status], [200, 200], theirs.text);
    const { json: app } = await server().post(`${MANAGE}/apps`, { name: 'Another' });
    const wish = { name: 'Another', appId: app.id, scopes: ['communication_preferences.write'] };
    const { json: issued } = await server().post(`${MANAGE}/tokens`, wish);
    const other = await server().post(statusesOf('shared@example.com'), change(), under('mine', issued.token));
    assert.equal(other.status, 200, other.text);
    assert.equal(other.headers.get('idempotency-replayed'), null);
  });

  test('a day later the key is as good as new', async () => {
    const path = statusesOf(newContact());
    const first = await server().post(path, change(), under('daily'));
    now += DAY_MS - 1;
    assertRepeated(await server().post(path, change(), under('daily')), first);
    now += 1;
    const next = await server().post(path, change({ statusState: 'UNSUBSCRIBED' }), under('daily'));
    assert.equal(next.json.results[0].status, 'UNSUBSCRIBED');
  });

  test('a secret is shown once, and made once', async () => {
    const tokens = async () => (await server().get(`${MANAGE}/tokens`)).json.results.length;
    const before = await tokens();
    const wish = { name: 'Once', appId: FIRST_APP, scopes: ['optio.admin'] };
    const first = await server().post(`${MANAGE}/tokens`, wish, under('token'));
    assert.equal(first.status, 201);
    const repeat = await server().post(`${MANAGE}/tokens`, wish, under('token'));
    assert.deepEqual([repeat.status, repeat.json.errors[0].code], [409, 'ANSWER_NOT_KEPT']);
    assert.match(repeat.json.message, /carried out before.+shown once and kept nowhere/);
    assert.equal(repeat.headers.get('location'), first.headers.get('location'));
    assert.equal(repeat.headers.get('idempotency-replayed'), 'true');
    assert.equal(await tokens(), before + 1);
    const rotate = `${repeat.headers.get('location')}/rotate`;
    const rotated = await server().post(rotate, {}, under('rotate'));
    assert.equal(rotated.status, 200, rotated.text);
    assert.equal((await server().post(rotate, {}, under('rotate'))).json.errors[0].code, 'ANSWER_NOT_KEPT');
    assert.equal((await server().get(`${MANAGE}/account`, { token: rotated.json.token })).status, 200);
  });

  test('reads ignore it, whatever it is', async () => {
    const contact = newContact();
    const inputs = [{ subscriberIdString: contact }];
    for (const key of ['read', 'two words', 'é', 'x'.repeat(256)]) {
      assert.equal((await server().get(`${statusesOf(contact)}?channel=EMAIL`, under(key))).status, 200);
      const links = await server().post(`${MANAGE}/links/batch`, { inputs }, under(key));
      assert.deepEqual([links.status, links.headers.get('idempotency-replayed')], [200, null]);
    }
    assert.equal((await server().post(statusesOf(contact), change(), under('read'))).status, 200);
  });

  test('a key has 1 to 255 visible ASCII characters', async () => {
    const contact = newContact();
    for (const key of ['!', '~'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"']) {
      assert.equal((await server().post(statusesOf(contact), change(), under(key))).status, 200);
    }
    await assertWrites(0, async () => {
      for (const key of ['', ' ', 'two words', 'two, keys', 'x'.repeat(256), 'é', 'tab\tbed']) {
        for (const [path, body] of [
          [statusesOf(contact), change({ statusState: 'UNSUBSCRIBED' })],
          [`${V3}/unsubscribe`, { emailAddress: contact, subscriptionId: String(MARKETING) }],
          [`${MANAGE}/brands`, { name: 'None' }],
        ] as const) {
          assertRefused(await server().post(path, body, under(key)), {
            status: 400,
            category: 'VALIDATION_ERROR',
            code: 'FIELD_INVALID',
            in: 'Idempotency-Key',
            message: /^"Idempotency-Key" was .+Allowed: 1 to 255 visible ASCII characters/,
          });
        }
      }
    });
  });
});
