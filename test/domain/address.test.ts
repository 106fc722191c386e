import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress, subscriberKey } from '../../src/domain/address.ts';

const accepted: [written: string, shown: string, normalised: string][] = [
  ['ada@example.com', 'ada@example.com', 'ada@example.com'],
  ['  Ada.Lovelace+News@Example.COM ', 'ada.lovelace+news@example.com', 'ada.lovelace+news@example.com'],
  [
    "o'brien!#$%&'*+/=?^_`{|}~-@example.com",
    "o'brien!#$%&'*+/=?^_`{|}~-@example.com",
    "o'brien!#$%&'*+/=?^_`{|}~-@example.com",
  ],
  ['info@BÜCHER.example', 'info@bücher.example', 'info@xn--bcher-kva.example'],
  ['info@xn--bcher-kva.example', 'info@xn--bcher-kva.example', 'info@xn--bcher-kva.example'],
  ['Jürgen@example.com', 'jürgen@example.com', 'jürgen@example.com'],
  ['ju\u0308rgen@example.com', 'jürgen@example.com', 'jürgen@example.com'],
  ['用户@例え.テスト', '用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
  ['a@b.co', 'a@b.co', 'a@b.co'],
  [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
];

for (const [written, shown, normalised] of accepted) {
  test(`${JSON.stringify(written)} is an address`, () => {
    assert.deepEqual(parseAddress(written), { written: written.trim(), shown, normalised });
  });
}

const refused: [text: string, why: string][] = [
  ['', 'empty'],
  ['ada', 'no @'],
  ['@example.com', 'no local part'],
  ['ada@', 'no domain'],
  ['ada@example', 'one label only'],
  ['ada@@example.com', 'two @'],
  ['ada@exa mple.com', 'a space'],
  ['ada@exa_mple.com', 'an underscore in the domain'],
  ['ada@-example.com', 'a label that starts with a hyphen'],
  ['ada@example..com', 'an empty label'],
  ['.ada@example.com', 'a leading dot'],
  ['a..da@example.com', 'two dots'],
  ['ada@127.0.0.1', 'an IP address'],
  ['ada@[127.0.0.1]', 'an IP literal'],
  ['ada@example.123', 'a top label of digits'],
  ['"ada lovelace"@example.com', 'a quoted local part'],
  ['ada\u0000@example.com', 'a NUL'],
  ['ada@exämple.com/path', 'a path'],
  ['ada@ex%61mple.com', 'an escape in the domain'],
  ['ada@ex%C3%A4mple.com', 'an escape in an international domain'],
  [`${'l'.repeat(65)}@example.com`, 'a local part over 64 octets'],
  [`${'ü'.repeat(33)}@example.com`, 'a local part over 64 octets in UTF-8'],
  [`ada@${'a'.repeat(64)}.com`, 'a label over 63'],
  [`${'l'.repeat(60)}@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(20)}.com`, 'over 254 octets'],
];

for (const [text, why] of refused) {
  test(`${JSON.stringify(text).slice(0, 60)} is refused: ${why}`, () => {
    assert.equal(parseAddress(text), null);
  });
}

test('parsing what is shown, or what is compared, finds the same contact again', () => {
  const label = fc.stringMatching(/^[a-zäöüéß漢字0-9]{1,12}$/).filter((text) => !/^\d+$/.test(text));
  const local = fc.stringMatching(/^[A-Za-zÄÖÜäöü0-9+_-]{1,20}$/);
  const address = fc.tuple(local, label, label).map(([l, d, t]) => `${l}@${d}.${t}`);
  fc.assert(
    fc.property(address, (text) => {
      const parsed = parseAddress(text);
      if (!parsed) return;
      assert.equal(parseAddress(parsed.shown)?.normalised, parsed.normalised);
      assert.equal(parseAddress(parsed.normalised)?.normalised, parsed.normalised);
      assert.equal(
        parseAddress(text.toUpperCase())?.normalised,
        parseAddress(text.toUpperCase().toLowerCase())?.normalised,
      );
    }),
  );
});

test('the key is 16 bytes, differs by account, and does not change between releases', () => {
  assert.equal(subscriberKey(1, 'ada@example.com'), 'a63e0b5f7167a98d606435ca41f57188');
  assert.notEqual(subscriberKey(1, 'ada@example.com'), subscriberKey(2, 'ada@example.com'));
  assert.match(subscriberKey(7, 'x@y.zz'), /^[0-9a-f]{32}$/);
});
