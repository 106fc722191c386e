/** What counts as a logo: told by the octets, whatever anybody calls them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readLogo } from '../../src/domain/logo.ts';

const XMLNS = 'xmlns="http://www.w3.org/2000/svg"';

function assertPicture(octets: Buffer | string, mediaType: string): void {
  assert.deepEqual(readLogo(Buffer.from(octets as string)), { kind: 'picture', mediaType });
}

function assertRefused(octets: Buffer | string, says: RegExp): void {
  const reading = readLogo(Buffer.from(octets as string));
  assert.equal(reading.kind, 'refused', `${octets}`);
  assert.match(reading.problem, says, `${octets}`);
}

describe('A logo is', () => {
  const pictures: [string, Buffer][] = [
    ['image/png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['image/jpeg', Buffer.from('ffd8ffe000104a46494600', 'hex')],
    ['image/webp', Buffer.from('524946462400000057454250565038', 'hex')],
    ['image/gif', Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1')],
    ['image/gif', Buffer.from('GIF87a\x01\x00\x01\x00', 'latin1')],
  ];
  for (const [mediaType, octets] of pictures) {
    test(`${mediaType} by how it begins: ${octets.toString('hex', 0, 6)}`, () => assertPicture(octets, mediaType));
  }

  test('an SVG, with whatever may stand before it', () => {
    for (const before of [
      '',
      '\ufeff',
      '<?xml version="1.0" encoding="UTF-8"?>\n',
      '<!-- Drawn by hand > all of it -->\n<!-- Twice -->',
      '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n',
    ]) {
      assertPicture(`${before}<svg ${XMLNS} viewBox="0 0 1 1"><path d="M0 0h1"/></svg>`, 'image/svg+xml');
    }
    assertPicture('<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>', 'image/svg+xml');
  });

  test('an SVG that refers to its own parts, and to pictures within it', () => {
    assertPicture(
      `<svg ${XMLNS} xmlns:xlink="http://www.w3.org/1999/xlink"><style>.a{fill:url(#g);font:1em serif}</style>
        <linearGradient id="g"/><use href="#a" xlink:href = ' #b'/><rect fill="url('#g')" mask='url("#m")'/>
        <image href="data:image/png;base64,AAAA"/><title>Based on trust &amp; one href</title></svg>`,
      'image/svg+xml',
    );
  });
});

describe('A logo is not', () => {
  test('anything else', () => {
    const others = ['', 'Hello', '<html><svg></svg></html>', 'RIFF1234WAVE', '<svgx/>', '%PDF-1.7', 'BM\x00\x00'];
    for (const octets of others) assertRefused(octets, /must be a PNG, JPEG, WebP or GIF file, or an SVG in UTF-8/);
    const inLatin1 = Buffer.from(`<svg ${XMLNS}><title>Stra\u00dfe</title></svg>`, 'latin1');
    assertRefused(inLatin1, /an SVG in UTF-8/);
    assertRefused(`${'<!---->'.repeat(1_000)}<p/>`, /must be a PNG/);
  });

  test('an SVG that no browser would show', () => {
    assertRefused('<svg width="1" height="1"><path d="M0 0h1"/></svg>', /must say xmlns=/);
  });

  for (const inside of [
    '<script>alert(1)</script>',
    '<SCRIPT href="#a"/>',
    '<svg:script/>',
    '<foreignObject><p>Hello</p></foreignObject>',
    '<a:handler type="x"/>',
    '<iframe src="#a"/>',
    '<path onclick="alert(1)"/>',
    "<path\nONLOAD\n=\n'alert(1)'/>",
    '<path d="M0 0"onmouseover="alert(1)"/>',
  ]) {
    test(`one that acts: ${JSON.stringify(inside)}`, () =>
      assertRefused(`<svg ${XMLNS}>${inside}</svg>`, /must have no scripts.*, and this SVG has \S/));
  }

  for (const inside of [
    '<image href="https://example.com/a.png"/>',
    '<image xlink:href = "//example.com/a.png"/>',
    '<use href="other.svg#a"/>',
    '<a href="javascript:alert(1)"/>',
    '<a href=javascript:alert(1)>',
    '<a href="&#106;avascript:alert(1)"/>',
    '<a href="&#x68;ttps://example.com"/>',
    '<image href="data:image/svg+xml;base64,AAAA"/>',
    '<image href="data:text/html,x"/>',
    '<style>@import "https://example.com/a.css";</style>',
    '<style>a{fill:url(https://example.com/a)}</style>',
    '<rect fill="url( \'https://example.com/a\' )"/>',
    '<rect fill="&#117;rl(https://example.com/a)"/>',
    '<g xml:base="https://example.com/"><use href="#a"/></g>',
  ]) {
    test(`one that reaches out: ${inside}`, () =>
      assertRefused(`<svg ${XMLNS}>${inside}</svg>`, /must refer to nothing outside itself, and this SVG has /));
  }

  test('one with a style sheet elsewhere, or with entities', () => {
    const svg = `<svg ${XMLNS}/>`;
    assertRefused(`<?xml-stylesheet href="#a"?>${svg}`, /nothing outside itself/);
    assertRefused(
      `<!DOCTYPE svg [<!ENTITY a "b">]>${svg}`,
      /must have no entities of its own, and this SVG has <!ENTITY a "b"$/,
    );
    assertRefused(`<svg ${XMLNS}><!ENTITY a "b"></svg>`, /must have no entities of its own/);
  });
});
