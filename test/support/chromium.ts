/**
 * A real Chromium for tests: the one of this machine, or else Debian's, installed where that is possible. Tests that need
 * it are skipped where it cannot be had, with a line that says what to install: `test('…', { skip: browser.missing }, …)`.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type BrowserContextOptions, chromium, type Page, type Browser as Playwright } from 'playwright-core';
import type { Lifetime } from './optio-process.ts';
import { findProgram, installFromDebian, isExecutable } from './programs.ts';

export type { Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const WHAT_TO_INSTALL = 'install Chromium (apt-get install chromium), or say where it is in CHROME_PATH';

export interface PageOptions {
  /** Whether the page's own scripts run; they do unless told otherwise. Tests may evaluate in either case. */
  readonly javascript?: boolean;
  /** In CSS pixels; a desktop's unless told otherwise. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly forcedColors?: boolean;
  /** BCP 47; it becomes the `Accept-Language` header too. */
  readonly locale?: string;
  /** Device pixels a CSS pixel, for pictures. */
  readonly scale?: number;
}

export interface Browser {
  /** Why there is none, or false: to be given as a test's `skip`. */
  readonly missing: string | false;
  /** An empty page without cookies or history of others. */
  page(t: Lifetime, options?: PageOptions): Promise<Page>;
}

/** One browser a test file will do: starting it takes seconds, a page milliseconds. */
export async function openBrowser(t: Lifetime): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? findInstalled() ?? install();
  if (executablePath === null)
    return { missing: WHAT_TO_INSTALL, page: () => Promise.reject(new Error(WHAT_TO_INSTALL)) };
  const playwright = await chromium.launch({ executablePath });
  t.after(() => playwright.close());
  return { missing: false, page: (owner, options = {}) => openPage(playwright, owner, options) };
}

async function openPage(playwright: Playwright, t: Lifetime, options: PageOptions): Promise<Page> {
  const asPlaywright: BrowserContextOptions = {
    javaScriptEnabled: options.javascript ?? true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? 'light',
    forcedColors: options.forcedColors ? 'active' : 'none',
    reducedMotion: 'reduce',
    deviceScaleFactor: options.scale ?? 1,
    locale: options.locale ?? 'en',
  };
  const context = await playwright.newContext(asPlaywright);
  t.after(() => context.close());
  // Whatever takes longer never comes.
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

function findInstalled(): string | null {
  return findProgram(NAMES) ?? (isExecutable(ON_MACOS) ? ON_MACOS : null);
}

function install(): string | null {
  installFromDebian('chromium');
  return findInstalled();
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const EVERYTHING = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds wrong with the page as it is now, a line each: what, where, why. Empty where all is well. With `rules`, only
 * those are looked at, such as `color-contrast` where nothing but the colours changed.
 */
export async function findBarriers(page: Page, rules: readonly string[] = EVERYTHING): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(await readFile(AXE, 'utf8'));
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
  return page.evaluate<string[]>(`axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => id + ': ' + html + ': ' + failureSummary.replaceAll(/\\s+/g, ' '))))`);
}

/** Fails unless axe finds nothing. */
export async function checkAccessibility(page: Page, rules?: readonly string[]): Promise<void> {
  assert.deepEqual(await findBarriers(page, rules), []);
}
