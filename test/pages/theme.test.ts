/** Whatever colours an operator picks, everybody can read the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { colorFrom, contrast, themeOf } from '../../src/pages/theme.ts';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((number) => `#${number.toString(16).padStart(6, '0')}`);

/** The properties that hold by day, and those by night. */
function readTheme(css: string): Record<string, string>[] {
  const [day, night] = [...css.matchAll(/:root\{([^}]*)\}/g)].map(([, body]) =>
    Object.fromEntries(body!.split(';').map((declaration) => declaration.slice(2).split(':'))),
  );
  return [day!, { ...day, ...night }];
}

function between(one: string, other: string): number {
  return contrast(colorFrom(one)!, colorFrom(other)!);
}

test('contrast is that of WCAG', () => {
  assert.equal(between('#000000', '#ffffff'), 21);
  assert.equal(between('#767676', '#ffffff').toFixed(2), '4.54');
  assert.equal(between('#ffffff', '#949494').toFixed(2), '3.03');
});

test('text can be read and shapes can be seen, by day and by night', () => {
  fc.assert(
    fc.property(hex, hex, (accentColor, bannerColor) => {
      for (const theme of readTheme(themeOf({ accentColor, bannerColor }))) {
        const pairs = [
          ['on-accent', 'accent', 4.5],
          ['on-banner', 'banner', 4.5],
          ...['paper', 'sheet', 'told', 'warned'].flatMap((ground) => [
            ['ink', ground, 4.5],
            ['accent-ink', ground, 4.5],
            ['accent-edge', ground, 3],
          ]),
          ...['paper', 'sheet', 'told'].map((ground) => ['soft', ground, 4.5]),
          ['wrong', 'sheet', 4.5],
          ['edge', 'sheet', 3],
          ['edge', 'told', 3],
          ['told-edge', 'told', 3],
        ] as [string, string, number][];
        for (const [front, ground, least] of pairs) {
          assert.ok(between(theme[front]!, theme[ground]!) >= least, `${front} on ${ground}: ${JSON.stringify(theme)}`);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a brand keeps its colour where it can be seen', () => {
  const [day] = readTheme(themeOf({ accentColor: '#8A3B12', bannerColor: null }));
  assert.equal(day!.accent, '#8a3b12');
  assert.equal(day!['accent-ink'], '#8a3b12');
});

test('what is no colour has no part in the style', () => {
  const plain = themeOf({ accentColor: null, bannerColor: null });
  for (const hostile of ['red', '#fff', '#12345g', '#000000}body{display:none', '</style>']) {
    assert.equal(themeOf({ accentColor: hostile, bannerColor: hostile }), plain);
  }
});
