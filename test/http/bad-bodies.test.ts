/** Bodies that are refused: each with a clear answer, and nothing of it stored. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { invalid, malformed, missing, PATH, STATES } from './bad-body-cases.ts';
import { SQLITE } from './support/engines.ts';
import { assertRefused, change, countEvents, useServer } from './support/server.ts';

describe('bodies that are refused', () => {
  const server = useServer(SQLITE);
  let before: number;
  beforeEach(async () => {
    before = await countEvents(server().store);
  });
  afterEach(async () => {
    assert.equal(await countEvents(server().store), before, 'something of a refused request was stored');
  });

  for (const [name, path, body, field, message] of invalid) {
    test(name, async () => {
      assertRefused(await server().post(path, body), { ...INVALID, code: 'FIELD_INVALID', in: field, message });
    });
  }
  for (const [name, path, body, field, message] of missing) {
    test(name, async () => {
      assertRefused(await server().post(path, body), { ...INVALID, code: 'FIELD_REQUIRED', in: field, message });
    });
  }
  for (const [name, body, message] of malformed) {
    test(`malformed JSON: ${name}`, async () => {
      assertRefused(await server().post(PATH, body), { ...INVALID, code: 'MALFORMED_JSON', in: 'body', message });
    });
  }

  test('no body where one is needed, with and without a content type', async () => {
    const message = 'The request has no body. Allowed: a JSON object with "subscriptionId", "statusState", "channel".';
    const none: Record<string, string> = {};
    for (const headers of [none, { 'content-type': 'application/json' }]) {
      const answer = await server().request('POST', PATH, { headers });
      assertRefused(answer, { ...INVALID, code: 'BODY_REQUIRED', in: 'body', message });
    }
  });

  test('bytes that are no UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const message = 'The body is not valid UTF-8. Allowed: JSON in UTF-8.';
    assertRefused(await server().post(PATH, body), { ...INVALID, code: 'BODY_NOT_UTF8', in: 'body', message });
  });

  test('a body over 1 MiB, its length told before or not', async () => {
    const expected = {
      status: 413,
      category: 'VALIDATION_ERROR',
      code: 'BODY_TOO_LARGE',
      in: 'body',
      message: 'The body is too large. Allowed: at most 1048576 bytes (1 MiB).',
    };
    const body = JSON.stringify({ ...change(), x: 'x'.repeat(1_048_576) });
    assertRefused(await server().post(PATH, body), expected);
    const chunked = await fetch(server().url + PATH, {
      method: 'POST',
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    assert.equal(chunked.status, 413);
  });

  test('a body of exactly 1 MiB is read', async () => {
    const empty = JSON.stringify({ ...change({ statusState: 'NO' }), x: '' });
    const body = JSON.stringify({ ...change({ statusState: 'NO' }), x: 'x'.repeat(1_048_576 - empty.length) });
    const answer = await server().post(PATH, body);
    assertRefused(answer, {
      ...INVALID,
      code: 'FIELD_INVALID',
      in: 'statusState',
      message: `"statusState" was "NO". Allowed: ${STATES}.`,
    });
  });

  test('another content type, none, or one that cannot be read', async () => {
    const expected = {
      status: 415,
      category: 'VALIDATION_ERROR',
      code: 'CONTENT_TYPE_UNSUPPORTED',
      in: 'Content-Type',
    };
    const body = Buffer.from(JSON.stringify(change()));
    const types = {
      'text/plain': 'Content-Type was "text/plain". Allowed: application/json.',
      'application/x-www-form-urlencoded':
        'Content-Type was "application/x-www-form-urlencoded". Allowed: application/json.',
      'application/jsonx': 'Content-Type was "application/jsonx". Allowed: application/json.',
      json: 'Content-Type was "json". Allowed: application/json.',
    };
    for (const [type, message] of Object.entries(types)) {
      const answer = await server().post(PATH, body, { headers: { 'content-type': type } });
      assertRefused(answer, { ...expected, message });
    }
    const none = await server().app.inject({ method: 'POST', url: PATH, payload: body, headers: bearer() });
    assert.equal(none.statusCode, 415);
    assert.match(none.json().message, /^The request has a body but no Content-Type\. Allowed: application\/json\.$/);
  });

  test('another charset than UTF-8, however it is written', async () => {
    for (const charset of ['iso-8859-1', '"utf-16"', 'UTF-8; charset = latin1']) {
      const type = `application/json; charset=${charset}`;
      assertRefused(await server().post(PATH, change(), { headers: { 'content-type': type } }), {
        status: 415,
        category: 'VALIDATION_ERROR',
        code: 'CONTENT_TYPE_UNSUPPORTED',
        in: 'Content-Type',
        message: `Content-Type was ${JSON.stringify(type)}. Allowed: application/json, with charset=utf-8 or without a charset.`,
      });
    }
    for (const parameters of ['; charset=UTF-8', '; charset=utf8', ';Charset="utf-8"', '; a="; charset=latin1"']) {
      const headers = { 'content-type': `application/json${parameters}` };
      const answer = await server().post(PATH, change({ channel: 'SMS' }), { headers });
      assert.equal(answer.status, 400, parameters);
    }
  });

  test('a body that is compressed', async () => {
    const answer = await server().post(PATH, 'x', { headers: { 'content-encoding': 'gzip' } });
    assertRefused(answer, {
      status: 415,
      category: 'VALIDATION_ERROR',
      code: 'CONTENT_TYPE_UNSUPPORTED',
      in: 'Content-Encoding',
      message: 'Content-Encoding was "gzip". Allowed: none.',
    });
  });
});

const INVALID = { status: 400, category: 'VALIDATION_ERROR' };

function bearer(): { authorization: string } {
  return { authorization: 'Bearer pat-eu1-11111111-1111-4111-8111-111111111111' };
}
