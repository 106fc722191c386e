/** Tokens that somebody made up or meant for something else. The key is the provider's own wherever that makes it worse. */
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CompactEncrypt, type JWK } from 'jose';
import { type Logger, pino } from 'pino';
import { openIssuers } from '../../src/issuers/open-issuers.ts';
import { goodClaims, NOBODY_WATCHES, newKey, sign, TestProvider, trust } from '../issuers/support/provider.ts';
import { SQLITE } from './support/engines.ts';
import { RawClient } from './support/raw-client.ts';
import { countEvents, useServer, V4 } from './support/server.ts';

const DEFINITIONS = `${V4}/definitions`;
const NOW = Math.floor(Date.now() / 1_000);
const HOUR = 3_600;

describe('a token that nobody should take', () => {
  let provider: TestProvider;
  /** Of nobody whom the operator trusts. */
  let foreignKey: JWK;
  before(async () => {
    provider = await TestProvider.start();
    foreignKey = await newKey('first');
  });
  after(() => provider.stop());

  const lines: string[] = [];
  const logger: Logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const server = useServer(SQLITE, { logger, issuers: () => openIssuers(trust(provider.issuer), NOBODY_WATCHES) });

  const claims = () => goodClaims(provider.issuer);
  const signed = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    sign(provider.key, { ...claims(), ...changes }, header);
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

  async function whyRefused(token: string, code = 'TOKEN_INVALID'): Promise<string> {
    const before = await countEvents(server().store);
    const { status, json, text } = await server().get(DEFINITIONS, { token });
    assert.equal(status, code === 'SCOPES_MISSING' ? 403 : 401, text);
    assert.equal(json.errors[0].code, code, text);
    assert.ok(!text.includes(token) && !/\n|\bat \w+.*:\d+/.test(text), text);
    assert.equal(await countEvents(server().store), before);
    return json.errors[0].message.replace('The access token is refused. ', '');
  }

  test('the good token of which all others are made is taken', async () => {
    assert.equal((await server().get(DEFINITIONS, { token: await signed() })).status, 200);
  });

  describe('a signature that is none', () => {
    test('alg none, in any case, with and without a signature', async () => {
      for (const alg of ['none', 'None', 'NONE']) {
        const unsigned = `${part({ alg, typ: 'at+jwt' })}.${part(claims())}`;
        for (const token of [`${unsigned}.`, `${unsigned}.AAAA`]) {
          assert.match(await whyRefused(token), /^Its signature is of a kind/);
        }
      }
    });

    test('HS256 with the public key as the secret', async () => {
      const key = createPublicKey({ key: provider.key as never, format: 'jwk' });
      const secrets = [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'der' }),
        key.export({ type: 'pkcs1', format: 'pem' }),
        JSON.stringify(key.export({ format: 'jwk' })),
        provider.key.n!,
      ];
      for (const secret of secrets) {
        const head = `${part({ alg: 'HS256', typ: 'at+jwt', kid: provider.key.kid })}.${part(claims())}`;
        const token = `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
        assert.match(await whyRefused(token), /^Its signature is of a kind/);
      }
    });

    test("another's key by the same name", async () => {
      assert.equal(await whyRefused(await sign(foreignKey, claims())), 'Its signature is not right.');
    });

    test('a key that is in the token itself, or that the token says where to find', async () => {
      const { n, e, kty } = foreignKey;
      const elsewhere = `${provider.issuer}/forged`;
      for (const header of [{ jwk: { kty, n, e } }, { jku: elsewhere }, { x5u: elsewhere }, { x5c: ['AAAA'] }]) {
        assert.equal(await whyRefused(await sign(foreignKey, claims(), header)), 'Its signature is not right.');
        assert.match(
          await whyRefused(await sign(foreignKey, claims(), { ...header, kid: 'mine' })),
          /does not publish\.$/,
        );
      }
      assert.ok(!provider.asked.includes('/forged'));
    });

    test('claims that were changed afterwards', async () => {
      const [header, , signature] = (await signed()).split('.');
      const token = `${header}.${part({ ...claims(), hub_id: 2002 })}.${signature}`;
      assert.equal(await whyRefused(token), 'Its signature is not right.');
    });

    test('critical extensions', async () => {
      for (const header of [{ crit: ['exp'], exp: 1 }, { crit: ['b64'], b64: true }, { crit: [] }]) {
        const head = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'first', ...header })}.${part(claims())}`;
        assert.match(await whyRefused(`${head}.AAAA`), /./);
      }
      assert.match(await whyRefused(await signed({}, { crit: ['b64'], b64: true })), /crit/);
    });
  });

  describe('a token for something else', () => {
    const cases: Record<string, [changes: Record<string, unknown>, because: RegExp]> = {
      'another audience': [{ aud: 'https://elsewhere.example.com' }, /audience \(aud\)/],
      'an audience that begins alike': [{ aud: 'https://optio.example.com.evil.example' }, /audience/],
      'an audience with a slash more': [{ aud: 'https://optio.example.com/' }, /audience/],
      'a list of other audiences': [{ aud: ['a', 'b'] }, /audience/],
      'no audience': [{ aud: undefined }, /"aud"/],
      'no expiry': [{ exp: undefined }, /"exp"/],
      'an expiry that is a text': [{ exp: String(NOW + HOUR) }, /"exp" is no number/],
      'no time of issue': [{ iat: undefined }, /"iat"/],
      'not valid yet': [{ nbf: NOW + HOUR }, /not valid yet/],
      'issued in the future': [{ iat: NOW + HOUR, exp: NOW + HOUR + 60 }, /future/],
      'valid for longer than a day': [{ exp: NOW + 90_000 }, /longer than 86400 seconds/],
      'valid until the end of time': [{ exp: 1e300 }, /longer than/],
      'no account': [{ hub_id: undefined }, /^Its claim "hub_id" does not name an account/],
      'an account that is no number': [{ hub_id: '1001 or 1=1' }, /does not name an account/],
      'an account in disguise': [{ hub_id: '01001' }, /does not name an account/],
      'two accounts': [{ hub_id: [1001, 2002] }, /does not name an account/],
      'an account that is not there': [{ hub_id: 999 }, /no such app in such an account/],
      'the app of another account': [{ client_id: 'second-newsletter' }, /app 456 in the account 1001/],
      'no app': [{ client_id: undefined }, /^Its claim "client_id" or "azp" does not name an app/],
      'bound to a key': [{ cnf: { jkt: 'x' } }, /bound to a key/],
    };
    for (const [what, [changes, because]] of Object.entries(cases)) {
      test(what, async () => assert.match(await whyRefused(await signed(changes)), because));
    }

    test('a type of token that is not an access token', async () => {
      for (const typ of ['JWT', 'id+jwt', 'logout+jwt', 'dpop+jwt', undefined]) {
        assert.match(await whyRefused(await signed({}, { typ })), /^Its type \(typ\) is not at\+jwt\.$/);
      }
    });

    test('without scopes, or with those of others', async () => {
      for (const scope of [undefined, '', 'openid profile', ['toString'], { 'optio.admin': true }, 'OPTIO.ADMIN']) {
        await whyRefused(await signed({ scope }), 'SCOPES_MISSING');
      }
    });

    test('an issuer that is nearly right is unknown, and nobody is asked for its keys', async () => {
      const asked = provider.asked.length;
      const { issuer } = provider;
      for (const iss of [
        `${issuer}/`,
        issuer.toUpperCase(),
        `${issuer}/..`,
        issuer.replace('127.0.0.1', 'localhost'),
        [issuer],
        undefined,
      ]) {
        await whyRefused(await signed({ iss }), 'TOKEN_UNKNOWN');
      }
      assert.equal(provider.asked.length, asked);
    });
  });

  describe('a token whose time is over', () => {
    test('is told since when, once the clocks cannot differ so much', async () => {
      const exp = NOW - 60;
      const answer = await server().get(DEFINITIONS, { token: await signed({ iat: NOW - HOUR, exp }) });
      assert.equal(answer.status, 401);
      assert.equal(answer.json.category, 'EXPIRED_AUTHENTICATION');
      assert.deepEqual(answer.json.context, { 'expire time': [new Date(exp * 1_000).toISOString()] });
      const ancient = await server().get(DEFINITIONS, { token: await signed({ iat: 0, exp: -1e300 }) });
      assert.deepEqual(ancient.json.context, { 'expire time': ['1970-01-01T00:00:00.000Z'] });
      const late = await signed({ iat: NOW - HOUR, exp: Math.floor(Date.now() / 1_000) - 5 });
      assert.equal((await server().get(DEFINITIONS, { token: late })).status, 200);
    });
  });

  describe('what cannot be read', () => {
    test('a claim or a header that is there twice counts once, and the same for every reader', async () => {
      const body = JSON.stringify(claims()).replace('"hub_id":1001', '"hub_id":1001,"hub_id":2002');
      const [header] = (await signed()).split('.');
      assert.equal(await whyRefused(`${header}.${part(body)}.AAAA`), 'Its signature is not right.');
      const twice = `{"alg":"RS256","alg":"none","typ":"at+jwt","kid":"first"}`;
      const [, payload, signature] = (await signed()).split('.');
      assert.match(await whyRefused(`${part(twice)}.${payload}.${signature}`), /of a kind/);
    });

    test('a header that is too long', async () => {
      assert.match(await whyRefused(await signed({}, { pad: 'x'.repeat(4_096) })), /longer than 4096 characters/);
    });

    test('more headers than HTTP has room for', async () => {
      const client = await RawClient.connect(server().url);
      client.send(
        `GET ${DEFINITIONS} HTTP/1.1\r\nHost: optio\r\nAuthorization: Bearer ey${'A'.repeat(20_000)}\r\n\r\n`,
      );
      assert.deepEqual(await client.answers(1), [431]);
    });

    test('an encrypted token', async () => {
      const { n, e, kty } = provider.key;
      const token = await new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'at+jwt' })
        .encrypt({ kty, n, e, alg: 'RSA-OAEP-256' } as JWK);
      await whyRefused(token, 'TOKEN_UNKNOWN');
    });

    test('what only looks like a JWT', async () => {
      const payload = part(claims());
      const heads = ['eyJ', part('{"alg":"RS256"'), part('{"alg":1}'), part('{"alg":"RS256","kid":{}}')];
      for (const header of heads) await whyRefused(`${header}.${payload}.AAAA`);
      for (const token of [
        'eyJ..',
        `${part('{}')}.${payload}.AAAA`,
        'eyJ.eyJ.eyJ',
        `eyJ.${part('[]')}.x`,
        `eyJ.${part('null')}.x`,
        `eyJ.${part('{"iss":')}.x`,
      ]) {
        await whyRefused(token, 'TOKEN_UNKNOWN');
      }
    });

    test('nothing of any token is in the log', () => {
      assert.ok(lines.length > 50, 'the log was looked at');
      for (const line of lines) assert.doesNotMatch(line, /eyJ|hub_id|"stack"/);
    });
  });
});
