/** Providers that do not say of their access tokens that they are such: taken where the operator says so. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openIssuers } from '../../src/issuers/open-issuers.ts';
import { goodClaims, NOBODY_WATCHES, sign, TestProvider, trust } from './support/provider.ts';

let provider: TestProvider;
before(async () => {
  provider = await TestProvider.start();
});
after(() => provider.stop());

test('plain JWTs are taken, and access tokens; what says that it is something else is not', async () => {
  const issuers = openIssuers(trust(provider.issuer, { plainJwt: true }), NOBODY_WATCHES);
  for (const [typ, kind] of [
    ['JWT', 'authenticated'],
    ['jwt', 'authenticated'],
    [undefined, 'authenticated'],
    ['at+jwt', 'authenticated'],
    ['application/at+jwt', 'authenticated'],
    ['logout+jwt', 'refused'],
    ['dpop+jwt', 'refused'],
  ] as const) {
    const token = await sign(provider.key, { ...goodClaims(provider.issuer), jti: typ }, { typ });
    assert.equal((await issuers.verify(token, Date.now()))?.kind, kind, typ);
  }
});
