/** What operators and newcomers see: health, the description, the front page, the log. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { pino } from 'pino';
import { ROUTES } from '../../src/http/routes.ts';
import { EXPIRED_TOKEN, FULL_TOKEN } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { change, statusesOf, useServer, V4 } from './support/server.ts';

describe('operation', () => {
  const server = useServer(SQLITE);

  test('health', async () => {
    const live = await server().get('/health/live', { token: null });
    const ready = await server().get('/health/ready', { token: null });
    assert.deepEqual(
      [live.status, live.text, ready.status, ready.text],
      [200, '{"status":"live"}', 200, '{"status":"ready"}'],
    );
  });

  test('every answer has a correlation id of its own', async () => {
    const ids = new Set<string>();
    for (const path of ['/', '/health/live', '/openapi.json', '/nothing', `${V4}/definitions`, `${V4}/statuses/%`]) {
      const id = (await server().get(path)).headers.get('x-hubspot-correlation-id') ?? '';
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, path);
      ids.add(id);
    }
    assert.equal(ids.size, 6);
  });

  test('the front page: HTML without scripts, under a strict policy that its own style satisfies', async () => {
    const { status, text, headers } = await server().get('/', { token: null });
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.equal(
      headers.get('content-security-policy'),
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    assert.doesNotMatch(text, /<script|\son\w+=|\sstyle=|src=|https?:/);
    for (const needed of [
      '<html lang="en">',
      'name="viewport"',
      'href="/openapi.json"',
      'independent project',
      'docs',
    ]) {
      assert.ok(text.includes(needed), needed);
    }
  });
});

describe('/openapi.json', () => {
  const server = useServer(SQLITE);
  const document = async () => (await server().get('/openapi.json', { token: null })).json;

  test('describes every route, with the scopes, any of which suffices, and the error body', async () => {
    const { paths, components, openapi } = await document();
    assert.equal(openapi, '3.1.0');
    const described = Object.entries<object>(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    assert.deepEqual(described.sort(), served.sort());
    for (const { method, path, scopes, endpoint } of ROUTES) {
      const operation = paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()];
      assert.equal(operation.operationId, endpoint.schema.operationId);
      assert.ok(operation.summary && operation.description, path);
      assert.deepEqual(
        operation.security,
        scopes === 'public' ? [] : scopes.map((needed) => ({ token: [needed].flat() })),
      );
      if (endpoint.dialect) continue;
      const { $ref } = operation.responses.default.content['application/json'].schema;
      assert.equal($ref, '#/components/schemas/Error');
    }
    assert.ok(components.schemas.PublicStatus);
    assert.equal(components.securitySchemes.token.scheme, 'bearer');
  });

  test('says what query parameters mean, not how they travel', async () => {
    const { paths } = await document();
    const { parameters } = paths[`${V4}/statuses/{subscriberIdString}/unsubscribe-all`].get;
    const schemas = Object.fromEntries(
      parameters.map(({ name, required, schema }: { name: string; required?: boolean; schema: object }) => [
        name,
        { required: required ?? false, ...schema },
      ]),
    );
    assert.deepEqual(schemas.channel, { required: true, type: 'string', enum: ['EMAIL'] });
    assert.deepEqual(schemas.verbose, { required: false, type: 'boolean' });
    assert.deepEqual(schemas.businessUnitId, {
      required: false,
      type: 'integer',
      format: 'int64',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    });
  });

  test('names no format that only this server knows', async () => {
    const formats = [...JSON.stringify(await document()).matchAll(/"format":"([^"]+)"/g)].map(([, format]) => format);
    assert.deepEqual([...new Set(formats)].sort(), ['date-time', 'int64', 'uuid']);
  });

  test('says of every answer what it is, and in which type it comes', async () => {
    const { paths } = await document();
    for (const [path, item] of Object.entries<Record<string, { responses: object }>>(paths)) {
      for (const [method, { responses }] of Object.entries(item)) {
        for (const [status, { description, content = {} }] of Object.entries(responses)) {
          const where = `${method} ${path} ${status}`;
          assert.match(description, /^[A-Z].*\.$/, where);
          const isPage = /^\/(?:l|oauth\/(?:authorize|consent|sign-\w+))(?:\/|$)/.test(path) || where === 'get / 200';
          const isEmpty = ['204', '303'].includes(status) || (path.endsWith('/token/revoke') && status === '200');
          const lines = where === 'post /optio/v1/eligibility 200' ? ['application/x-ndjson'] : [];
          const types = isEmpty ? [] : [isPage ? 'text/html' : 'application/json', ...lines];
          assert.deepEqual(Object.keys(content), types, where);
        }
      }
    }
    const { responses } = paths[`${V4}/statuses/batch/read`].post;
    assert.equal(responses[200].description, 'Every input was answered.');
    assert.match(responses[207].description, /^Some inputs were refused/);
    assert.match(paths['/optio/v1/brands'].post.responses[201].description, /^Created\./);
  });

  test('no two schemas share a name, and every reference leads somewhere', async () => {
    const described = await document();
    const references = JSON.stringify(described).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name] of references) assert.ok(name! in described.components.schemas, name);
  });

  test('is kept: answers are as it says', async () => {
    const described = await document();
    const ajv = new Ajv2020({
      strict: false,
      formats: { 'date-time': true, int64: true, uuid: true },
    });
    ajv.addSchema({ $id: 'optio', ...described });
    const template = `${V4}/statuses/{subscriberIdString}`;
    const batch = `${V4}/statuses/batch`;
    const inputs = ['described@example.com', 'bad'];
    const path = statusesOf('described@example.com');
    const write = {
      inputs: [change({ subscriberIdString: 'described@example.com' }), change({ subscriberIdString: 'bad' })],
    };
    const answers = [
      [`${V4}/definitions`, await server().get(`${V4}/definitions?includeTranslations=true`)],
      [template, await server().post(path, change())],
      [template, await server().get(`${path}?channel=EMAIL`)],
      [
        `${template}/unsubscribe-all`,
        await server().request('POST', `${path}/unsubscribe-all?channel=EMAIL&verbose=true`),
      ],
      [`${template}/unsubscribe-all`, await server().get(`${path}/unsubscribe-all?channel=EMAIL`)],
      [`${batch}/write`, await server().post(`${batch}/write`, write)],
      [`${batch}/read`, await server().post(`${batch}/read?channel=EMAIL`, { inputs })],
      [
        `${batch}/unsubscribe-all`,
        await server().post(`${batch}/unsubscribe-all?channel=EMAIL&verbose=true`, { inputs }),
      ],
      [`${batch}/unsubscribe-all/read`, await server().post(`${batch}/unsubscribe-all/read?channel=EMAIL`, { inputs })],
      ['/health/live', await server().get('/health/live')],
      ['/health/ready', await server().get('/health/ready')],
      [`${V4}/definitions`, await server().get(`${V4}/definitions?businessUnitId=x`)],
      [template, await server().get(`${path}?channel=EMAIL`, { token: EXPIRED_TOKEN })],
    ] as const;
    for (const [where, { method, status, json, text }] of answers) {
      const { responses } = described.paths[where][method.toLowerCase()];
      const { $ref } = (responses[status] ?? responses.default).content['application/json'].schema;
      assert.ok(ajv.validate({ $ref: `optio${$ref}` }, json), `${text}\n${ajv.errorsText()}`);
    }
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const server = useServer(SQLITE, {
    logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
  });

  test('at its most talkative holds routes, never addresses, tokens or URLs', async () => {
    const path = statusesOf('private.person@example.com');
    await server().post(path, change({ legalBasisExplanation: 'private.person said so' }));
    await server().get(`${path}?channel=EMAIL`);
    await server().get(`${path}?channel=private.person`);
    await server().post(path, '{"private.person');
    await server().get(`/private.person`);
    await server().get(`${V4}/statuses/private.person%ZZ`);
    await server().request('PUT', path);
    await server().get(path, { token: 'private.person' });
    const log = lines.join('');
    assert.doesNotMatch(log, /private\.person/);
    assert.ok(!log.includes(FULL_TOKEN));
    assert.match(
      log,
      /"level":20,.*"correlationId":"[0-9a-f-]{36}","method":"POST","route":"\/communication-preferences\/v4\/statuses\/:subscriberIdString","status":200/,
    );
    assert.ok(
      lines.every((line) => JSON.parse(line).level <= 20),
      log,
    );
  });
});
