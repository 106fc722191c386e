/** What a confirmation message says, in every language and with names that mean harm. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { parse } from 'parse5';
import { PAGE_LANGUAGES } from '../../src/domain/brand-look.ts';
import { FIRST_ACCOUNT, MARKETING } from '../http/support/accounts.ts';
import { SQLITE } from '../http/support/engines.ts';
import { open } from '../http/support/links.ts';
import { useServer } from '../http/support/server.ts';
import { type Arrived, linkIn, MailServer } from '../support/mail-server.ts';
import { endOfSuite } from '../support/optio-process.ts';

const FOLDER = new URL('../../src/pages/mail-texts/', import.meta.url);
const HOSTILE = `"><img src=x onerror=alert(1)> </li><script>alert(1)</script> {count} <b>'&amp;`;

function textsOf(language: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`${language}.json`, FOLDER), 'utf8'));
}

describe('The confirmation message', () => {
  let mails: MailServer;
  const lifetime = endOfSuite();
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(SQLITE, { smtpUrl: () => mails.url });

  async function messageTo(address: string, fields: { language?: string; subscriptionIds?: number[] } = {}) {
    const body = { subscriberIdString: address, subscriptionIds: [MARKETING], ...fields };
    const answer = await server().post('/optio/v1/signups', body);
    assert.equal(answer.status, 202, answer.text);
    await server().mailer!.sendDue();
    return mails.at(address)[0]!;
  }

  for (const language of PAGE_LANGUAGES) {
    test(`in ${language}`, async () => {
      const address = `${language}@example.com`;
      const { mail } = await messageTo(address, { language });
      const texts = textsOf(language);
      assert.equal(mail.subject, texts['mail.subject']!.replace('{brand}', 'Account 1001'));
      const html = String(mail.html);
      assert.match(html, new RegExp(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`));
      for (const key of ['mail.confirm', 'mail.valid', 'mail.not-you']) {
        assert.ok(mail.text!.includes(texts[key]!), key);
        assert.ok(html.includes(texts[key]!), key);
      }
      for (const part of [mail.text!, html]) {
        assert.ok(part.includes('Marketing Information') && part.includes(address));
        assert.ok(part.includes(linkIn({ mail } as Arrived)));
      }
      assert.match((await open(linkIn({ mail } as Arrived))).text, new RegExp(`<html lang="${language}"`));
    });
  }

  test('has a file for each language, and the same texts in each', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), PAGE_LANGUAGES.map((language) => `${language}.json`).sort());
    const named = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const english = textsOf('en');
    for (const language of PAGE_LANGUAGES) {
      const texts = textsOf(language);
      assert.deepEqual(Object.keys(texts), Object.keys(english));
      for (const [key, text] of Object.entries(texts)) {
        assert.deepEqual(named(text), named(english[key]!), `${language} ${key}`);
        assert.doesNotMatch(text, /^\s|\s$| {2}|[<>"]|\.\.\.|'/, key);
        if (language !== 'en') assert.notEqual(text, english[key], key);
      }
    }
  });

  test('says who it is from, that a program sent it, and nothing that follows its reader', async () => {
    const { mail, raw, to } = await messageTo('headers@example.com');
    assert.deepEqual(to, ['headers@example.com']);
    assert.equal(mail.from?.text, '"Acme" <news@acme.example>');
    assert.match(mail.messageId!, /^<[0-9a-f]{32}@acme\.example>$/);
    assert.ok(mail.date);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(mail.headers.get('content-language'), 'en');
    assert.deepEqual(mail.attachments, []);
    assert.doesNotMatch(raw, /^(?:X-Mailer|Precedence|Return-Receipt-To|Disposition-Notification-To|Bcc|Cc):/im);
    assert.doesNotMatch(String(mail.html), /<img|<script|<link|@import|url\(|src=/i);
    const hosts = [...String(mail.html).matchAll(/https?:\/\/([^/"<]+)/g)].map(([, host]) => host);
    assert.deepEqual([...new Set(hosts)], [new URL(server().url).host]);
  });

  test('names that hold markup are shown as they are, and change no header', async () => {
    const { json } = await server().post('/optio/v1/definitions', { name: HOSTILE, description: HOSTILE });
    const catalog = await server().store.catalog.loadCatalog(FIRST_ACCOUNT);
    const brand = catalog!.businessUnits.get(0)!;
    // A name over the API has no line breaks; one that came into the database by another way may.
    const name = `${HOSTILE}\r\nBcc: victim@example.com\r\n\r\nHello`;
    await server().store.catalog.updateBusinessUnit(FIRST_ACCOUNT, { ...brand, name }, brand.updatedAt);
    server().context.catalogs.clear();
    const { mail, raw, to } = await messageTo('hostile@example.com', { subscriptionIds: [Number(json.id)] });
    assert.deepEqual(to, ['hostile@example.com']);
    assert.ok(mail.subject!.includes(`${HOSTILE} Bcc: victim@example.com Hello`));
    assert.doesNotMatch(raw.split('\r\n\r\n')[0]!, /^Bcc:/im);
    assert.ok(mail.text!.includes(`- ${HOSTILE}`));
    const tags = namesOf(parse(String(mail.html)));
    for (const tag of ['img', 'script', 'b']) assert.ok(!tags.includes(tag), tag);
  });

  test('unusual addresses are written to as they are', async () => {
    for (const address of ["o'hara+news@example.com", 'a=b@example.com', 'x/y{z}@example.com']) {
      assert.deepEqual((await messageTo(address)).to, [address]);
    }
    await messageTo('Jürgen@bücher.example');
    const [arrived] = [...mails.at('Jürgen@bücher.example'), ...mails.at('Jürgen@xn--bcher-kva.example')];
    assert.ok(arrived, 'the server takes addresses beyond ASCII (RFC 6531)');
  });
});

/** The names of all elements. */
function namesOf(node: object): string[] {
  const { nodeName, childNodes = [] } = node as { nodeName: string; childNodes?: object[] };
  return [nodeName, ...childNodes.flatMap(namesOf)];
}
