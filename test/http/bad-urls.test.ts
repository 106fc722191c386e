/** Paths, methods and query strings that are refused, and what Node itself cannot read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { ROUTES } from '../../src/http/routes.ts';
import { SQLITE } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const ADA = statusesOf('ada@example.com');
const INVALID = { status: 400, category: 'VALIDATION_ERROR' };
const ID = 'a whole number from 0 to 9007199254740991';

describe('URLs that are refused', () => {
  const server = useServer(SQLITE);

  test('no channel, a repeated one, an unknown one, an empty one', async () => {
    const paths = [ADA, `${ADA}/unsubscribe-all`];
    for (const path of paths) {
      const required = { ...INVALID, code: 'FIELD_REQUIRED', in: 'channel' };
      const invalid = { ...INVALID, code: 'FIELD_INVALID', in: 'channel' };
      const repeated = { ...INVALID, code: 'FIELD_REPEATED', in: 'channel' };
      assertRefused(await server().get(path), {
        ...required,
        message: 'Missing: the query parameter "channel". Allowed: EMAIL.',
      });
      assertRefused(await server().get(`${path}?channel=email`), {
        ...invalid,
        message: '"channel" was "email". Allowed: EMAIL.',
      });
      assertRefused(await server().get(`${path}?channel=`), {
        ...invalid,
        message: '"channel" was "". Allowed: EMAIL.',
      });
      const twice = 'The query parameter "channel" was given 2 times. Allowed: once; EMAIL.';
      assertRefused(await server().get(`${path}?channel=EMAIL&channel=EMAIL`), { ...repeated, message: twice });
    }
    for (const batch of ['read', 'unsubscribe-all', 'unsubscribe-all/read']) {
      const answer = await server().post(`${V4}/statuses/batch/${batch}`, { inputs: ['a@example.com'] });
      assert.equal(answer.json.errors[0].code, 'FIELD_REQUIRED', batch);
    }
    const write = await server().request('POST', `${ADA}/unsubscribe-all`);
    assert.equal(write.json.errors[0].in, 'channel');
    assert.equal(await countEvents(server().store), 0);
  });

  test('a businessUnitId that is no id, or is given twice', async () => {
    for (const sent of ['', 'x', '-1', '1.5', '0x10', '1e2', '9007199254740992', '%201']) {
      const answer = await server().get(`${ADA}?channel=EMAIL&businessUnitId=${sent}`);
      const shown = JSON.stringify(decodeURIComponent(sent));
      const message = `"businessUnitId" was ${shown}. Allowed: ${ID}.`;
      assertRefused(answer, { ...INVALID, code: 'FIELD_INVALID', in: 'businessUnitId', message });
    }
    const twice = await server().get(`${V4}/definitions?businessUnitId=0&businessUnitId=1`);
    const message = `The query parameter "businessUnitId" was given 2 times. Allowed: once; ${ID}.`;
    assertRefused(twice, { ...INVALID, code: 'FIELD_REPEATED', in: 'businessUnitId', message });
  });

  test('a boolean that is none', async () => {
    for (const sent of ['1', 'TRUE', '', 'yes']) {
      const message = `"verbose" was "${sent}". Allowed: one of true, false.`;
      const answer = await server().get(`${ADA}/unsubscribe-all?channel=EMAIL&verbose=${sent}`);
      assertRefused(answer, { ...INVALID, code: 'FIELD_INVALID', in: 'verbose', message });
    }
    assert.equal((await server().get(`${V4}/definitions?includeTranslations=1`)).status, 400);
  });

  test('percent signs that lead nowhere', async () => {
    for (const path of ['ada%ZZexample.com', 'ada%', '%FF@example.com', '%C3%28@example.com']) {
      assertRefused(await server().get(`${V4}/statuses/${path}?channel=EMAIL`), {
        ...INVALID,
        code: 'MALFORMED_URL',
        in: undefined as never,
        message:
          'The path holds a percent sign that two hexadecimal digits of valid UTF-8 do not follow. Allowed: percent-encoded UTF-8.',
      });
    }
  });

  test('a NUL character in the path', async () => {
    const answer = await server().get(`${V4}/statuses/ada%00@example.com?channel=EMAIL`);
    const message =
      '"subscriberIdString" was "ada\\u0000@example.com". Allowed: text in well-formed Unicode without NUL characters.';
    assertRefused(answer, { ...INVALID, code: 'FIELD_INVALID', in: 'subscriberIdString', message });
  });

  test('unknown paths, whatever is sent to them; slashes and cases are exact', async () => {
    const unknown = {
      status: 404,
      category: 'OBJECT_NOT_FOUND',
      code: 'RESOURCE_UNKNOWN',
      message: 'resource not found',
    };
    const paths = [
      '/nothing',
      `${V4}/links`,
      `${V4}/definitions/`,
      `${V4}/Definitions`,
      `//${V4}/definitions`,
      `${V4}/statuses/a@example.com/b`,
      '/communication-preferences/v9/definitions',
    ];
    for (const path of paths) {
      assertRefused(await server().get(path), unknown);
      assertRefused(await server().request('POST', path, { body: '{', token: null }), unknown);
      assertRefused(await server().request('PROPFIND', path, { token: null }), unknown);
    }
  });

  test('a wrong method at every known path: 405 and what is allowed', async () => {
    const byPath = new Map<string, string[]>();
    for (const { method, path } of ROUTES) byPath.set(path, [...(byPath.get(path) ?? []), method]);
    for (const [pattern, served] of byPath) {
      const path = pattern.replace(/:\w+/, 'ada@example.com');
      const allow = (served.includes('GET') ? [...served, 'HEAD'] : served).sort().join(', ');
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND', 'PURGE']) {
        if (served.includes(method)) continue;
        const answer = await server().request(method, path, { token: null });
        assertRefused(answer, {
          status: 405,
          category: 'METHOD_NOT_ALLOWED',
          code: 'METHOD_NOT_ALLOWED',
          message: `The method was ${method}. Allowed at this path: ${allow}.`,
        });
        assert.equal(answer.headers.get('allow'), allow);
      }
      if (!served.includes('GET')) assert.equal((await server().request('HEAD', path)).status, 405);
    }
  });

  test('HEAD is GET without a body', async () => {
    const answer = await server().request('HEAD', `${ADA}?channel=EMAIL`);
    assert.deepEqual([answer.status, answer.text], [200, '']);
    assert.equal((await server().request('HEAD', ADA, { token: null })).status, 401);
  });

  test('an address longer than any', async () => {
    for (const length of [300, 5_000, 12_000]) {
      const answer = await server().post(statusesOf(`${'a'.repeat(length)}@example.com`), change());
      const message = `"subscriberIdString" was "${'a'.repeat(99)}…, which is no e-mail address. Allowed: local-part@domain, at most 254 octets, the domain with at least two labels.`;
      assertRefused(answer, { ...INVALID, code: 'EMAIL_INVALID', in: 'subscriberIdString', message });
    }
  });

  test('what is no HTTP, and a head that is too large', async () => {
    const broken = await sendRaw(server().url, 'NOT HTTP\r\n\r\n');
    assert.match(broken, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(broken, /"category":"VALIDATION_ERROR","errors":\[\{[^}]*"code":"MALFORMED_REQUEST"\}\]\}$/);
    const large = await sendRaw(server().url, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert.match(large, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    assert.match(large, /"code":"HEADERS_TOO_LARGE"/);
    assert.match(large, /X-HubSpot-Correlation-Id: [0-9a-f-]{36}\r\n/);
  });

  test('a body shorter than its length says: no answer is owed, and nothing is stored', async () => {
    const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.write(
      `POST ${ADA} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a"`,
    );
    socket.destroy();
    await once(socket, 'close');
    assert.equal(await countEvents(server().store), 0);
    assert.equal((await server().get('/health/live')).status, 200);
  });
});

async function sendRaw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('utf8');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}
