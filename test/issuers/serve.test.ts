/** What an operator sees of trusted issuers: of `optio serve`, of its log, of `optio doctor`. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { AUDIENCE, TestProvider } from './support/provider.ts';

const DEFINITIONS = '/communication-preferences/v4/definitions';

describe('optio with a trusted issuer', () => {
  const suite = endOfSuite();
  let provider: TestProvider;
  let cwd: string;
  const env = { OPTIO_OIDC_ISSUERS: 'issuers.json' };
  const writeIssuers = (fields: object = {}) =>
    writeFile(
      join(cwd, 'issuers.json'),
      JSON.stringify([
        {
          issuer: provider.issuer,
          audience: AUDIENCE,
          account: { claim: 'hub_id' },
          app: { map: { newsletter: 123 } },
          ...fields,
        },
      ]),
    );

  before(async () => {
    provider = await TestProvider.start();
    suite.after(() => provider.stop());
    cwd = await makeFolder(suite);
    await writeIssuers();
    for (const args of ['migrate', 'account create --name First --id 1001', 'app create --name Newsletter --id 123']) {
      const { code, stderr } = await runOptio(args.split(' '), { cwd });
      assert.equal(code, 0, stderr);
    }
  });

  test('doctor finds the issuer, and needs no token of the server', async () => {
    const { code, stdout } = await runOptio(['doctor'], { cwd, env });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok +settings +OPTIO_OIDC_ISSUERS is http:\/\/127\.0\.0\.1:\d+ \(environment\)$/m);
    assert.match(stdout, /^ok +issuers +http:\/\/127\.0\.0\.1:\d+ answers, and publishes one key$/m);
  });

  test('doctor finds what the issuers are given that is not there', async () => {
    await writeIssuers({ account: { claim: 'hub_id', map: { a: 1001, b: 999 } }, app: 77 });
    const { code, stdout } = await runOptio(['doctor'], { cwd, env });
    await writeIssuers();
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^problem +issuers +\S+ is given the account 999, which does not exist: run optio account list/m,
    );
    assert.match(
      stdout,
      /^problem +issuers +\S+ is given the app 77, which none of its accounts has: run optio app create/m,
    );
  });

  test('serve takes its tokens', async (t) => {
    const server = await OptioServer.start(t, { cwd, env });
    const token = await provider.token('newsletter', 'communication_preferences.read');
    assert.equal((await server.request('GET', DEFINITIONS, { token })).status, 200);
    assert.equal((await server.request('GET', '/optio/v1/account', { token })).status, 403);
  });

  test('an issuer that is away: 503, one line in the log, and one when it is back', async (t) => {
    const token = await provider.token('newsletter', 'communication_preferences.read');
    provider.answerWith((_request, response) => void response.writeHead(502).end());
    const server = await OptioServer.start(t, { cwd, env });
    for (let time = 0; time < 3; time += 1) {
      const { status, body, headers } = await server.request('GET', DEFINITIONS, { token });
      assert.equal(status, 503);
      const { category, message, errors } = body;
      assert.equal(category, 'SERVICE_UNAVAILABLE');
      assert.equal(errors[0].code, 'ISSUER_UNAVAILABLE');
      assert.ok(message.startsWith(`The issuer ${provider.issuer} does not answer, so nobody can tell`), message);
      assert.equal(headers.get('retry-after'), '5');
    }
    const doctor = await runOptio(['doctor'], { cwd, env });
    assert.equal(doctor.code, 1);
    assert.match(
      doctor.stdout,
      /^problem +issuers +\S+ answers 502 at \S+openid-configuration, not 200: check "issuer"/m,
    );

    const before = provider.key.kid!;
    await provider.rotate(before);
    const next = await provider.token('newsletter', 'communication_preferences.read');
    while ((await server.request('GET', DEFINITIONS, { token: next })).status === 503) await sleep(100);
    assert.equal((await server.request('GET', DEFINITIONS, { token: next })).status, 200);
    const lines = server.stderr.split('\n').filter((line) => line.includes('a trusted issuer'));
    assert.equal(lines.length, 2, server.stderr);
    const [gone, back] = lines.map((line) => JSON.parse(line));
    assert.equal(gone.msg, 'a trusted issuer does not answer');
    assert.equal(gone.issuer, provider.issuer);
    assert.match(gone.why, /^answers 502 at /);
    assert.equal(back.msg, 'a trusted issuer answers again');
    assert.ok(!server.stderr.includes(token));
  });

  test('what cannot be meant ends the start with one line', async () => {
    const ended = await runOptio(['serve', '--oidc-issuers', '{"issuer":"http://login.example.com"}'], { cwd });
    assert.equal(ended.code, 2);
    assert.match(
      ended.stderr,
      /^optio: the flag --oidc-issuers has "http:\/\/login\.example\.com" at \[0\]\.issuer, but it must be an https URL .*\n$/,
    );
  });
});
