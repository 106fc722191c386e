/** An issuer that changes its keys, goes away, comes back, or is not the one that it should be. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE, type Patience } from '../../src/issuers/issuer-keys.ts';
import { openIssuers } from '../../src/issuers/open-issuers.ts';
import { goodClaims, newKey, sign, TestProvider, trust } from './support/provider.ts';

let provider: TestProvider;
const said: string[] = [];
const watch = {
  failed: (_issuer: string, why: string) => void said.push(why.replaceAll(provider.issuer, '')),
  answered: () => void said.push('answered'),
};

/** Opens the provider as the server does; nothing is cooled down unless the test says so. */
function open(patience: Partial<Patience> = {}) {
  const issuers = openIssuers(trust(provider.issuer), watch, { ...PATIENCE, cooldownMs: 0, retryMs: 0, ...patience });
  let count = 0;
  return {
    issuers,
    /** What a new token of the key is worth. */
    async kindOf(key = provider.key): Promise<string> {
      count += 1;
      return kindOf(issuers, await sign(key, { ...goodClaims(provider.issuer), jti: String(count) }));
    },
  };
}

async function kindOf(issuers: ReturnType<typeof openIssuers>, token: string): Promise<string> {
  return (await issuers.verify(token, Date.now()))?.kind ?? 'unknown';
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

describe('the keys of an issuer', () => {
  before(async () => {
    provider = await TestProvider.start();
  });
  after(() => provider.stop());
  beforeEach(async () => {
    await provider.rotate('first');
    provider.asked.length = 0;
    said.length = 0;
  });

  test('are fetched once, however many tokens come at the same time', async () => {
    const { kindOf } = open();
    const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf()));
    assert.deepEqual([...new Set(kinds)], ['authenticated']);
    assert.equal(provider.askedForKeys, 1);
    assert.deepEqual(said, ['answered']);
  });

  test('are fetched again for a key that is not among them', async () => {
    const { kindOf } = open();
    assert.equal(await kindOf(), 'authenticated');
    await provider.rotate('second');
    assert.equal(await kindOf(), 'authenticated');
    assert.equal(provider.askedForKeys, 2);
  });

  test('once rotated out, no longer vouch for the tokens that were verified by them', async () => {
    const { issuers, kindOf: kindOfNew } = open();
    const old = await sign(provider.key, goodClaims(provider.issuer));
    assert.equal(await kindOf(issuers, old), 'authenticated');
    assert.ok(issuers.remembered(old, Date.now()));
    await provider.rotate('second');
    assert.equal(await kindOfNew(), 'authenticated');
    assert.equal(issuers.remembered(old, Date.now()), null);
    assert.equal(await kindOf(issuers, old), 'refused');
  });

  test('are fetched again once they are old, by the use of tokens that are remembered', async () => {
    const { issuers } = open({ refreshMs: 0 });
    const token = await sign(provider.key, goodClaims(provider.issuer));
    assert.equal(await kindOf(issuers, token), 'authenticated');
    await provider.rotate('second');
    await until(() => issuers.remembered(token, Date.now()) === null);
    assert.equal(await kindOf(issuers, token), 'refused');
  });

  test('are not fetched for every key that somebody makes up', async () => {
    const { kindOf } = open({ cooldownMs: 600_000 });
    assert.equal(await kindOf(), 'authenticated');
    const forged = await newKey('forged');
    for (let time = 0; time < 20; time += 1) {
      assert.equal(await kindOf({ ...forged, kid: `forged-${time}` }), 'refused');
    }
    assert.equal(provider.askedForKeys, 1);
  });

  test('serve on while the issuer is away; of a key that is not among them nobody can tell', async () => {
    const { kindOf } = open({ refreshMs: 0 });
    assert.equal(await kindOf(), 'authenticated');
    provider.answerWith((_request, response) => void response.writeHead(502).end());
    assert.equal(await kindOf(), 'authenticated');
    assert.equal(await kindOf(await newKey('second')), 'unverifiable');
    await until(() => said.includes('answers 502 at /.well-known/openid-configuration, not 200'));
  });

  test('serve on for a while only', async () => {
    const { kindOf } = open({ refreshMs: 0, staleMs: 0 });
    assert.equal(await kindOf(), 'authenticated');
    provider.answerWith((_request, response) => void response.socket?.destroy());
    assert.equal(await kindOf(), 'unverifiable');
  });

  test('an issuer that failed is left in peace for a moment', async () => {
    provider.answerWith((_request, response) => void response.writeHead(500).end());
    const { kindOf } = open({ retryMs: 600_000 });
    for (let time = 0; time < 10; time += 1) assert.equal(await kindOf(), 'unverifiable');
    assert.equal(provider.asked.length, 1);
  });

  test('an issuer that was away at the start is taken once it is there', async () => {
    provider.answerWith((_request, response) => void response.socket?.destroy());
    const { kindOf } = open();
    assert.equal(await kindOf(), 'unverifiable');
    await provider.rotate('first');
    assert.equal(await kindOf(), 'authenticated');
    assert.match(said[0]!, /^does not answer at \/\.well-known\/openid-configuration \(\w+\)$/);
    assert.equal(said.at(-1), 'answered');
  });

  test('are found by RFC 8414, too', async () => {
    const metadata = { issuer: provider.issuer, jwks_uri: `${provider.issuer}/keys` };
    const documents: Record<string, unknown> = {
      '/.well-known/oauth-authorization-server': metadata,
      '/keys': {
        keys: [
          { ...provider.key, d: undefined, p: undefined, q: undefined, dp: undefined, dq: undefined, qi: undefined },
        ],
      },
    };
    provider.answerWith(({ url = '' }, response) => {
      const document = documents[url];
      response.writeHead(document ? 200 : 404).end(JSON.stringify(document ?? {}));
    });
    assert.equal(await open().kindOf(), 'authenticated');
  });

  describe('what an issuer may answer instead', () => {
    const answers: Record<string, [answer: (issuer: string) => string, why: RegExp]> = {
      'another issuer': [(issuer) => JSON.stringify({ issuer: `${issuer}/` }), /^calls itself "\/" in its metadata/],
      'no place of keys': [(issuer) => JSON.stringify({ issuer }), /^names no jwks_uri/],
      'a place of keys without TLS': [
        (issuer) => JSON.stringify({ issuer, jwks_uri: 'http://keys.example.com/' }),
        /^names no jwks_uri with https/,
      ],
      'a page': [() => '<!doctype html>', /^answers something else than JSON/],
      'a list of everything': [() => `[${'0,'.repeat(300_000)}0]`, /^answers more than 524288 bytes/],
      'keys that are none': [
        (issuer) => JSON.stringify({ issuer, jwks_uri: `${issuer}/x`, keys: 'none' }),
        /^publishes something else than a set of keys/,
      ],
    };
    for (const [what, [answer, why]] of Object.entries(answers)) {
      test(`${what}: nobody can tell`, async () => {
        provider.answerWith((_request, response) => void response.end(answer(provider.issuer)));
        assert.equal(await open().kindOf(), 'unverifiable');
        assert.match(said[0]!, why);
      });
    }

    test('a way to somebody else: not followed', async () => {
      provider.answerWith((_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end());
      assert.equal(await open().kindOf(), 'unverifiable');
      assert.ok(!provider.asked.includes('/elsewhere'));
    });

    test('secrets, and keys that are too short', async () => {
      const { issuer } = provider;
      const short = { kty: 'RSA', kid: 'first', e: 'AQAB', n: Buffer.alloc(128, 0xc3).toString('base64url') };
      for (const key of [{ kty: 'oct', kid: 'first', k: 'AAAA' }, provider.key, short]) {
        const document = { issuer, jwks_uri: `${issuer}/x`, keys: [key] };
        provider.answerWith((_request, response) => void response.end(JSON.stringify(document)));
        assert.equal(await open().kindOf(), 'refused');
      }
    });
  });
});
