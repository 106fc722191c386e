import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IssuerKeys } from '../../src/issuers/issuer-keys.ts';
import { type Remembered, RememberedTokens } from '../../src/issuers/remembered-tokens.ts';
import { NOBODY_WATCHES } from './support/provider.ts';

const keys = new IssuerKeys('https://issuer.example.com', NOBODY_WATCHES);
const principal = { accountId: 1, appId: 2, scopes: new Set<never>() };
const remembered = (changes: Partial<Remembered> = {}): Remembered => ({
  holder: { kind: 'authenticated', principal },
  validUntil: 1_000,
  keys,
  generation: keys.generation,
  ...changes,
});

test('A token is remembered until its time is over', () => {
  const tokens = new RememberedTokens();
  tokens.add('a', remembered());
  assert.ok(tokens.get('a', 999));
  assert.equal(tokens.get('a', 1_000), undefined);
  assert.equal(tokens.get('a', 0), undefined);
});

test('However many tokens come, few are remembered, and those that are used stay', () => {
  const tokens = new RememberedTokens();
  tokens.add('used', remembered());
  for (let number = 0; number < 50_000; number += 1) {
    tokens.add(`token ${number}`, remembered());
    assert.ok(tokens.get('used', 0));
  }
  const kept = Array.from({ length: 50_000 }, (_, number) => tokens.get(`token ${number}`, 0)).filter(Boolean);
  assert.ok(kept.length > 0 && kept.length <= 10_000, String(kept.length));
});

test('Long tokens are remembered in smaller numbers', () => {
  const tokens = new RememberedTokens();
  const long = (number: number) => String(number).padStart(16_000, 'x');
  for (let number = 0; number < 2_000; number += 1) tokens.add(long(number), remembered());
  const kept = Array.from({ length: 2_000 }, (_, number) => tokens.get(long(1_999 - number), 0)).filter(Boolean);
  assert.ok(kept.length > 500 && kept.length < 1_100, String(kept.length));
});
