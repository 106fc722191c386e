/** `optio evidence`, and `docs/verify-evidence.py`, which shares no line with Optio, on what it wrote: good, and tampered with. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signingKey } from '../../src/domain/checkpoint.ts';
import { sealPackage } from '../../src/domain/evidence-package.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { checkAccessibility, openBrowser } from '../support/chromium.ts';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { Belongings, type Ended, endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { PYTHON_MISSING, runPython } from '../support/python.ts';
import { anySeed, seededRandom } from '../torture/seeded-random.ts';

const VERIFIER = join(import.meta.dirname, '../../docs/verify-evidence.py');
const HOSTILE = '</script><script>alert("fair")</script> & \'co\' \u202e\u2028 ✓';
const FLIPS = Number(process.env.OPTIO_TEST_TAMPERINGS ?? 10);
const FORGER = signingKey('5'.repeat(64));
const seed = Number(process.env.OPTIO_TEST_SEED ?? anySeed());

const verify = (...args: readonly string[]): Promise<Ended> => runPython(VERIFIER, ...args);

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of the data
type Data = any;

function dataOf(file: string): Data {
  return JSON.parse(/<script type="application\/json" id="evidence">([^<]*)<\/script>\n/.exec(file)![1]!);
}

/** The file as somebody makes it who changes the data and has no key but their own. */
function forge(file: string, change: (data: Data) => void): string {
  const data = dataOf(file);
  change(data);
  const { format, page, ...rest } = data;
  return sealPackage(file.slice(0, file.indexOf('<script type="application/json"')), rest, FORGER);
}

