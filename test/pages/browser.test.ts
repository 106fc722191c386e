/** The pages as people meet them: in a real Chromium, by eye, by ear, by keyboard, on small screens, without scripts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAGE_LANGUAGES, type PageLanguage, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { renderPage } from '../../src/pages/pages.ts';
import { checkAccessibility, openBrowser } from '../support/chromium.ts';
import { endOfSuite } from '../support/optio-process.ts';
import { pagesIn } from './every-page.ts';
import { frameIn, viewsIn } from './samples.ts';
import { assertFits, assertTouchable, focused, sentBy, visit } from './visits.ts';

const browser = await openBrowser(endOfSuite());
const PHONE = { width: 390, height: 844 };
/** What a window of 1280 pixels has at 400 %, and the least that WCAG's reflow asks for. */
const NARROW = { width: 320, height: 640 };

const english = viewsIn('en');

describe('By day and by night, at 320 pixels, axe finds nothing and nothing is cut off', {
  skip: browser.missing,
}, () => {
  for (const language of PAGE_LANGUAGES) {
    test(`on any page in ${language}`, async (t) => {
      const page = await browser.page(t, { viewport: NARROW, locale: language });
      // A page that leads on by itself stays, to be looked at.
      await page.route('**/*', (route) => route.fulfill({ status: 204 }));
      for (const { name, frame, view } of pagesIn(language)) {
        await page.setContent(renderPage(frame, view).html);
        await assertFits(page, name);
        await checkAccessibility(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        await checkAccessibility(page, ['color-contrast']);
        await page.emulateMedia({ colorScheme: 'light' });
      }
    });
  }
});

test('No page asks for anything that its policy forbids', { skip: browser.missing }, async (t) => {
  const page = await browser.page(t);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  for (const { frame, view } of pagesIn('en')) {
    await visit(page, view, frame);
    const isStyled = await page.evaluate('getComputedStyle(document.body).display === "flex"');
    assert.ok(isStyled, view.page);
  }
  assert.deepEqual(complaints, []);
});

describe('Axe finds nothing', { skip: browser.missing }, () => {
  test('without a brand, on a desktop, with the languages unfolded', async (t) => {
    const page = await browser.page(t);
    await visit(page, english.unsubscribe!, frameIn('en', PLAIN_LOOK));
    await page.click('summary');
    assert.ok(await page.isVisible('text=日本語'));
    await checkAccessibility(page);
  });

  test('with forced colours, where each switch still shows its state', async (t) => {
    const page = await browser.page(t, { forcedColors: true });
    await visit(page, english.preferences!, frameIn('en'));
    await checkAccessibility(page);
    const colors = (await page.evaluate(
      '[...document.querySelectorAll("[role=switch]")].slice(0, 2).map((each) => getComputedStyle(each).backgroundColor)',
    )) as string[];
    assert.notEqual(colors[0], colors[1]);
  });

  test('to be too small to touch: 44 pixels and more', async (t) => {
    const page = await browser.page(t, { viewport: PHONE });
    for (const { name, frame, view } of pagesIn('en')) {
      await visit(page, view, frame);
      await assertTouchable(page, name);
    }
  });
});

describe('By keyboard alone', { skip: browser.missing }, () => {
  for (const javascript of [true, false]) {
    test(`everything is reached from top to bottom, and works, ${javascript ? 'with' : 'without'} scripts`, async (t) => {
      const page = await browser.page(t, { javascript });
      await visit(page, english.preferences!, frameIn('en'));
      const reached: string[] = [];
      for (let key = 0; key < 9; key++) {
        await page.keyboard.press('Tab');
        reached.push(await focused(page));
      }
      assert.deepEqual(reached, [
        'Language: English',
        'Roastery letter',
        'Offers',
        'Events near you',
        'Product recalls',
        'Save my choice',
        'Unsubscribe from everything',
        'Privacy',
        'Contact',
      ]);
      for (let key = 0; key < 7; key++) await page.keyboard.press('Shift+Tab');
      assert.equal(await focused(page), 'Roastery letter');
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      const form = await sentBy(page, () => page.keyboard.press('Enter'));
      assert.deepEqual([form.get('do'), form.getAll('type'), form.getAll('shown').length], ['save', ['502', '504'], 4]);
    });
  }

  test('the languages unfold, and fold again', async (t) => {
    const page = await browser.page(t);
    await visit(page, english.preferences!, frameIn('en'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Deutsch');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), 'Language: English');
    assert.ok(!(await page.isVisible('text=Deutsch')));
  });
});

describe('After a form was sent', { skip: browser.missing }, () => {
  for (const javascript of [true, false]) {
    test(`the notice has the focus, and undoing comes next, ${javascript ? 'with' : 'without'} scripts`, async (t) => {
      const page = await browser.page(t, { javascript });
      await visit(page, english['preferences-saved']!, frameIn('en'));
      assert.equal(await focused(page), 'notice');
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Undo');
      const form = await sentBy(page, () => page.keyboard.press('Enter'));
      assert.deepEqual(Object.fromEntries(form), { lang: 'en', do: 'undo', undo: 'q7Rk2' });
    });
  }

  test('what is wrong with it has the focus', async (t) => {
    const page = await browser.page(t);
    await visit(page, english['sign-up-address']!, frameIn('en'));
    assert.match(await focused(page), /Your email address/);
    await visit(page, english['sign-up-no-type']!, frameIn('en'));
    assert.equal(await focused(page), 'wrong');
  });
});

describe('A choice that is not saved', { skip: browser.missing }, () => {
  for (const javascript of [true, false]) {
    test(`is called so, until it is taken back, ${javascript ? 'with' : 'without'} scripts`, async (t) => {
      const page = await browser.page(t, { javascript });
      await visit(page, english.preferences!, frameIn('en'));
      assert.ok(!(await page.isVisible('text=Not saved yet.')));
      await page.click('text=Offers');
      assert.ok(await page.isVisible('text=Not saved yet.'));
      assert.equal(await page.isVisible('text=Once you save, you will get 3 of 4.'), javascript);
      await page.click('text=Offers');
      assert.ok(!(await page.isVisible('text=Not saved yet.')));
    });
  }

  test('is not lost without a question, but saved without one', async (t) => {
    const page = await browser.page(t);
    await visit(page, english.preferences!, frameIn('en'));
    const questions: string[] = [];
    page.on('dialog', async (dialog) => {
      questions.push(dialog.type());
      await dialog.accept();
    });
    await page.click('text=Offers');
    await page.reload();
    assert.deepEqual(questions, ['beforeunload']);
    await page.click('text=Offers');
    await sentBy(page, () => page.click('text=Save my choice'));
    assert.equal(questions.length, 1);
  });

  test('is sent once, however often the button is pressed', async (t) => {
    const page = await browser.page(t);
    await visit(page, english.unsubscribe!, frameIn('en'));
    const isRefused = await page.evaluate(`(() => {
      const refused = [];
      document.forms[0].addEventListener('submit', (event) => {
        refused.push(event.defaultPrevented);
        event.preventDefault();
      });
      for (const press of [1, 2, 3]) document.querySelector('.main').click();
      return refused;
    })()`);
    assert.deepEqual(isRefused, [false, true, true]);
  });
});

test('In Arabic, everything stands the other way round', { skip: browser.missing }, async (t) => {
  const page = await browser.page(t, { viewport: PHONE });
  const leftOfSwitch = async (language: PageLanguage) => {
    await visit(page, viewsIn(language).preferences!, frameIn(language));
    return (await page.locator('[role=switch]').first().boundingBox())!.x;
  };
  assert.ok((await leftOfSwitch('en')) > PHONE.width / 2);
  assert.ok((await leftOfSwitch('ar')) < PHONE.width / 2);
});
