/** Double opt-in in a real Chromium, with and without scripts, in three languages: form, message, confirmation. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { BRAND_NEWS, MARKETING } from '../http/support/accounts.ts';
import { SQLITE } from '../http/support/engines.ts';
import { ledgerOf } from '../http/support/links.ts';
import { useServer } from '../http/support/server.ts';
import { checkAccessibility, openBrowser, type Page } from '../support/chromium.ts';
import { MailServer } from '../support/mail-server.ts';
import { endOfSuite, type Lifetime } from '../support/optio-process.ts';

const OFFERS = 39_644_618;
const lifetime = endOfSuite();
const browser = await openBrowser(lifetime);

const press = (page: Page, does: string) =>
  Promise.all([page.waitForEvent('load'), page.locator(`form:has(input[name="do"][value="${does}"]) button`).click()]);

/** Serves a page of somebody else's on an origin of its own. */
async function servePage(t: Lifetime, body: string): Promise<string> {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ours</title></head><body><main><h1>Ours</h1>${body}</main></body></html>`;
  const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => site.close());
  return `http://127.0.0.1:${(site.address() as { port: number }).port}/`;
}

describe('signing up', { skip: browser.missing }, () => {
  let mails: MailServer;
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(SQLITE, { smtpUrl: () => mails.url });
  before(async () => {
    await server().post('/optio/v1/definitions', { id: OFFERS, name: 'Offers', description: 'Now and then.' });
  });

  async function makeForm(language: string, ...subscriptionIds: number[]): Promise<{ url: string; html: string }> {
    return (await server().post('/optio/v1/signup-forms', { subscriptionIds, language })).json;
  }

  for (const [language, direction] of [
    ['en', 'ltr'],
    ['de', 'ltr'],
    ['ar', 'rtl'],
  ] as const) {
    for (const javascript of [true, false]) {
      const name = `${language}, ${javascript ? 'with' : 'without'} scripts`;
      /** Axe waits by timers, which are scripts too. */
      const look = async (page: Page) => {
        const root = page.locator('html');
        assert.deepEqual([await root.getAttribute('lang'), await root.getAttribute('dir')], [language, direction]);
        if (javascript) await checkAccessibility(page);
      };

      test(`${name}: from the form to the message, from its button to the confirmation`, async (t) => {
        const address = `page-${language}-${javascript}@example.com`;
        const { url } = await makeForm(language, MARKETING, OFFERS);
        const page = await browser.page(t, { javascript, locale: language, viewport: { width: 390, height: 844 } });
        await page.goto(url);
        await look(page);
        await page.locator('input[type="email"]').fill(address);
        await press(page, 'sign-up');
        await look(page);
        assert.equal(await page.locator('input[type="email"]').inputValue(), address, 'it asks what is wanted');
        await page.locator(`label:has-text("Offers")`).click();
        const consent = await page.locator('.consent').innerText();
        await press(page, 'sign-up');
        await look(page);
        assert.ok((await page.locator('main').innerText()).includes(address));

        await server().mailer!.sendDue();
        const [message] = mails.at(address);
        await page.goto(await servePage(t, ''));
        await page.setContent(String(message!.mail.html));
        await look(page);
        await Promise.all([page.waitForEvent('load'), page.locator('a').first().click()]);
        await look(page);
        assert.equal(await page.locator('.consent').innerText(), consent);
        assert.deepEqual(await ledgerOf(server(), address), []);
        await press(page, 'confirm');
        await look(page);
        const [event, ...others] = await ledgerOf(server(), address);
        assert.deepEqual(others, []);
        assert.partialDeepStrictEqual(event, {
          ...{ subscriptionId: OFFERS, to: 'SUBSCRIBED', source: 'Sign-up confirmation' },
          observed: { consent: { text: consent, language }, signUp: { consent: { text: consent, language } } },
        });
        await Promise.all([page.waitForEvent('load'), page.locator('main a').last().click()]);
        assert.ok(await page.locator(`input[value="${OFFERS}"][role="switch"]`).isChecked());
      });

      test(`${name}: with the form on another site`, async (t) => {
        const address = `site-${language}-${javascript}@example.com`;
        const { html } = await makeForm(language, BRAND_NEWS);
        const page = await browser.page(t, { javascript, locale: 'fr' });
        await page.goto(await servePage(t, html));
        if (javascript) await checkAccessibility(page);
        await page.getByRole('textbox').fill(address);
        await press(page, 'sign-up');
        await look(page);
        await server().mailer!.sendDue();
        assert.equal(mails.at(address)[0]!.mail.headers.get('content-language'), language);
      });
    }
  }
});
