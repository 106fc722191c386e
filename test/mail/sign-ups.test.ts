/** Double opt-in from the sign-up to the ledger, through a real mail server. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { BRAND, BRAND_NEWS, FIRST_APP, MARKETING, SERVICE } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { actionOf, fieldsOf, ledgerOf, makeLinks, open, send, statesOf } from '../http/support/links.ts';
import { statusesOf, useServer, V4 } from '../http/support/server.ts';
import { linkIn, MailServer } from '../support/mail-server.ts';
import { endOfSuite } from '../support/optio-process.ts';

const SIGNUPS = '/optio/v1/signups';
const START = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CONSENT = { text: 'Yes, send me the news of Acme.', language: 'en' };

onEveryEngine('double opt-in', (engine) => {
  let mails: MailServer;
  let now = START;
  const lifetime = endOfSuite();
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(engine, { smtpUrl: () => mails.url, clock: () => now });

  const signUp = (address: string, subscriptionIds: number[], more: object = {}) =>
    server().post(SIGNUPS, { subscriberIdString: address, subscriptionIds, ...more });
  const sendDue = () => server().mailer!.sendDue();
  const linkOf = (address: string) => linkIn(mails.at(address).at(-1)!);
  async function confirm(link: string) {
    const page = await open(link);
    return send(actionOf(page, 'confirm', link), fieldsOf(page, 'confirm'));
  }

  test('subscribes who confirms, and nobody before; the ledger says how', async () => {
    const address = 'ada@example.com';
    const answer = await signUp('Ada@example.com', [MARKETING], { language: 'de', consent: CONSENT });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(answer.json, { subscriberIdString: address, subscriptionIds: [MARKETING] });
    await sendDue();
    const link = linkOf('Ada@example.com');
    const page = await open(link);
    assert.equal(page.status, 200);
    assert.match(page.text, /lang="de"/);
    assert.match(page.text, /Marketing Information/);
    assert.match(page.text, /Yes, send me the news of Acme\./);
    for (let visit = 0; visit < 3; visit++) await open(link);
    assert.deepEqual(await ledgerOf(server(), address), []);
    assert.equal((await statesOf(server(), address))[MARKETING], 'NOT_SPECIFIED');

    const done = await send(link, fieldsOf(page, 'confirm'), { 'user-agent': 'A browser' });
    assert.equal(done.status, 200);
    assert.match(done.text, /Marketing Information/);
    const [event, ...others] = await ledgerOf(server(), address);
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(event, {
      type: 'STATUS_SET',
      subscriptionId: MARKETING,
      to: 'SUBSCRIBED',
      legalBasis: 'CONSENT_WITH_NOTICE',
      appId: null,
      source: 'Sign-up confirmation',
      observed: {
        act: 'sign-up',
        request: { userAgent: 'A browser', at: new Date(now).toISOString() },
        consent: CONSENT,
        signUp: { request: { at: new Date(now).toISOString() }, consent: CONSENT, appId: FIRST_APP },
      },
    });
    const { json } = await server().get(`${statusesOf(address)}?channel=EMAIL`);
    assert.equal(json.results[0].legalBasisExplanation, CONSENT.text);
  });

  test('confirming again is harmless, and leads on to the preference page', async () => {
    const address = 'again@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    const link = linkOf(address);
    const page = await open(link);
    const fields = fieldsOf(page, 'confirm');
    const answers = [await send(link, fields), await send(link, fields), await open(link)];
    for (const { status, text } of answers) {
      assert.equal(status, 200);
      assert.match(text, /Thank you/);
    }
    assert.equal((await ledgerOf(server(), address)).length, 1);
    const manage = new URL(/<a href="([^"]+)">Change what you get/.exec(answers[2]!.text)![1]!, link).href;
    assert.match((await open(manage)).text, new RegExp(`value="${MARKETING}"[^>]* checked`));
    await send(manage, [...fieldsOf(await open(manage), 'everything')]);
    assert.equal((await open(link)).status, 410, 'it was taken back since');
    assert.equal((await send(link, fields)).status, 410);
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
  });

  test('ends an opt-out of everything, with the confirmation and not before', async () => {
    const address = 'gone@example.com';
    await server().post(`${statusesOf(address)}/unsubscribe-all?channel=EMAIL`);
    await signUp(address, [MARKETING]);
    await sendDue();
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    await confirm(linkOf(address));
    const states = await statesOf(server(), address);
    assert.equal(states[MARKETING], 'SUBSCRIBED');
    assert.equal(states[SERVICE], 'UNSUBSCRIBED');
  });

  test('answers the same for addresses that are known, unknown, opted out, or waiting', async () => {
    const known = ['known@example.com', 'opted@example.com', 'waiting@example.com', 'unknown@example.com'];
    await server().post(statusesOf(known[0]!), {
      subscriptionId: MARKETING,
      statusState: 'SUBSCRIBED',
      channel: 'EMAIL',
    });
    await server().post(`${statusesOf(known[1]!)}/unsubscribe-all?channel=EMAIL`);
    await signUp(known[2]!, [MARKETING]);
    const answers = await Promise.all(known.map((address) => signUp(address, [MARKETING])));
    const said = answers.map(({ status, json, headers }, index) => {
      const { subscriberIdString, ...rest } = json;
      assert.equal(subscriberIdString, known[index]);
      return { status, rest, headers: [...headers.keys()].sort() };
    });
    for (const each of said) assert.deepEqual(each, { ...said[0], status: 202 });
    await sendDue();
    for (const address of known) assert.equal(mails.at(address).length, 1, address);
  });

  test('an address gets one message an hour; all that was asked for is on its page', async () => {
    const address = 'often@example.com';
    await signUp(address, [MARKETING], { language: 'fr' });
    await sendDue();
    now += HOUR / 2;
    await signUp(address, [MARKETING]);
    await signUp(address, [BRAND_NEWS], { language: 'fr' });
    await sendDue();
    assert.equal(mails.at(address).length, 1);
    const page = await open(linkOf(address));
    assert.match(page.text, /Marketing Information[\s\S]*A brand[\s\S]*Brand news/);
    now += HOUR / 2 - 1;
    await sendDue();
    assert.equal(mails.at(address).length, 1);
    now += 1;
    await sendDue();
    assert.equal(mails.at(address).length, 2, 'the one asked for later was in no message yet');
    assert.match(mails.at(address)[1]!.mail.text!, /Marketing Information[\s\S]*A brand:[\s\S]*Brand news/);
    await confirm(linkIn(mails.at(address)[0]!));
    const states = await statesOf(server(), address);
    assert.deepEqual([states[MARKETING], states[BRAND_NEWS]], ['SUBSCRIBED', 'SUBSCRIBED']);
    now += DAY;
    await sendDue();
    assert.equal(mails.at(address).length, 2);
  });

  test('what was confirmed within the hour needs no other message', async () => {
    const address = 'quick@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    await signUp(address, [BRAND_NEWS]);
    await confirm(linkOf(address));
    now += HOUR;
    await sendDue();
    assert.equal(mails.at(address).length, 1);
  });

  test('after an hour, asking again sends another message, and both links work', async () => {
    const address = 'lost@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    now += HOUR;
    await signUp(address, [MARKETING]);
    await sendDue();
    const [first, second] = mails.at(address).map(linkIn);
    assert.notEqual(first, second);
    await confirm(first!);
    assert.match((await open(second!)).text, /Thank you/);
  });

  test('a page confirms what it showed, not what somebody asked for meanwhile', async () => {
    const address = 'race@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    const link = linkOf(address);
    const shown = await open(link);
    await signUp(address, [BRAND_NEWS]);
    await send(link, fieldsOf(shown, 'confirm'));
    const states = await statesOf(server(), address);
    assert.deepEqual([states[MARKETING], states[BRAND_NEWS]], ['SUBSCRIBED', 'NOT_SPECIFIED']);
    const rest = await open(link);
    assert.match(rest.text, /Brand news/);
    assert.doesNotMatch(rest.text, /Marketing Information/);
  });

  test('forms that are not of the page confirm nothing', async () => {
    const address = 'scanner@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    const link = linkOf(address);
    for (const fields of [
      [],
      [['List-Unsubscribe', 'One-Click']],
      [['do', 'confirm']],
      [['do', 'unsubscribe']],
    ] as const) {
      assert.equal((await send(link, fields)).status, 200);
    }
    assert.deepEqual(await ledgerOf(server(), address), []);
  });

  test('after seven days a request is forgotten, and its link has expired', async () => {
    const address = 'late@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    const page = await open(linkOf(address));
    now += 7 * DAY;
    for (const answer of [await open(linkOf(address)), await send(linkOf(address), fieldsOf(page, 'confirm'))]) {
      assert.equal(answer.status, 410);
      assert.match(answer.text, /This link has expired/);
      assert.doesNotMatch(answer.text, /late@example\.com/);
    }
    assert.deepEqual(await ledgerOf(server(), address), []);
    await server().store.signUps.forgetExpired(now);
    assert.match((await open(linkOf(address))).text, /This link has expired/);
  });

  test('a type that was deactivated meanwhile is left out, in the message and on the page', async () => {
    const address = 'ended@example.com';
    const { json } = await server().post('/optio/v1/definitions', { name: 'Short-lived', purpose: 'x' });
    const deactivate = (isActive: boolean) =>
      server().request('PATCH', `/optio/v1/definitions/${json.id}`, { body: { isActive } });
    await signUp(address, [MARKETING, Number(json.id)]);
    await sendDue();
    const link = linkOf(address);
    const page = await open(link);
    assert.match(page.text, /Short-lived/);
    await deactivate(false);
    assert.doesNotMatch((await open(link)).text, /Short-lived/);
    const done = await send(link, fieldsOf(page, 'confirm'));
    assert.match(done.text, /Marketing Information/);
    assert.doesNotMatch(done.text, /Short-lived/);
    assert.equal((await ledgerOf(server(), address)).length, 1);
  });

  test('links that were revoked confirm nothing', async () => {
    const address = 'revoked@example.com';
    await signUp(address, [MARKETING]);
    await sendDue();
    const page = await open(linkOf(address));
    await server().post('/optio/v1/links/revoke', { subscriberIdString: address });
    assert.equal((await send(linkOf(address), fieldsOf(page, 'confirm'))).status, 410);
    assert.deepEqual(await ledgerOf(server(), address), []);
  });

  test('other links are as good for what they were made for, and for nothing else', async () => {
    const { managePreferencesUrl } = await makeLinks(server(), 'other@example.com');
    await send(managePreferencesUrl, [
      ['do', 'sign-up'],
      ['email', 'victim@example.com'],
      ['type', String(MARKETING)],
    ]);
    await sendDue();
    assert.deepEqual(mails.at('victim@example.com'), []);
    assert.equal((await server().get(`${V4}/definitions?businessUnitId=${BRAND}`)).status, 200);
  });
});
