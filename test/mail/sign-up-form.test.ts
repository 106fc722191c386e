/** The form to sign up with: on the page of its link, and on a page of the operator's own. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parse, serialize } from 'parse5';
import { BRAND_NEWS, FIRST_ACCOUNT, MARKETING, SERVICE } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { fieldsOf, ledgerOf, open, send } from '../http/support/links.ts';
import { assertRefused, startServer, useServer } from '../http/support/server.ts';
import { linkIn, MailServer } from '../support/mail-server.ts';
import { endOfSuite } from '../support/optio-process.ts';

const FORMS = '/optio/v1/signup-forms';
const NEWS = 555;

onEveryEngine('the sign-up form', (engine) => {
  let mails: MailServer;
  const lifetime = endOfSuite();
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(engine, { smtpUrl: () => mails.url });
  before(async () => {
    await server().post('/optio/v1/definitions', { id: NEWS, name: 'News & <b>more</b>', description: 'Weekly' });
  });

  async function makeForm(subscriptionIds: number[], language?: string): Promise<{ url: string; html: string }> {
    const { status, json, text } = await server().post(FORMS, { subscriptionIds, ...(language && { language }) });
    assert.equal(status, 200, text);
    return json;
  }

  async function confirm(address: string) {
    await server().mailer!.sendDue();
    const link = linkIn(mails.at(address).at(-1)!);
    return send(link, fieldsOf(await open(link), 'confirm'));
  }

  test('on its own page, from the form to the ledger, with the text that was agreed to', async () => {
    const address = 'page@example.com';
    const { url } = await makeForm([MARKETING, NEWS], 'nl');
    const page = await open(url);
    assert.equal(page.status, 200);
    assert.match(page.text, /lang="nl"/);
    assert.match(page.text, /News &amp; &lt;b&gt;more/);
    const fields = [...fieldsOf(page, 'sign-up'), ['email', 'Page@example.com'], ['type', String(NEWS)]] as const;
    const answer = await send(url, fields, { 'user-agent': 'Somebody' });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /page@example\.com/);
    assert.deepEqual(await ledgerOf(server(), address), []);
    await confirm('Page@example.com').then(({ status }) => assert.equal(status, 200));
    const [event, ...others] = await ledgerOf(server(), address);
    assert.deepEqual(others, []);
    const { consent, signUp } = event!.observed!;
    assert.equal(event?.type === 'STATUS_SET' && event.subscriptionId, NEWS);
    assert.match(consent!.text, /^Ik ga ermee akkoord dat Account 1001/);
    assert.equal(consent!.language, 'nl');
    assert.deepEqual(signUp!.consent, consent);
    assert.equal(signUp!.request.userAgent, 'Somebody');
    assert.equal(signUp!.appId, null);
  });

  test('on a page of somebody else: plain, labelled HTML that a browser sends', async () => {
    const address = 'site@example.com';
    const { url, html } = await makeForm([MARKETING, NEWS], 'de');
    assert.equal(/action="([^"]+)"/.exec(html)![1], url);
    assert.doesNotMatch(html, /<script|style|class=|onclick/i);
    assert.equal(html.match(/<label>/g)!.length, 3, 'one for the address and one for each type');
    const whole = `<!doctype html><html><head><title>Ours</title></head><body>${html}</body></html>`;
    const errors: string[] = [];
    const parsed = serialize(parse(whole, { onParseError: ({ code }) => errors.push(code) }));
    assert.deepEqual(errors, []);
    assert.match(parsed, /News &amp; &lt;b&gt;more/);
    const fields = [
      ...fieldsOf({ text: html } as never, 'sign-up'),
      ['email', address],
      ['type', String(MARKETING)],
    ] as const;
    const headers = { origin: 'https://acme.example', referer: 'https://acme.example/news?utm=1' };
    const answer = await send(url, fields, headers);
    assert.equal(answer.status, 200);
    assert.match(answer.text, /lang="de"/);
    assert.match((await confirm(address)).text, /Marketing Information/);
    const [event] = await ledgerOf(server(), address);
    const { signUp, consent } = event!.observed!;
    assert.equal(signUp!.consent, null, 'what that site showed is not known');
    assert.equal(signUp!.request.origin, 'https://acme.example');
    assert.equal(signUp!.request.referrer, 'https://acme.example');
    assert.match(consent!.text, /^Ich bin damit einverstanden/);
  });

  test('of one type there is nothing to choose', async () => {
    const address = 'one@example.com';
    const { url, html } = await makeForm([BRAND_NEWS], 'de');
    assert.doesNotMatch(html, /checkbox/);
    assert.match(html, /Neues von der Marke/);
    await send(url, [['email', address]]);
    assert.match((await confirm(address)).text, /Neues von der Marke/);
  });

  test('says what is wrong, and keeps what was typed; nothing is recorded', async () => {
    const { url } = await makeForm([MARKETING, NEWS]);
    const wrong = await send(url, [
      ['email', 'no "address"'],
      ['type', String(NEWS)],
    ]);
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /value="no &quot;address&quot;"/);
    assert.match(wrong.text, /does not look like an email address/);
    for (const types of [[], [['type', String(SERVICE)]], [['type', String(BRAND_NEWS)]]] as [string, string][][]) {
      const none = await send(url, [['email', 'none@example.com'], ...types]);
      assert.equal(none.status, 400, 'what the link does not offer cannot be chosen');
      assert.match(none.text, /Please choose at least one/);
    }
    await server().mailer!.sendDue();
    assert.deepEqual(mails.at('none@example.com'), []);
  });

  test('answers the same for an address that is opted out', async () => {
    const { url } = await makeForm([MARKETING]);
    const blank = async (address: string) =>
      (await send(url, [['email', address]])).text.replaceAll(address, 'ADDRESS');
    await server().post(`/communication-preferences/v4/statuses/out@example.com/unsubscribe-all?channel=EMAIL`);
    assert.equal(await blank('out@example.com'), await blank('new@example.com'));
  });

  test('what is offered no more is not shown, and a key that is retired takes the form with it', async () => {
    const { json } = await server().post('/optio/v1/definitions', { name: 'For a while' });
    const { url } = await makeForm([MARKETING, Number(json.id)]);
    assert.match((await open(url)).text, /For a while/);
    await server().request('PATCH', `/optio/v1/definitions/${json.id}`, { body: { isActive: false } });
    assert.doesNotMatch((await open(url)).text, /For a while/);
    await server().post('/optio/v1/link-keys', { othersRetireAt: 'now' });
    assert.equal((await open(url)).status, 410);
    assert.equal((await server().store.catalog.listLinkKeys(FIRST_ACCOUNT)).length, 2);
  });
});

test('Where no messages are sent, nobody can sign up, and that is said', async (t) => {
  const server = await startServer();
  t.after(() => server.close());
  const answer = await server.post('/optio/v1/signups', {
    subscriberIdString: 'a@example.com',
    subscriptionIds: [MARKETING],
  });
  assertRefused(answer, {
    status: 409,
    category: 'CONFLICT',
    code: 'MAIL_NOT_SET_UP',
    message: /^Nobody can sign up here: this server sends no messages\. Set OPTIO_SMTP_URL and OPTIO_MAIL_FROM/,
  });
  assert.equal(answer.headers.get('retry-after'), null);
  const form = await server.post(FORMS, { subscriptionIds: [MARKETING] });
  assert.equal(form.status, 200, 'it may be made before');
  assert.equal((await open(form.json.url)).status, 409);
  assert.equal((await send(form.json.url, [['email', 'a@example.com']])).status, 409);
});