const belongings = new Belongings();
after(async () => {
  await belongings.end();
  await stopOwnServer();
});

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`optio evidence on ${engine}, seed ${seed}`, { skip: PYTHON_MISSING }, () => {
    const suite = endOfSuite();
    let cwd: string;
    let env: Record<string, string> = {};
    let file: string;
    let key: string;
    let server: OptioServer;
    const run = (...args: string[]) => runOptio(args, { cwd, env });
    const inFolder = (name: string) => join(cwd, name);

    before(async () => {
      cwd = await makeFolder(suite);
      if (engine === 'PostgreSQL') {
        const database = await createDatabase();
        belongings.after(database.drop);
        env = { OPTIO_DATABASE_URL: database.databaseUrl };
      }
      server = await OptioServer.start(suite, { cwd, env });
      const { body: definitions } = await server.request('GET', '/communication-preferences/v4/definitions');
      const subscriptionId = definitions.results[0].id;
      for (const [address, why] of [
        ['Ada@example.com', HOSTILE],
        ['bob@example.com', 'Asked Bob.'],
      ] as const) {
        await server.request('POST', `/communication-preferences/v4/statuses/${encodeURIComponent(address)}`, {
          body: {
            ...{ subscriptionId, statusState: 'SUBSCRIBED', channel: 'EMAIL' },
            ...{ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: why },
          },
        });
        const { stdout } = await run(
          ...['link', 'make', address, '--type', String(subscriptionId), '--public-url', server.url, '--json'],
        );
        await fetch(JSON.parse(stdout).unsubscribeSingleUrl, {
          method: 'POST',
          body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
          headers: { 'user-agent': 'Mail program <1.0>' },
        });
      }
      const made = await run('evidence', 'ada@example.com', '--out', 'ada.html');
      assert.deepEqual([made.code, made.stderr], [0, '']);
      assert.match(made.stdout, /^ada\.html shows 2 changes, sealed and signed\.\n$/);
      file = await readFile(inFolder('ada.html'), 'utf8');
      key = JSON.parse((await run('checkpoint', 'key', '--json')).stdout).publicKey;
      await writeFile(inFolder('checkpoints.json'), (await run('checkpoint', 'list', '--json')).stdout);
    });

    test('whoever has Python checks it, against the published key and checkpoints too', async () => {
      const published = ['--key', key, '--checkpoints', inFolder('checkpoints.json')];
      for (const args of [[], published]) {
        const { code, stdout, stderr } = await verify(inFolder('ada.html'), ...args);
        assert.deepEqual([code, stderr], [0, ''], stdout);
        assert.match(
          stdout,
          /^\S+Z \{"type":"STATUS_SET".*\n.*\nada@example\.com, account \d+, .*\nall of it holds\n$/,
        );
      }
      const other = await verify(inFolder('ada.html'), '--key', FORGER.publicKey);
      assert.deepEqual([other.code, other.stdout.includes('signature: it is by another key')], [1, true]);
      await writeFile(inFolder('none.json'), '[]');
      const unpublished = await verify(inFolder('ada.html'), '--checkpoints', inFolder('none.json'));
      assert.match(unpublished.stdout, /^checkpoint \d+: it is not among those that were published$/m);
    });

    test('a change is proven by the first checkpoint that covers it, so that a list kept since then suffices', async () => {
      const made = await run('evidence', 'bob@example.com', '--out', 'bob.html');
      assert.equal(made.code, 0, made.stderr);
      const bobs = dataOf(await readFile(inFolder('bob.html'), 'utf8'));
      await writeFile(inFolder('kept.json'), (await run('checkpoint', 'list', '--json')).stdout);
      const carl = '/communication-preferences/v4/statuses/carl%40example.com/unsubscribe-all?channel=EMAIL';
      assert.equal((await server.request('POST', carl)).status, 200);
      await run('evidence', 'carl@example.com', '--out', 'carl.html');
      const [latest] = dataOf(await readFile(inFolder('carl.html'), 'utf8')).checkpoints;
      await run('evidence', 'bob@example.com', '--out', 'bob-again.html');
      const again = dataOf(await readFile(inFolder('bob-again.html'), 'utf8'));
      assert.deepEqual(again.proofs, bobs.proofs);
      assert.ok(again.checkpoints.every(({ number }: Data) => number < latest.number));
      const listed = await verify(inFolder('bob-again.html'), '--checkpoints', inFolder('kept.json'));
      assert.equal(listed.code, 0, listed.stdout);
      const older = await verify(inFolder('carl.html'), '--checkpoints', inFolder('kept.json'));
      assert.match(older.stdout, /^checkpoint \d+: it is not among those that were published$/m);
    });

    test('the page shows every text as text, runs nothing and is nobody else’s to read', async () => {
      assert.equal((await stat(inFolder('ada.html'))).mode & 0o777, 0o600);
      assert.match(file, /<title>Evidence about ada@example\.com<\/title>/);
      assert.match(file, /content="default-src 'none'; /);
      assert.match(file, /&lt;\/script&gt;&lt;script&gt;alert\(/);
      assert.match(file, /Mail program &lt;1\.0&gt;/);
      assert.equal(file.match(/<script/g)?.length, 2);
      const again = await run('evidence', 'ada@example.com', '--out', 'ada.html');
      assert.deepEqual(
        [again.code, again.stderr],
        [1, 'optio: ada.html is there already; name a new file with --out\n'],
      );
    });

    test('the data tells what holds, what happened, and a consent record of each type', () => {
      const { contact, history, statuses, proofs, consentRecords } = dataOf(file);
      assert.partialDeepStrictEqual(contact, { address: 'ada@example.com', erased: false });
      const [given, withdrawn] = history;
      assert.equal(given.legalBasisExplanation, HOSTILE);
      assert.equal(withdrawn.evidence.request.userAgent, 'Mail program <1.0>');
      assert.partialDeepStrictEqual(statuses[0], { status: 'UNSUBSCRIBED', decidedBy: withdrawn.eventId });
      assert.equal(proofs.length, 2);
      const [record, ...others] = consentRecords;
      assert.equal(others.length, 0);
      assert.partialDeepStrictEqual(record, { pii_principal_id: 'ada@example.com' });
      const { consent_events: events } = record as Data;
      assert.deepEqual(
        events.map((event: Data) => [event.event_id, event.event_state, event.lawful_basis]),
        [
          [given.eventId, 'given', 'CONSENT_WITH_NOTICE'],
          [withdrawn.eventId, 'withdrawn', null],
        ],
      );
    });

    test('any octet that is another one is found', async () => {
      const octets = Buffer.from(file);
      const random = seededRandom(seed, engine);
      for (let trial = 0; trial < FLIPS; trial += 1) {
        const tampered = Buffer.from(octets);
        const place = Math.floor(random() * octets.length);
        tampered[place]! ^= 1 << Math.floor(random() * 8);
        await writeFile(inFolder('flipped.html'), tampered);
        const { code, stdout } = await verify(inFolder('flipped.html'));
        assert.equal(code, 1, `octet ${place} of seed ${seed} was not found:\n${stdout}`);
        assert.match(stdout, /things do not hold\n$/);
      }
    });

    test('what somebody signs anew with another key is found by what it says', async () => {
      const bob = dataOf(await readFile(inFolder('bob.html'), 'utf8'));
      const forgeries: Record<string, [says: RegExp, change: (data: Data) => void]> = {
        'as it was': [/^checkpoint \d+: another key signed it than the file$/m, () => {}],
        'proofs swapped': [
          /^event 1: it is not among those that checkpoint \d+ covers$/m,
          ({ proofs: [one, two] }) => {
            [one.path, one.index, two.path, two.index] = [two.path, two.index, one.path, one.index];
          },
        ],
        'a proof left out': [/^event 2: that a checkpoint covers it is not proven$/m, ({ proofs }) => proofs.pop()],
        "another contact's events": [
          /^event 1: it is another contact's$/m,
          (data) => Object.assign(data, { ledger: bob.ledger }),
        ],
        "another contact's name": [
          /^contact: the address is not that of the events$/m,
          ({ contact }) => Object.assign(contact, bob.contact, { subscriberKey: contact.subscriberKey }),
        ],
        'the first event dropped': [
          /^event 2: it does not follow on the event before it$/m,
          ({ ledger }) => ledger.shift(),
        ],
        'the last event dropped': [/^history: it does not tell each event once$/m, ({ ledger }) => ledger.pop()],
        'an explanation': [
          /^event 1: a personal value is not the one that it commits to$/m,
          ({ ledger: [first] }) => {
            first.personal = first.personal.replace('fair', 'fare');
          },
        ],
        'the history told otherwise': [
          /^event 2: the history tells it otherwise$/m,
          ({ history: [, last] }) => Object.assign(last, { source: 'Preference page' }),
        ],
        'a status told otherwise': [
          /^type \d+: what is told to hold does not follow from the events$/m,
          ({ statuses: [first] }) => Object.assign(first, { status: 'SUBSCRIBED' }),
        ],
        'the root': [
          /^checkpoint \d+: the signature is wrong$/m,
          ({ checkpoints: [first] }) => Object.assign(first, { root: '0'.repeat(64) }),
        ],
      };
      for (const [name, [says, change]] of Object.entries(forgeries)) {
        await writeFile(inFolder('forged.html'), forge(file, change));
        const { code, stdout } = await verify(inFolder('forged.html'));
        assert.equal(code, 1, name);
        assert.match(stdout, says, name);
      }
    });

    test('a contact that was erased is named nowhere, and the tombstone tells of it', async () => {
      await run('erase', 'bob@example.com', '--reason', 'ticket 4711');
      const made = await run('evidence', 'bob@example.com', '--out', 'erased.html');
      assert.deepEqual([made.code, made.stderr], [0, '']);
      const erased = await readFile(inFolder('erased.html'), 'utf8');
      assert.match(erased, /<title>Evidence of a contact that was erased<\/title>/);
      assert.match(erased, /was erased<\/bdi>[\s\S]*<dt>reason<\/dt><dd><bdi>ticket 4711<\/bdi>/);
      assert.doesNotMatch(erased, /bob@|Asked Bob|Mail program/i);
      const { code, stdout } = await verify(inFolder('erased.html'), '--key', key);
      assert.deepEqual(
        [code, stdout.split('\n').at(-3)],
        [0, `an erased contact, account ${dataOf(erased).account.id}, signed by ${key}`],
      );
    });

    test('nothing is told from a ledger that is not what was sealed', async () => {
      const store = await openStore(env.OPTIO_DATABASE_URL ?? `sqlite:${inFolder('data/optio.db')}`);
      const last = (await store.checkpoints.last())!;
      const { number } = last;
      await store.checkpoints.insert({ ...last, number: number + 1, document: '{}' });
      await store.close();
      const { code, stdout, stderr } = await run('evidence', 'ada@example.com', '--out', 'broken.html');
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /^optio: the ledger is not what its checkpoints sealed, and nothing is proven by it; run: optio verify\n$/,
      );
      await assert.rejects(stat(inFolder('broken.html')), { code: 'ENOENT' });
    });

    test('of an address of which nothing was ever said nothing is written', async () => {
      const { code, stdout, stderr } = await run('evidence', 'nobody@example.com', '--out', 'nobody.html');
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /^optio: nobody ever said anything about nobody@example\.com in account \d+: there is nothing to show\n$/,
      );
      await assert.rejects(stat(inFolder('nobody.html')), { code: 'ENOENT' });
    });

    test('at 320 pixels and in the dark, axe finds nothing and nothing is cut off', async (t) => {
      const browser = await openBrowser(suite);
      if (browser.missing) return t.skip(browser.missing);
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.page(suite, { viewport: { width: 320, height: 640 }, colorScheme });
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        await page.goto(`file://${inFolder('ada.html')}`);
        assert.deepEqual(complaints, []);
        assert.equal(await page.evaluate<boolean>('document.documentElement.scrollWidth <= 320'), true);
        await checkAccessibility(page);
      }
    });
  });
}
