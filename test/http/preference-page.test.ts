/** The preference page: what contacts see, what their choice does, and what of it stays as proof. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SALES, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { type Fields, fieldsOf, ledgerOf, makeLinks, open, type PageAnswer, send, statesOf } from './support/links.ts';
import { change, statusesOf, useServer } from './support/server.ts';

const GERMAN = { 'accept-language': 'de-CH,de;q=0.9,en;q=0.1', 'user-agent': 'Mozilla/5.0 (Telefon)' };

/** The form as it stands, with the switch of a type turned. */
function turned(page: PageAnswer, id: number): Fields {
  const fields = fieldsOf(page, 'save');
  const others = fields.filter(([name, value]) => name !== 'type' || value !== String(id));
  return others.length < fields.length ? others : [...fields, ['type', String(id)]];
}

onEveryEngine('the preference page', (engine) => {
  const server = useServer(engine);
  const manage = async (address: string, wanted: Parameters<typeof makeLinks>[2] = {}) =>
    (await makeLinks(server(), address, wanted)).managePreferencesUrl;

  test('shows what the brand sends, in words of the contact’s language, and nothing internal or given up', async () => {
    const page = await open(await manage('look@example.com', { businessUnitId: BRAND }), GERMAN);
    assert.equal(page.status, 200);
    assert.match(page.text, /<html lang="de"/);
    assert.match(page.text, /Neues von der Marke/);
    assert.match(page.text, /Was die Marke Neues hat\./);
    assert.match(page.text, /look@example\.com/);
    const own = await open(await manage('look@example.com'));
    assert.match(own.text, new RegExp(`value="${MARKETING}"`));
    for (const hidden of [SERVICE, SALES, INACTIVE, BRAND_NEWS]) assert.doesNotMatch(own.text, new RegExp(`${hidden}`));
  });

  test('is kept, indexed, framed and passed on by nobody', async () => {
    const { headers } = await open(await manage('headers@example.com'));
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('set-cookie'), null);
    const policy = headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  });

  test('a type switched off ends; the answer says so, and undo brings it back with the consent text', async () => {
    const address = 'off@example.com';
    await server().post(statusesOf(address), change());
    const url = await manage(address);
    const saved = await send(url, turned(await open(url, GERMAN), MARKETING), GERMAN);
    assert.equal(saved.status, 200);
    assert.match(saved.text, /role="status"[\s\S]*gespeichert/);
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    const undone = await send(url, fieldsOf(saved, 'undo'), GERMAN);
    assert.equal(undone.status, 200);
    const [, ended, back] = await ledgerOf(server(), address);
    assert.partialDeepStrictEqual(ended, {
      from: 'SUBSCRIBED',
      to: 'UNSUBSCRIBED',
      legalBasis: null,
      source: 'Preference page',
      observed: { act: 'preference-page', request: { userAgent: 'Mozilla/5.0 (Telefon)' } },
    });
    assert.equal(ended?.observed?.consent, undefined);
    assert.partialDeepStrictEqual(back, { to: 'SUBSCRIBED', legalBasis: 'CONSENT_WITH_NOTICE' });
    assert.equal(back?.observed?.consent?.language, 'de');
  });

  test('a type switched on is consent: the text that was shown is the evidence, word for word', async () => {
    const address = 'on@example.com';
    await server().post(statusesOf(address), change({ statusState: 'UNSUBSCRIBED' }));
    const url = await manage(address);
    const page = await open(url, GERMAN);
    const shown = /class="consent"[^>]*>([^<]+)</.exec(page.text)![1]!;
    const saved = await send(url, turned(page, MARKETING), { 'user-agent': 'Handy', origin: 'null' });
    assert.match(saved.text, /<html lang="de"/, 'answered in the language of the form');
    const { json } = await server().get(`${statusesOf(address)}?channel=EMAIL`);
    const row = json.results.find(({ subscriptionId }: { subscriptionId: number }) => subscriptionId === MARKETING);
    assert.partialDeepStrictEqual(row, {
      status: 'SUBSCRIBED',
      source: 'Preference page',
      legalBasis: 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: shown,
    });
    const event = (await ledgerOf(server(), address)).at(-1);
    const version = createHash('sha256').update(shown).digest('hex').slice(0, 16);
    assert.deepEqual(event?.observed?.consent, { text: shown, version, language: 'de' });
    const type = { name: 'Marketing Information', description: 'Marketing offers and updates.' };
    assert.deepEqual(event?.observed?.type, type, 'as it was called then');
    const { at, ...request } = event!.observed!.request;
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    assert.deepEqual(request, {
      userAgent: 'Handy',
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      origin: 'null',
    });
    const undone = await send(url, fieldsOf(saved, 'undo'));
    assert.equal(undone.status, 200);
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
  });

  test('a text that changed meanwhile is not agreed to: nothing begins, what ends ends', async () => {
    const address = 'changed@example.com';
    await server().post(statusesOf(address), change({ statusState: 'UNSUBSCRIBED' }));
    const url = await manage(address);
    const stale = turned(await open(url), MARKETING).map(
      ([name, value]) => [name, name === 'consent' ? 'old' : value] as const,
    );
    await send(url, stale);
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    assert.equal((await ledgerOf(server(), address)).length, 1);
  });

  test('saving what is shown changes nothing, and what others changed meanwhile stays', async () => {
    const address = 'same@example.com';
    await server().post(statusesOf(address), change());
    const url = await manage(address);
    const page = await open(url);
    await server().post(statusesOf(address), change({ statusState: 'UNSUBSCRIBED' }));
    await send(url, fieldsOf(page, 'save'));
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    assert.equal((await ledgerOf(server(), address)).length, 2);
  });

  test('who never said anything is shown what they get, and saving does not put words into their mouth', async () => {
    const url = await manage('silent@example.com');
    const page = await open(url);
    assert.deepEqual(
      fieldsOf(page, 'save').filter(([name]) => name === 'type'),
      [['type', String(MARKETING)]],
    );
    await send(url, fieldsOf(page, 'save'));
    assert.deepEqual(await ledgerOf(server(), 'silent@example.com'), []);
    const saved = await send(url, turned(page, MARKETING));
    assert.equal((await statesOf(server(), 'silent@example.com'))[MARKETING], 'UNSUBSCRIBED');
    await send(url, fieldsOf(saved, 'undo'));
    assert.equal((await statesOf(server(), 'silent@example.com'))[MARKETING], 'NOT_SPECIFIED');
  });

  test('everything ends at once, and undo leaves every type as it was', async () => {
    const address = 'all@example.com';
    await server().post(statusesOf(address), change());
    await server().post(statusesOf(address), change({ subscriptionId: SALES, statusState: 'UNSUBSCRIBED' }));
    const before = await statesOf(server(), address);
    const url = await manage(address);
    const ended = await send(url, fieldsOf(await open(url), 'everything'));
    // The account has a second brand, which this page does not speak for.
    assert.partialDeepStrictEqual(await statesOf(server(), address), {
      [MARKETING]: 'UNSUBSCRIBED',
      [SERVICE]: 'UNSUBSCRIBED',
      [BRAND_NEWS]: 'NOT_SPECIFIED',
    });
    await send(url, fieldsOf(ended, 'undo'));
    assert.deepEqual(await statesOf(server(), address), before);
    const told = (await ledgerOf(server(), address)).map(({ type }) => type);
    assert.deepEqual(told, ['STATUS_SET', 'STATUS_SET', 'OPTED_OUT_OF_ALL', 'OPT_OUT_WITHDRAWN']);
  });

  test('switching one type on after opting out of everything brings back that one alone; undo opts out again', async () => {
    const address = 'back@example.com';
    await server().post(`${statusesOf(address)}/unsubscribe-all?channel=EMAIL`);
    const url = await manage(address);
    const saved = await send(url, turned(await open(url), MARKETING));
    assert.deepEqual(
      Object.entries(await statesOf(server(), address)).filter(([, state]) => state !== 'UNSUBSCRIBED'),
      [[String(MARKETING), 'SUBSCRIBED']],
    );
    await send(url, fieldsOf(saved, 'undo'));
    assert.deepEqual(new Set(Object.values(await statesOf(server(), address))), new Set(['UNSUBSCRIBED']));
  });

  test('undo shows the consent text wherever it brings mail back, also to who never said anything', async () => {
    const url = await manage('unasked@example.com');
    for (const does of ['save', 'everything'] as const) {
      const page = await open(url);
      const ended = await send(url, does === 'save' ? turned(page, MARKETING) : fieldsOf(page, does));
      const [form] = /<form[^>]*class="undo"[\s\S]*?<\/form>/.exec(ended.text)!;
      const shown = /class="consent"[^>]*>([^<]+)</.exec(form)![1];
      const withoutText = fieldsOf(ended, 'undo').filter(([field]) => field !== 'consent');
      await send(url, withoutText);
      assert.equal((await statesOf(server(), 'unasked@example.com'))[MARKETING], 'UNSUBSCRIBED');
      await send(url, fieldsOf(ended, 'undo'));
      assert.equal((await statesOf(server(), 'unasked@example.com'))[MARKETING], 'NOT_SPECIFIED');
      const back = (await ledgerOf(server(), 'unasked@example.com')).at(-1);
      assert.equal(back?.observed?.consent?.text, shown);
    }
  });

  test('an undo that says the same thing thousands of times, or first one thing and then another, is one event', async () => {
    const address = 'often@example.com';
    await server().post(statusesOf(address), change());
    const url = await manage(address);
    const consent = fieldsOf(await open(url), 'save').find(([field]) => field === 'consent')!;
    const often = Array.from({ length: 2_000 }, (_, index): [string, string] => [
      'undo',
      index % 2 === 0 ? `${MARKETING}:SUBSCRIBED` : `${MARKETING}:UNSUBSCRIBED`,
    ]);
    await send(url, [['do', 'undo'], consent, ...often]);
    assert.equal((await ledgerOf(server(), address)).length, 2);
  });

  describe('a form cannot do more than its page shows:', () => {
    const cases: readonly (readonly [string, (consent: string) => Fields])[] = [
      [
        'types of another brand',
        (consent) => [
          ['do', 'save'],
          ['consent', consent],
          ['shown', `${BRAND_NEWS}:off`],
          ['type', String(BRAND_NEWS)],
        ],
      ],
      [
        'internal types',
        (consent) => [
          ['do', 'save'],
          ['consent', consent],
          ['shown', `${SERVICE}:off`],
          ['type', String(SERVICE)],
        ],
      ],
      [
        'types that were not shown',
        (consent) => [
          ['do', 'save'],
          ['consent', consent],
          ['type', String(MARKETING)],
        ],
      ],
      [
        'undoing for types of another brand',
        (consent) => [
          ['do', 'undo'],
          ['consent', consent],
          ['undo', `${BRAND_NEWS}:SUBSCRIBED`],
        ],
      ],
      [
        'undoing without the consent text',
        () => [
          ['do', 'undo'],
          ['undo', `${MARKETING}:SUBSCRIBED`],
        ],
      ],
      [
        'states that do not exist',
        (consent) => [
          ['do', 'undo'],
          ['consent', consent],
          ['undo', `${MARKETING}:MAILABLE`],
          ['undo', 'x'],
          ['undo', ''],
        ],
      ],
      ['what it does not know', () => [['do', 'delete']]],
      ['nothing', () => []],
    ];
    cases.forEach(([name, fields], index) => {
      test(name, async () => {
        const address = `forged${index}@example.com`;
        const url = await manage(address);
        const consent = fieldsOf(await open(url), 'save').find(([field]) => field === 'consent')![1];
        assert.equal((await send(url, fields(consent))).status, 200);
        assert.deepEqual(await ledgerOf(server(), address), []);
      });
    });
  });
});

onEveryEngine('where nothing is sent without consent', (engine) => {
  const server = useServer(engine, { dataPrivacy: true, evidenceIp: 'connection' });

  test('who never said anything gets nothing; a switch is enough to consent, and undo is a no', async () => {
    const address = 'privacy@example.com';
    const { managePreferencesUrl: url } = await makeLinks(server(), address);
    const page = await open(url);
    assert.deepEqual(
      fieldsOf(page, 'save').filter(([name]) => name === 'type'),
      [],
    );
    const saved = await send(url, turned(page, MARKETING));
    assert.equal((await statesOf(server(), address))[MARKETING], 'SUBSCRIBED');
    await send(url, fieldsOf(saved, 'undo'));
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    const [begun] = await ledgerOf(server(), address);
    assert.match(begun?.observed?.request.ipAddress ?? '', /^(::ffff:)?127\.0\.0\.1$/);
  });
});
