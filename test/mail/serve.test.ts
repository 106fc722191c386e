/** Sign-ups as an operator runs them: settings, processes, the log, `optio doctor`, `optio signup-form`. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fieldsOf, open, send } from '../http/support/links.ts';
import { linkIn, MailServer } from '../support/mail-server.ts';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';

describe('optio serve with a mail server', () => {
  const lifetime = endOfSuite();
  let cwd: string;
  let mails: MailServer;
  let server: OptioServer;
  let env: Record<string, string>;
  let type: string;
  before(async () => {
    cwd = await makeFolder(lifetime);
    mails = await MailServer.start(lifetime, { login: 'optio:secret' });
    env = { OPTIO_SMTP_URL: mails.url, OPTIO_MAIL_FROM: 'Acme <news@acme.example>' };
    server = await OptioServer.start(lifetime, { cwd, env, args: ['--log-level', 'debug'] });
    const { body } = await server.request('GET', '/communication-preferences/v4/definitions');
    type = body.results.find(({ isInternal }: { isInternal: boolean }) => !isInternal).id;
  });

  test('sends a message at once, whose link leads to it', async () => {
    const body = { subscriberIdString: 'ada@example.com', subscriptionIds: [type] };
    const { status } = await server.request('POST', '/optio/v1/signups', { body });
    assert.equal(status, 202);
    const link = linkIn(await mails.awaitOne('ada@example.com'));
    assert.ok(link.startsWith(`${server.url}/l/`));
    const done = await send(link, fieldsOf(await open(link), 'confirm'));
    assert.equal(done.status, 200);
    assert.match(done.text, /Marketing Information/);
  });

  test('optio signup-form prints a form that works', async () => {
    const args = ['signup-form', '--type', type, '--language', 'es', '--public-url', server.url];
    const { code, stdout, stderr } = await runOptio(args, { cwd });
    assert.equal(code, 0, stderr);
    const [, action] = /^<form method="post" action="([^"]+)" lang="es"/.exec(stdout)!;
    const fields = [...fieldsOf({ text: stdout } as never, 'sign-up'), ['email', 'es@example.com']] as const;
    assert.equal((await send(action!, fields)).status, 200);
    assert.match((await mails.awaitOne('es@example.com')).mail.subject!, /^Confirme, por favor/);
    const json = JSON.parse((await runOptio([...args, '--json'], { cwd })).stdout);
    assert.deepEqual(Object.keys(json), ['url', 'html']);
  });

  test('optio signup-form says what is wrong', async () => {
    const run = async (...args: string[]) => runOptio(['signup-form', ...args], { cwd });
    const publicUrl = ['--public-url', 'https://mail.acme.example'];
    const wrong = {
      'there is no definition 1; optio definition list shows them': [1, await run('--type', '1', ...publicUrl)],
    } as const;
    const wrongly = await run('--type', type, '--language', '?', ...publicUrl);
    assert.equal(wrongly.code, 2);
    assert.match(wrongly.stderr, /--language <tag>.*'\?' is invalid/);
    const unknown = await run('--type', type);
    assert.equal(unknown.code, 0);
    assert.match(unknown.stderr, /OPTIO_PUBLIC_URL is not set: the links begin with http:\/\/127\.0\.0\.1:8080/);
    for (const [said, [code, ended]] of Object.entries(wrong)) {
      assert.deepEqual([ended.code, ended.stderr], [code, `optio: ${said}\n`]);
    }
  });

  test('optio doctor tries the mail server, and shows no password', async () => {
    const good = await runOptio(['doctor', '--public-url', 'https://mail.acme.example'], { cwd, env });
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /ok +mail +the mail server smtp:\/\/optio:\*\*\*@127\.0\.0\.1:\d+ answers/);
    const bad = await runOptio(['doctor'], {
      cwd,
      env: { ...env, OPTIO_SMTP_URL: mails.url.replace('secret', 'guess') },
    });
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /problem +mail +the mail server \S+ cannot be used \(.+\): check OPTIO_SMTP_URL/);
    assert.match(
      bad.stdout,
      /problem +mail +messages to contacts lead to where the server listens: set OPTIO_PUBLIC_URL/,
    );
    assert.doesNotMatch(good.stdout + bad.stdout, /secret|guess/);
  });

  test('a sender without a mail server is refused at the start', async () => {
    const { code, stderr } = await runOptio(['serve', '--mail-from', 'news@acme.example'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /^optio: the flag --mail-from is set, but messages need OPTIO_SMTP_URL too: smtp:/);
  });

  test('the log holds neither addresses nor links, and the end is in order', async () => {
    const { code, stderr } = await server.stop();
    assert.equal(code, 0);
    assert.match(stderr, /"msg":"stopped"/);
    assert.doesNotMatch(stderr, /@example\.com|\/l\/[\w-]{20}|secret/);
  });
});
