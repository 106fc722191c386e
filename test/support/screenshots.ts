/**
 * Pictures of every page, to look at: `node test/support/screenshots.ts FOLDER [LANGUAGE …]` writes each view as a phone
 * and a desktop show it, by day and by night. `--readme` instead makes the picture of docs/pictures/.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrandLook, PAGE_LANGUAGES, type PageLanguage, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { renderPage } from '../../src/pages/pages.ts';
import type { View } from '../../src/pages/views.ts';
import { BRAND_LOOK, frameIn, viewsIn } from '../pages/samples.ts';
import { type Browser, openBrowser } from './chromium.ts';
import { Belongings } from './optio-process.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const LOOKS: Record<string, BrandLook> = { brand: BRAND_LOOK, plain: PLAIN_LOOK };

const [folder = '', ...languages] = process.argv.slice(2);
if (folder === '') throw new Error('Name a folder: node test/support/screenshots.ts FOLDER [LANGUAGE …]');
const belongings = new Belongings();
try {
  const browser = await openBrowser(belongings);
  if (browser.missing) throw new Error(browser.missing);
  await mkdir(folder, { recursive: true });
  for (const language of PAGE_LANGUAGES.filter((each) => languages.length === 0 || languages.includes(each))) {
    await pictureAll(browser, language);
  }
} finally {
  await belongings.end();
}

async function pictureAll(browser: Browser, language: PageLanguage): Promise<void> {
  for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.page(belongings, { viewport, colorScheme });
      for (const [look, view, name] of picturesIn(language)) {
        await page.setContent(renderPage(frameIn(language, LOOKS[look]), view).html);
        const path = join(folder, `${language}-${look}-${name}-${device}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
    }
  }
}

/** Every view with a look, and some without. */
function picturesIn(language: PageLanguage): (readonly [look: string, view: View, name: string])[] {
  const views = Object.entries(viewsIn(language));
  const plain = ['preferences', 'unsubscribe', 'bad-link-unknown'];
  return [
    ...views.map(([name, view]) => ['brand', view, name] as const),
    ...views.filter(([name]) => plain.includes(name)).map(([name, view]) => ['plain', view, name] as const),
  ];
}
