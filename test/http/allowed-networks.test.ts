/** Tokens that may be used from some networks only, with and without a proxy in front. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createToken } from '../../src/actions/manage-tokens.ts';
import { FIRST_ACCOUNT, FULL_TOKEN } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { assertRefused, statusesOf, type TestServer, useServer, V4 } from './support/server.ts';

const DEFINITIONS = `${V4}/definitions`;

/** A new token that is limited to `allowedNetworks`. */
async function limitedToken({ context }: TestServer, ...allowedNetworks: readonly string[]): Promise<string> {
  const outcome = await createToken(context, FIRST_ACCOUNT, { name: 'Limited', allowedNetworks });
  assert.equal(outcome.kind, 'done');
  return outcome.value.secret;
}

const REFUSAL = { status: 403, category: 'FORBIDDEN', code: 'NETWORK_NOT_ALLOWED', in: 'Authorization' };
const refusedFrom = (address: string) => ({
  ...REFUSAL,
  message: `This token may not be used from here: the call came from ${address}. Allowed: calls from the networks that the token is limited to.`,
});

describe('Without a proxy', () => {
  const server = useServer(SQLITE);

  test('a token without networks is good from everywhere, and one with networks from those alone', async () => {
    assert.equal((await server().get(DEFINITIONS, { token: FULL_TOKEN })).status, 200);
    const inside = await limitedToken(server(), '10.0.0.0/8', '127.0.0.0/8');
    assert.equal((await server().get(DEFINITIONS, { token: inside })).status, 200);
    const outside = await limitedToken(server(), '10.0.0.0/8', '2001:db8::/32');
    for (let times = 0; times < 2; times++) {
      const answer = await server().get(DEFINITIONS, { token: outside });
      assertRefused(answer, refusedFrom('127.0.0.1'));
      assert.ok(!answer.text.includes('10.0.0.0'), 'the networks are not told');
    }
  });

  test('it is refused before the body is read, whatever its scopes are', async () => {
    const token = await limitedToken(server(), '192.0.2.1');
    assertRefused(await server().post(statusesOf('ada@example.com'), '{', { token }), refusedFrom('127.0.0.1'));
    assertRefused(await server().get('/optio/v1/account', { token }), refusedFrom('127.0.0.1'));
  });

  test('a call that is refused is no use of the token', async () => {
    const token = await limitedToken(server(), '192.0.2.1');
    await server().get(DEFINITIONS, { token });
    await server().context.tokenUses.write();
    const tokens = (await server().get('/optio/v1/tokens')).json.results;
    const listed = tokens.find(({ hint }: { hint: string }) => hint === token.slice(-4));
    assert.deepEqual([listed.allowedNetworks, listed.lastUsedAt], [['192.0.2.1/32'], null]);
  });

  test('nobody’s X-Forwarded-For is believed', async () => {
    const token = await limitedToken(server(), '10.0.0.0/8');
    const headers = { 'x-forwarded-for': '10.1.2.3', forwarded: 'for=10.1.2.3', 'x-real-ip': '10.1.2.3' };
    assertRefused(await server().get(DEFINITIONS, { token, headers }), refusedFrom('127.0.0.1'));
  });

  test('what is no network is refused when the token is made, and says which', async () => {
    const sent = { name: 'x', allowedNetworks: ['10.0.0.0/8', '10.1.2.3/8'] };
    const answer = await server().post('/optio/v1/tokens', sent);
    assertRefused(answer, {
      ...{ status: 400, category: 'VALIDATION_ERROR', code: 'FIELD_INVALID', in: 'allowedNetworks[1]' },
      message:
        '"allowedNetworks[1]" must be a network such as 10.0.0.0/8 or 2001:db8::/32, whose address has no bits after its prefix, or one address.',
    });
    const many = { name: 'x', allowedNetworks: Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`) };
    assert.equal((await server().post('/optio/v1/tokens', many)).status, 400);
    const good = await server().post('/optio/v1/tokens', { name: 'x', allowedNetworks: ['10.0.0.1', '2001:DB8::/32'] });
    assert.deepEqual(good.json.allowedNetworks, ['10.0.0.1/32', '2001:db8::/32']);
  });
});

describe('Behind trusted proxies', () => {
  const server = useServer(SQLITE, { trustedProxies: ['127.0.0.0/8', '192.0.2.0/24'] });
  let token: string;
  before(async () => {
    token = await limitedToken(server(), '10.0.0.0/8', '2001:db8::/32');
  });
  const get = (forwarded: string) => server().get(DEFINITIONS, { token, headers: { 'x-forwarded-for': forwarded } });

  test('the last address that no trusted proxy has is the caller’s', async () => {
    for (const forwarded of [
      '10.1.2.3',
      '203.0.113.9, 10.1.2.3',
      '203.0.113.9,10.1.2.3 ,192.0.2.1',
      'unknown, 10.1.2.3, 192.0.2.1, 192.0.2.2',
      '10.1.2.3:4711',
      '2001:db8::7',
      '[2001:db8::7]:4711',
      '[2001:db8::7]',
      '::ffff:10.1.2.3',
    ]) {
      assert.equal((await get(forwarded)).status, 200, forwarded);
    }
  });

  test('what the caller itself wrote before it is not believed', async () => {
    assertRefused(await get('10.1.2.3, 203.0.113.9'), refusedFrom('203.0.113.9'));
    assertRefused(await get('10.1.2.3, 203.0.113.9, 192.0.2.1'), refusedFrom('203.0.113.9'));
    assertRefused(await get('10.1.2.3, 127.0.0.1, 203.0.113.9:80'), refusedFrom('203.0.113.9'));
  });

  test('what is no address is in no network, and is not repeated', async () => {
    for (const forwarded of ['unknown', '10.1.2.3, <b>', '10.1.2.3, 10.0.0', '10.1.2.3,', '10.1.2.3, unix:']) {
      assertRefused(await get(forwarded), refusedFrom('an address that is not known'));
    }
  });

  test('where all are trusted the first is the caller, and without the header the proxy itself', async () => {
    assertRefused(await get('192.0.2.9, 192.0.2.1'), refusedFrom('192.0.2.9'));
    assertRefused(await get(''), refusedFrom('127.0.0.1'));
    assertRefused(await server().get(DEFINITIONS, { token }), refusedFrom('127.0.0.1'));
  });
});

describe('Behind a proxy that is not trusted', () => {
  const server = useServer(SQLITE, { trustedProxies: ['192.0.2.0/24'] });

  test('the connection’s address counts', async () => {
    const token = await limitedToken(server(), '10.0.0.0/8');
    const headers = { 'x-forwarded-for': '10.1.2.3' };
    assertRefused(await server().get(DEFINITIONS, { token, headers }), refusedFrom('127.0.0.1'));
  });
});
