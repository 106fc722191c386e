/** The pages for operators in a real Chromium: what is read first, what is sent, and where it leads. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperatorView } from '../../src/pages/operator-views.ts';
import { openBrowser, type Page } from '../support/chromium.ts';
import { endOfSuite } from '../support/optio-process.ts';
import { OPERATOR_VIEWS, operatorFrameIn } from './operator-samples.ts';
import { focused, sentBy, visit } from './visits.ts';

const browser = await openBrowser(endOfSuite());

const show = (page: Page, name: string) => visit(page, OPERATOR_VIEWS[name] as OperatorView, operatorFrameIn('en'));

describe('A page for operators', { skip: browser.missing }, () => {
  test('has the focus where it says what was wrong, and the title says it, too', async (t) => {
    const page = await browser.page(t);
    for (const [name, focus] of [
      ['sign-in-refused', 'wrong'],
      ['sign-in-too-many', 'wrong'],
      ['sign-in-too-busy', 'wrong'],
      ['consent-no-account', 'wrong'],
      ['consent-every-scope', 'wrong'],
      ['consent-id-taken', 'notice'],
      ['consent-signed-in-anew', 'notice'],
    ] as const) {
      await show(page, name);
      assert.equal(await focused(page), focus, name);
    }
    await show(page, 'sign-in-refused');
    assert.equal(await page.title(), 'Please check: Sign in – Optio');
  });

  for (const javascript of [true, false]) {
    test(`sends what was chosen, ${javascript ? 'with' : 'without'} scripts`, async (t) => {
      const page = await browser.page(t, { javascript });
      await show(page, 'consent-full');
      await page.click('text=Abendrot Tea >> nth=1');
      await page.click('text=Subscribe and unsubscribe many contacts at once');
      const approved = await sentBy(page, () => page.click('.answers .main'));
      assert.deepEqual(
        [...approved],
        [
          ['lang', 'en'],
          ['do', 'approve'],
          ['csrf', 'c0ffee'],
          ['account', '10000002'],
          ['scope', 'communication_preferences.write'],
          ['scope', 'communication_preferences.statuses.batch.write'],
        ],
      );
      await show(page, 'consent-full');
      const refused = await sentBy(page, () => page.click('text=Refuse'));
      assert.deepEqual(Object.fromEntries(refused), { lang: 'en', do: 'refuse', csrf: 'c0ffee' });
      const signedOut = await sentBy(page, () => page.click('text=Sign out'));
      assert.deepEqual(Object.fromEntries(signedOut), { lang: 'en', do: 'sign-out', csrf: '6b1d3f' });
    });
  }

  test('takes an account from a list where there are many, and nothing before one is chosen', async (t) => {
    const page = await browser.page(t);
    await show(page, 'consent-every-scope');
    await page.click('.answers .main');
    assert.equal(await focused(page), 'Which account may it act for?');
    const last = await page.locator('option').last().innerText();
    assert.equal(last, 'Account 40 (10000040)', 'they stand by name, and by number within it');
    await page.selectOption('select', { label: 'Account 40 (10000040)' });
    const approved = await sentBy(page, () => page.click('.answers .main'));
    assert.equal(approved.get('account'), '10000040');
  });

  for (const javascript of [true, false]) {
    test(`leads back to the app by itself, or by its link, ${javascript ? 'with' : 'without'} scripts`, async (t) => {
      const page = await browser.page(t, { javascript });
      const led = () => page.waitForRequest((request) => request.url().startsWith('https://newsletter-sync.example/'));
      const [first] = await Promise.all([led(), show(page, 'going-back')]);
      assert.equal(first.url(), 'https://newsletter-sync.example/callback?code=5uF&state=x%20y');
      assert.equal(await first.headerValue('referer'), null);
      const [second] = await Promise.all([led(), page.click('main a')]);
      assert.equal(second.url(), first.url());
    });
  }
});
