/** Contacts decide for themselves: a real Chromium on a real server, with and without scripts, in three languages. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { checkAccessibility, openBrowser, type Page } from '../support/chromium.ts';
import { endOfSuite } from '../support/optio-process.ts';
import { BRAND, BRAND_NEWS } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { ledgerOf, makeLinks, type Told } from './support/links.ts';
import { change, statusesOf, useServer } from './support/server.ts';

const browser = await openBrowser(endOfSuite());

/** A second type of the brand, so that there is something to choose between. */
const OFFERS = 39_644_617;
const LANGUAGES = [
  { language: 'en', direction: 'ltr', news: 'Brand news', offers: 'Offers' },
  { language: 'de', direction: 'ltr', news: 'Neues von der Marke', offers: 'Angebote' },
  { language: 'ar', direction: 'rtl', news: 'أخبار', offers: 'عروض' },
];

const press = (page: Page, does: string) =>
  Promise.all([page.waitForEvent('load'), page.locator(`form:has(input[name="do"][value="${does}"]) button`).click()]);
const turn = (page: Page, id: number) => page.locator(`label:has(input[value="${id}"])`).click();
const isOn = (page: Page, id: number) => page.locator(`input[value="${id}"][role="switch"]`).isChecked();
const told = (page: Page) => page.locator('[role="status"]').first().innerText();

describe('contacts decide for themselves', { skip: browser.missing }, () => {
  const server = useServer(SQLITE);

  before(async () => {
    const offers = { id: OFFERS, name: 'Offers', businessUnitId: BRAND };
    assert.equal((await server().post('/optio/v1/definitions', offers)).status, 201);
    for (const { language, news, offers: name } of LANGUAGES) {
      for (const [id, words] of [
        [BRAND_NEWS, news],
        [OFFERS, name],
      ] as const) {
        const path = `/optio/v1/definitions/${id}/translations/${language}`;
        assert.equal((await server().request('PUT', path, { body: { name: words } })).status, 200);
      }
    }
  });

  for (const { language, direction, news, offers } of LANGUAGES) {
    for (const javascript of [true, false]) {
      const name = `${language}, ${javascript ? 'with' : 'without'} scripts`;
      const contact = (flow: string) => `${flow}-${language}-${javascript}@example.com`;
      const shown = async (page: Page, url: string) => {
        await page.goto(url);
        const root = page.locator('html');
        assert.deepEqual([await root.getAttribute('lang'), await root.getAttribute('dir')], [language, direction]);
      };
      /** Axe waits by timers, which are scripts too. */
      const look = async (page: Page) => (javascript ? checkAccessibility(page) : undefined);

      test(`${name}: choose, read what changed, take it back, end everything, take that back`, async (t) => {
        const address = contact('choose');
        await server().post(statusesOf(address), change({ subscriptionId: BRAND_NEWS }));
        const { managePreferencesUrl } = await makeLinks(server(), address, { businessUnitId: BRAND });
        const page = await browser.page(t, { javascript, locale: language });
        await shown(page, managePreferencesUrl);
        assert.deepEqual([await isOn(page, BRAND_NEWS), await isOn(page, OFFERS)], [true, true]);
        await turn(page, BRAND_NEWS);
        await press(page, 'save');
        assert.ok((await told(page)).includes(news));
        assert.deepEqual([await isOn(page, BRAND_NEWS), await isOn(page, OFFERS)], [false, true]);
        await look(page);
        await press(page, 'undo');
        assert.equal(await isOn(page, BRAND_NEWS), true);
        await press(page, 'everything');
        assert.deepEqual([await isOn(page, BRAND_NEWS), await isOn(page, OFFERS)], [false, false]);
        await look(page);
        await press(page, 'undo');
        assert.deepEqual([await isOn(page, BRAND_NEWS), await isOn(page, OFFERS)], [true, true]);
        assert.deepEqual((await ledgerOf(server(), address)).slice(1).map(inShort), [
          'UNSUBSCRIBED by Preference page',
          `SUBSCRIBED by Preference page, agreeing in ${language}`,
          'OPTED_OUT_OF_ALL by Preference page',
          `OPT_OUT_WITHDRAWN by Preference page, agreeing in ${language}`,
        ]);
      });

      test(`${name}: unsubscribe from the message, come back by choice`, async (t) => {
        const address = contact('leave');
        await server().post(statusesOf(address), change({ subscriptionId: OFFERS }));
        const { unsubscribeSingleUrl } = await makeLinks(server(), address, { subscriptionId: OFFERS });
        const page = await browser.page(t, { javascript, locale: language, viewport: { width: 390, height: 844 } });
        await shown(page, unsubscribeSingleUrl);
        assert.ok((await page.locator('h1').innerText()).includes(offers));
        await look(page);
        await press(page, 'unsubscribe');
        await look(page);
        await Promise.all([page.waitForEvent('load'), page.locator('main a[href]').last().click()]);
        assert.equal(await isOn(page, OFFERS), false);
        const consent = await page.locator('form.save .consent').innerText();
        await turn(page, OFFERS);
        await press(page, 'save');
        assert.equal(await isOn(page, OFFERS), true);
        const [, left, back] = await ledgerOf(server(), address);
        assert.equal(inShort(left!), 'UNSUBSCRIBED by Unsubscribe page');
        assert.equal(inShort(back!), `SUBSCRIBED by Preference page, agreeing in ${language}`);
        assert.equal(back?.observed?.consent?.text, consent);
        assert.match(back?.observed?.request.userAgent ?? '', /Chrome/);
        assert.equal(back?.observed?.request.referrer, undefined, 'the page tells nobody where it is');
      });

      test(`${name}: unsubscribe from everything, then open an old link`, async (t) => {
        const address = contact('all');
        const { unsubscribeAllUrl } = await makeLinks(server(), address, { businessUnitId: BRAND, language });
        const page = await browser.page(t, { javascript, locale: language });
        await shown(page, unsubscribeAllUrl);
        await press(page, 'unsubscribe');
        await shown(page, unsubscribeAllUrl);
        await look(page);
        assert.deepEqual((await ledgerOf(server(), address)).map(inShort), ['OPTED_OUT_OF_ALL by Unsubscribe page']);
        const answer = await page.goto(`${unsubscribeAllUrl.slice(0, -1)}`);
        assert.equal(answer?.status(), 404);
        await look(page);
      });
    }
  }

  test('another language is a click away, and the form speaks it from then on', async (t) => {
    const { managePreferencesUrl } = await makeLinks(server(), 'switch@example.com', { businessUnitId: BRAND });
    const page = await browser.page(t, { locale: 'en', javascript: false });
    await page.goto(managePreferencesUrl);
    await page.locator('nav summary').click();
    await Promise.all([page.waitForEvent('load'), page.locator('nav a[hreflang="ar"]').click()]);
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    await turn(page, OFFERS);
    await press(page, 'save');
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar');
    assert.ok((await told(page)).includes('عروض'));
  });
});

/** What an event says, in a line. */
function inShort(event: Told): string {
  const what = event.type === 'STATUS_SET' ? event.to : event.type;
  const agreed = event.observed?.consent ? `, agreeing in ${event.observed.consent.language}` : '';
  return `${what} by ${event.source}${agreed}`;
}
