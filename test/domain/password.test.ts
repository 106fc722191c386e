import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOfPassword } from '../../src/domain/password.ts';

const EMAIL = 'Ana.Example@example.com';

test('A password of 12 to 256 characters may be anything that can be typed', () => {
  for (const password of [
    'correct horse battery staple',
    'aaaaaaaaaaab',
    'пароль-из-слов',
    '😀'.repeat(11).concat('x'),
    'x'.repeat(255).concat('y'),
    ' 12 345 678 ',
  ]) {
    assert.equal(problemOfPassword(password, EMAIL), null, password);
  }
});

test('One that is too short, too long, one character, the address, or nothing that can be typed is refused, and why', () => {
  const refused: [string, RegExp][] = [
    ['', /^must have 12 to 256 characters, not 0$/],
    ['elevenchars', /not 11$/],
    ['😀'.repeat(6), /not 6$/],
    // Eleven letters, each with a mark of its own: composed, that is eleven characters.
    ['a\u0308'.repeat(11), /not 11$/],
    ['xy'.repeat(129), /not 258$/],
    ['aaaaaaaaaaaa', /^must not be one character again and again$/],
    ['a\u0308'.repeat(12), /again and again/],
    [EMAIL, /^must not be the e-mail address$/],
    [` ${EMAIL.toUpperCase()}`, /e-mail address/],
    ['twelve\u0000chars', /^must have no control characters/],
    ['twelve chars\ud800', /broken ones$/],
  ];
  for (const [password, problem] of refused) assert.match(problemOfPassword(password, EMAIL) ?? '', problem, password);
});
