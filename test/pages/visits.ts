/** Pages in a browser, as a server would send them. */
import assert from 'node:assert/strict';
import { renderPage } from '../../src/pages/pages.ts';
import type { Frame, View } from '../../src/pages/views.ts';
import type { Page } from '../support/chromium.ts';

const SITE = 'https://optio.example/';

/** Shows a page with its policy; so is every form's answer. What leads elsewhere leads nowhere. */
export async function visit(page: Page, view: View, frame: Frame): Promise<void> {
  const { html, policy } = renderPage(frame, view);
  const headers = { 'content-security-policy': policy, 'content-type': 'text/html; charset=utf-8' };
  await page.unrouteAll();
  await page.route('**/*', (route) =>
    route.fulfill(route.request().url().startsWith(SITE) ? { status: 200, headers, body: html } : { status: 204 }),
  );
  await page.goto(`${SITE}p/zk3vTq8`);
}

/** What a form sends when this is done; its answer has arrived by then. */
export async function sentBy(page: Page, act: () => Promise<void>): Promise<URLSearchParams> {
  const posted = page.waitForRequest((each) => each.method() === 'POST');
  const [request] = await Promise.all([posted, page.waitForEvent('load'), act()]);
  return new URLSearchParams(request.postData() ?? '');
}

/** What has the focus: its words, or what it is. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const { id, type, labels, textContent, tagName } = document.activeElement;
    return (labels?.[0]?.textContent || id || textContent.trim() || type || tagName).trim();
  })()`);
}

export async function assertFits(page: Page, name: string): Promise<void> {
  const { wanted, given } = (await page.evaluate(
    '({ wanted: document.documentElement.scrollWidth, given: document.documentElement.clientWidth })',
  )) as { wanted: number; given: number };
  assert.equal(wanted, given, `${name} scrolls sideways`);
}

/** Fails unless everything that is touched is at least 44 pixels high. */
export async function assertTouchable(page: Page, name: string): Promise<void> {
  const small = await page.evaluate(`
    [...document.querySelectorAll('main button, main a, fieldset > div, summary, .field input, .field select')]
      .filter((each) => each.getBoundingClientRect().height < 44)
      .map((each) => each.outerHTML)`);
  assert.deepEqual(small, [], name);
}
