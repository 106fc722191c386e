/** Links: what is sealed comes back, and nothing else does. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keyIdOf, LINK_PURPOSES, type LinkClaims, type LinkKey, openLink, sealLink } from '../../src/domain/link.ts';

function newKey(): LinkKey {
  const id = randomBytes(4).toString('hex');
  return { id, accountId: 1, secret: randomBytes(32).toString('hex'), createdAt: 1, retiresAt: null };
}

const KEY = newKey();
const CLAIMS: LinkClaims = {
  purpose: 'unsubscribe',
  businessUnitId: 0,
  subscriptionIds: [39_644_612],
  language: 'pt-BR',
  issuedAt: Date.UTC(2026, 10, 22, 10),
  address: 'Ada.Lovelace@example.com',
};

function seal(claims: LinkClaims = CLAIMS): string {
  return sealLink(KEY, randomBytes(12), claims);
}

const id = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat());
const claims = fc.record({
  purpose: fc.constantFrom(...LINK_PURPOSES),
  businessUnitId: id,
  subscriptionIds: fc.array(id, { maxLength: 40 }),
  language: fc.option(fc.constantFrom('de', 'pt-BR', 'zh-Hant-TW'), { nil: null }),
  issuedAt: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2126, 0, 1) }),
  address: fc.oneof(fc.emailAddress(), fc.constant(''), fc.constant('grüße@bücher.example')),
});

test('what is sealed comes back, whatever it is', () => {
  fc.assert(
    fc.property(claims, (said) => {
      const token = seal(said);
      assert.deepEqual(openLink(KEY, token), { ...said });
      assert.equal(keyIdOf(token), KEY.id);
    }),
  );
});

describe('whatever is altered is refused:', () => {
  const token = seal();

  test('every character, in each of its other values', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.%~ \0é';
    for (let at = 0; at < token.length; at++) {
      for (const other of alphabet) {
        if (other === token[at]) continue;
        const forged = token.slice(0, at) + other + token.slice(at + 1);
        assert.equal(openLink(KEY, forged), null, `character ${at} as ${JSON.stringify(other)}`);
      }
    }
  });

  test('every octet, in each of its bits', () => {
    const octets = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const forged = Buffer.from(octets);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(openLink(KEY, forged.toString('base64url')), null, `bit ${bit}`);
    }
  });

  test('cut short, made longer, put together from two', () => {
    for (let length = 0; length < token.length; length++) assert.equal(openLink(KEY, token.slice(0, length)), null);
    for (const more of ['A', 'AA', 'AAAA', '=', '==', '\n', ' ', '/', '?', '#'])
      assert.equal(openLink(KEY, token + more), null);
    const other = seal({ ...CLAIMS, purpose: 'manage' });
    for (let at = 1; at < token.length; at++) {
      const spliced = token.slice(0, at) + other.slice(at);
      if (spliced !== token && spliced !== other) assert.equal(openLink(KEY, spliced), null);
    }
  });

  test('sealed with another key, also of the same id', () => {
    assert.equal(openLink({ ...newKey(), id: KEY.id }, token), null);
  });
});

test('a text that is no token has no key', () => {
  for (const text of ['', 'x', 'robots.txt', '💥', 'A'.repeat(42), 'A'.repeat(43), '../..', `${seal()}=`]) {
    assert.equal(keyIdOf(text), null, text);
  }
});

test('a link shows nothing of whom it is for, and no two are alike', () => {
  const tokens = Array.from({ length: 200 }, () => seal());
  assert.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens) {
    const octets = Buffer.from(token, 'base64url').toString('latin1').toLowerCase();
    assert.doesNotMatch(octets, /ada|lovelace|example/);
  }
  assert.ok(tokens[0]!.length < 110, `${tokens[0]!.length} characters`);
});
