/** `optio brand update` and `optio brand show`: how an operator gives a brand its look. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { endOfSuite, MAIN, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>\n';

describe("A brand's look on the command line", () => {
  const suite = endOfSuite();
  let cwd: string;
  const run = (...args: string[]) => runOptio(['brand', ...args], { cwd });
  const lookOf = async (id: number) => JSON.parse((await run('show', String(id), '--json')).stdout).look;

  before(async () => {
    cwd = await makeFolder(suite);
    await writeFile(join(cwd, 'logo.svg'), SVG);
    await writeFile(join(cwd, 'imprint.txt'), '\ufeffAcme GmbH\r\nBerlin\r\n');
    await writeFile(join(cwd, 'latin1.txt'), Buffer.from([0x53, 0x74, 0x72, 0x61, 0xdf, 0x65]));
    await writeFile(join(cwd, 'empty.txt'), '\n');
    await writeFile(join(cwd, 'scripted.svg'), SVG.replace('<path', '<script>x</script><path'));
    await runOptio(['migrate'], { cwd });
    await runOptio(['account', 'create', '--name', 'Acme'], { cwd });
    await run('create', '--name', 'Outdoor', '--id', '12');
  });

  test('is given in one command, shown, and taken away again', async () => {
    const updated = await run(
      ...['update', '12', '--name', 'Outdoors', '--accent-color', '1F6FEB', '--banner-color', '#000000'],
      ...[
        '--logo',
        'logo.svg',
        '--languages',
        'de, en',
        '--text',
        'de.name=Draußen',
        '--text',
        'de.imprint=@imprint.txt',
      ],
      ...['--text', 'en.footer=A=B, always', '--footer-link', 'Privacy=https://example.com/?a=b'],
      ...['--footer-link', 'Mail=mailto:ada@example.com', '--unsubscribe-mailbox', 'leave@example.com'],
      ...['--list-domain', 'news.example.com'],
    );
    assert.deepEqual(
      [updated.code, updated.stdout, updated.stderr],
      [0, 'Brand 12 is changed; optio brand show 12 shows it.\n', ''],
    );
    assert.deepEqual(await lookOf(12), {
      accentColor: '#1f6feb',
      bannerColor: '#000000',
      logo: { mediaType: 'image/svg+xml', base64: Buffer.from(SVG).toString('base64') },
      languages: ['de', 'en'],
      texts: { en: { footer: 'A=B, always' }, de: { name: 'Draußen', imprint: 'Acme GmbH\nBerlin' } },
      footerLinks: [
        { label: 'Privacy', url: 'https://example.com/?a=b' },
        { label: 'Mail', url: 'mailto:ada@example.com' },
      ],
      unsubscribeMailbox: 'leave@example.com',
      listDomain: 'news.example.com',
    });
    const { stdout } = await run('show', '12');
    for (const line of [
      /^name {2,}Outdoors$/m,
      /^accent color {2,}#1f6feb$/m,
      new RegExp(`^logo {2,}image/svg\\+xml, ${SVG.length} octets$`, 'm'),
      /^languages {2,}de, en$/m,
      /^text de\.imprint {2,}Acme GmbH Berlin$/m,
      /^footer link {2,}Privacy \(https:\/\/example\.com\/\?a=b\)$/m,
      /^unsubscribe mailbox {2,}leave@example\.com$/m,
    ]) {
      assert.match(stdout, line);
    }
    const emptied = await run(
      ...['update', '12', '--accent-color', 'none', '--banner-color', 'none', '--logo', 'none', '--languages', 'all'],
      ...['--text', 'de.name=', '--text', 'de.imprint=', '--text', 'en.footer=', '--footer-link', 'none'],
      ...['--unsubscribe-mailbox', 'none', '--list-domain', 'none'],
    );
    assert.equal(emptied.code, 0, emptied.stderr);
    assert.deepEqual(await lookOf(12), PLAIN_LOOK);
  });

  test('leaves what is not named, and is printed as JSON where that is asked for', async () => {
    await run('update', '0', '--text', 'de.name=Wir', '--accent-color', '123456');
    const { stdout } = await run('update', '0', '--text', 'de.footer=Bis bald', '--json');
    const { look, name } = JSON.parse(stdout);
    assert.deepEqual(look, {
      ...PLAIN_LOOK,
      accentColor: '#123456',
      texts: { de: { name: 'Wir', footer: 'Bis bald' } },
    });
    assert.equal(name, 'Acme');
  });

  test('is as the documented commands make it', async (t) => {
    const own = await makeFolder(t);
    const server = await OptioServer.start(t, { cwd: own });
    const page = await readFile(new URL('../../docs/brand-look.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/\n\n((?: {4,}[^\n]*\n)+)/g)].map(([, block]) => block!);
    const script = commands.join('').trimEnd().replace('http://127.0.0.1:8080', server.url);
    const npx = `npx() { shift; '${process.execPath}' '${MAIN}' "$@"; }`;
    const env = { PATH: process.env.PATH, TOKEN: server.token };
    await promisify(execFile)('sh', ['-c', `set -e\n${npx}\n${script} -sS -f`], { cwd: own, env });
    const { body } = await server.request('GET', '/optio/v1/brands/0');
    assert.deepEqual(
      { ...body.look, logo: body.look.logo.mediaType },
      {
        ...PLAIN_LOOK,
        accentColor: '#0b6e4f',
        logo: 'image/svg+xml',
        languages: ['de', 'en'],
        texts: { de: { name: 'Acme Draußen', footer: 'Bis bald!', imprint: 'Acme GmbH\nHauptstraße 1\n10115 Berlin' } },
        footerLinks: [
          { label: 'Datenschutz', url: 'https://example.com/datenschutz' },
          { label: 'Kontakt', url: 'mailto:hallo@example.com' },
        ],
        unsubscribeMailbox: 'leave@example.com',
        listDomain: 'news.example.com',
      },
    );
  });

  test('is refused in one line that names the option', async () => {
    const before = await lookOf(0);
    const wrong: [string[], 1 | 2, RegExp][] = [
      [[], 2, /nothing to change; see optio brand update --help/],
      [['--accent-color', 'red'], 2, /It must be a colour of six hexadecimal digits such as 1f6feb, or none/],
      [['--text', 'de=x'], 2, /--text is "de=x", but must be LANGUAGE\.WORD=TEXT, such as/],
      [['--footer-link', 'x'], 2, /--footer-link is "x", but must be LABEL=URL, such as/],
      [['--logo', 'missing.png'], 1, /the logo missing\.png cannot be read \(ENOENT\)/],
      [['--logo', 'imprint.txt'], 1, /--logo must be a PNG, JPEG, WebP or GIF file, or an SVG in UTF-8/],
      [['--logo', 'scripted.svg'], 1, /--logo must have no scripts .* this SVG has <script/],
      [['--text', 'de.name=@missing.txt'], 1, /the text missing\.txt cannot be read \(ENOENT\)/],
      [['--text', 'de.name=@latin1.txt'], 1, /the text latin1\.txt is not in UTF-8/],
      [['--text', 'de.name=@empty.txt'], 1, /the text empty\.txt is empty; LANGUAGE\.WORD= takes a text away/],
      [['--text', 'de.name=@imprint.txt'], 1, /--text de\.name must have no control characters/],
      [['--text', 'de.headline=x'], 1, /--text de\.headline is not known: there are name, /],
      [['--text', 'tlh.name=x'], 1, /--text tlh must be a language that Optio has texts in: en, /],
      [['--languages', 'de,tlh'], 1, /no\. 2 of --languages must be a language that Optio has texts in/],
      [['--languages', 'de,de'], 1, /--languages must name each language once/],
      [
        ['--footer-link', 'A=https://a.example', '--footer-link', 'B=ftp://b'],
        1,
        /the url of --footer-link no\. 2 must/,
      ],
      [['--unsubscribe-mailbox', 'x'], 1, /--unsubscribe-mailbox must be an e-mail address/],
      [['--list-domain', 'x'], 1, /--list-domain must be a domain name/],
      [['--name', ''], 1, /--name must not be empty/],
    ];
    for (const [args, code, says] of wrong) {
      const ended = await run('update', '0', ...args);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, says);
      assert.match(ended.stderr, /^optio: [^\n]*\n$/, 'one line');
    }
    assert.deepEqual(await lookOf(0), before);
    for (const command of [
      ['show', '99'],
      ['update', '99', '--name', 'x'],
    ]) {
      assert.match((await run(...command)).stderr, /^optio: there is no brand 99\n$/);
    }
  });
});
