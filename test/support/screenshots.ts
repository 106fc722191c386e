/**
 * Pictures of every page, to look at: `node test/support/screenshots.ts FOLDER [LANGUAGE …]` writes each view as a phone
 * and a desktop show it, by day and by night. `node test/support/screenshots.ts --readme` makes docs/pictures/ anew.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGE_LANGUAGES, type PageLanguage, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { renderPage } from '../../src/pages/pages.ts';
import type { Frame, View } from '../../src/pages/views.ts';
import { CONSENT, FULL_CONSENT, OPERATOR_VIEWS, operatorFrameIn } from '../pages/operator-samples.ts';
import { BRAND_LOOK, frameIn, viewsIn } from '../pages/samples.ts';
import { type Browser, openBrowser, type PageOptions } from './chromium.ts';
import { Belongings } from './optio-process.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const LOOKS = {
  brand: (language) => frameIn(language, BRAND_LOOK),
  plain: (language) => frameIn(language, PLAIN_LOOK),
  operator: operatorFrameIn,
} as const satisfies Record<string, (language: PageLanguage) => Frame>;
type Look = keyof typeof LOOKS;

/** What the documentation shows. */
const PICTURES = {
  'preference-page': renderPage(frameIn('en'), viewsIn('en').preferences!).html,
  'consent-page': renderPage(operatorFrameIn('en'), { ...CONSENT, optional: FULL_CONSENT.optional }).html,
};

const [folder = '', ...languages] = process.argv.slice(2);
if (folder === '') throw new Error('Name a folder: node test/support/screenshots.ts FOLDER [LANGUAGE …]');
const belongings = new Belongings();
try {
  const browser = await openBrowser(belongings);
  if (browser.missing) throw new Error(browser.missing);
  if (folder === '--readme')
    for (const [name, html] of Object.entries(PICTURES)) await pictureForDocs(browser, name, html);
  else await pictureEverything(browser);
} finally {
  await belongings.end();
}

async function pictureEverything(browser: Browser): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const language of PAGE_LANGUAGES.filter((each) => languages.length === 0 || languages.includes(each))) {
    await pictureAll(browser, language);
  }
}

/** A page on a desktop by day, and on a phone by night in front of it. */
async function pictureForDocs(browser: Browser, name: string, html: string): Promise<void> {
  const take = async (options: PageOptions) => {
    const page = await browser.page(belongings, { ...options, scale: 1.5 });
    await page.setContent(html);
    return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`;
  };
  const desktop = await take({ viewport: { width: 960, height: 900 } });
  const phone = await take({ viewport: { width: 390, height: 780 }, colorScheme: 'dark' });
  const page = await browser.page(belongings, { viewport: { width: 1200, height: 900 } });
  await page.setContent(`<style>
    body { margin: 0; display: grid; place-items: center end; width: 1140px; height: 860px; position: relative; }
    img { box-shadow: 0 0 0 1px #8884, 0 8px 24px #0004; }
    .desktop { position: absolute; left: 24px; top: 24px; width: 840px; border-radius: 12px; }
    .phone { position: relative; width: 340px; margin-right: 28px; border-radius: 28px; }
  </style><img class="desktop" src="${desktop}"><img class="phone" src="${phone}">`);
  const path = fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));
  await mkdir(dirname(path), { recursive: true });
  await page.locator('body').screenshot({ path, omitBackground: true });
}

async function pictureAll(browser: Browser, language: PageLanguage): Promise<void> {
  for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.page(belongings, { viewport, colorScheme });
      // A page that leads on by itself stays, to be seen.
      await page.route('**/*', (route) => route.fulfill({ status: 204 }));
      for (const [look, view, name] of picturesIn(language)) {
        await page.setContent(renderPage(LOOKS[look](language), view).html);
        const path = join(folder, `${language}-${look}-${name}-${device}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
    }
  }
}

/** Every view for contacts with a look, some without, and those for operators. */
function picturesIn(language: PageLanguage): (readonly [look: Look, view: View, name: string])[] {
  const views = Object.entries(viewsIn(language));
  const plain = ['preferences', 'unsubscribe', 'bad-link-unknown'];
  return [
    ...views.map(([name, view]) => ['brand', view, name] as const),
    ...views.filter(([name]) => plain.includes(name)).map(([name, view]) => ['plain', view, name] as const),
    ...Object.entries(OPERATOR_VIEWS).map(([name, view]) => ['operator', view, name] as const),
  ];
}
