/** Messages that are due arrive, once, whatever mail servers and processes go through. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { Mailer } from '../../src/mail/mailer.ts';
import { smtpSender } from '../../src/mail/smtp.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { MARKETING } from '../http/support/accounts.ts';
import { startServer, type TestServer } from '../http/support/server.ts';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { MailServer } from '../support/mail-server.ts';
import { endOfSuite, type Lifetime, makeFolder } from '../support/optio-process.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Databases that several processes may open. */
const SHARED: Readonly<Record<string, (t: Lifetime) => Promise<string>>> = {
  'an SQLite file': async (t) => `sqlite:${join(await makeFolder(t), 'optio.db')}`,
  PostgreSQL: async (t) => {
    const { databaseUrl, drop } = await createDatabase();
    t.after(drop);
    return databaseUrl;
  },
};
after(stopOwnServer);

for (const [name, createShared] of Object.entries(SHARED)) {
  describe(`The mailer, on ${name}`, () => {
    const lifetime = endOfSuite();
    let now = Date.UTC(2026, 5, 1, 12);
    let databaseUrl: string;
    let mails: MailServer;
    let server: TestServer;
    before(async () => {
      databaseUrl = await createShared(lifetime);
      mails = await MailServer.start(lifetime);
      server = await startServer({ databaseUrl, clock: () => now, smtpUrl: () => mails.url });
      lifetime.after(() => server.close());
    });

    let counted = 0;
    /** Signs new addresses up. */
    async function signUp(count: number): Promise<string[]> {
      const addresses = Array.from({ length: count }, () => `contact${counted++}@example.com`);
      for (const subscriberIdString of addresses) await signUpAgain(subscriberIdString);
      return addresses;
    }
    async function signUpAgain(subscriberIdString: string): Promise<void> {
      const body = { subscriberIdString, subscriptionIds: [MARKETING] };
      assert.equal((await server.post('/optio/v1/signups', body)).status, 202);
    }

    /** Another process, as far as the database can tell, that sends what is due when it is told to. */
    async function startProcess(t: Lifetime, smtpUrl = mails.url) {
      const store = await openStore(databaseUrl);
      const site = { url: 'https://mail.acme.example' };
      const context = await createContext(store, { site, clock: () => now, outbox: { wake: () => {} } });
      const logged: string[] = [];
      const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
      const mailer = new Mailer(context, smtpSender(smtpUrl, { name: 'Acme', address: 'news@acme.example' }), log);
      t.after(async () => {
        await mailer.stop();
        await stopContext(context);
        await store.close();
      });
      return { mailer, logged };
    }
    const countAt = (addresses: readonly string[]) => addresses.map((address) => mails.at(address).length);

    test('of several processes one sends a message', async (t) => {
      const addresses = await signUp(30);
      const processes = await Promise.all([startProcess(t), startProcess(t), startProcess(t)]);
      await Promise.all(processes.map(({ mailer }) => mailer.sendDue()));
      assert.deepEqual(countAt(addresses), Array(30).fill(1));
    });

    test('what a killed process had claimed, another one sends once the claim has run out', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const killed = await startProcess(t);
      const reached = new Promise<void>((resolve) => {
        mails.beforeTaking = () => {
          resolve();
          return new Promise(() => {});
        };
      });
      killed.mailer.sendDue().catch(() => {});
      await reached;
      mails.beforeTaking = async () => {};
      const other = await startProcess(t);
      await other.mailer.sendDue();
      assert.deepEqual(countAt([address]), [0], 'it may still be sent by the first');
      now += 120 * SECOND;
      await other.mailer.sendDue();
      assert.deepEqual(countAt([address]), [1]);
      now += HOUR;
      await other.mailer.sendDue();
      assert.deepEqual(countAt([address]), [1]);
    });

    test('a server that refuses for the moment is asked again, more and more seldom', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const { mailer, logged } = await startProcess(t);
      let refusals = 0;
      mails.refuse = () => {
        refusals += 1;
        return '451 4.3.0 No room at the moment';
      };
      await mailer.sendDue();
      await mailer.sendDue();
      assert.equal(refusals, 1);
      now += 10 * SECOND - 1;
      await mailer.sendDue();
      assert.equal(refusals, 1);
      now += 1;
      await mailer.sendDue();
      now += 10 * SECOND;
      await mailer.sendDue();
      assert.equal(refusals, 3);
      now += 10 * SECOND;
      await mailer.sendDue();
      assert.equal(refusals, 3, 'twenty seconds from the last on');
      mails.refuse = () => null;
      now += 10 * SECOND;
      await mailer.sendDue();
      assert.deepEqual(countAt([address]), [1]);
      assert.equal(logged.length, 1, 'one line a minute, whatever happens');
      assert.partialDeepStrictEqual(JSON.parse(logged[0]!), {
        ...{ level: 40, code: 'EENVELOPE', smtpCode: 451, failures: 1 },
        msg: 'the mail server takes no messages; they are tried again',
      });
      assert.doesNotMatch(logged[0]!, /example\.com|\/l\//);
    });

    test('a server that is away gets the message when it is back', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const away = await MailServer.start(t);
      const { port, url } = away;
      await away.stop();
      const { mailer, logged } = await startProcess(t, url);
      await mailer.sendDue();
      assert.match(logged.join(''), /"code":"E(?:SOCKET|CONNECTION)"/);
      const back = await MailServer.start(t, { port });
      now += 10 * SECOND;
      await mailer.sendDue();
      assert.equal(back.at(address).length, 1);
    });

    test('after a day it is given up; who asks again is written to again', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const { mailer, logged } = await startProcess(t);
      let refusals = 0;
      mails.refuse = () => {
        refusals += 1;
        return '421 4.4.2 Not today';
      };
      for (let look = 0; look < 2 * 24 * 6; look++) {
        await mailer.sendDue();
        now += HOUR / 6;
      }
      assert.ok(refusals > 20 && refusals < 40, `it was tried ${refusals} times`);
      assert.match(logged.at(-1)!, /"level":50.*"triedForSeconds":\d+.*"a message to a contact is given up"/);
      mails.refuse = () => null;
      await signUpAgain(address);
      await mailer.sendDue();
      assert.deepEqual(countAt([address]), [1]);
    });

    test('an address that the server will never take is not tried again', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const { mailer, logged } = await startProcess(t);
      mails.refuse = () => '550 5.1.1 There is no such mailbox';
      await mailer.sendDue();
      mails.refuse = () => null;
      now += HOUR;
      await mailer.sendDue();
      assert.deepEqual(countAt([address]), [0]);
      assert.partialDeepStrictEqual(JSON.parse(logged.join('')), { level: 50, smtpCode: 550 });
    });

    test('user and password come from the URL, and neither is logged', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const guarded = await MailServer.start(t, { login: 'optio:p@ss/word' });
      const at = `127.0.0.1:${guarded.port}`;
      const wrong = await startProcess(t, `smtp://optio:secret@${at}`);
      await wrong.mailer.sendDue();
      assert.partialDeepStrictEqual(JSON.parse(wrong.logged.join('')), { code: 'EAUTH', smtpCode: 535 });
      assert.doesNotMatch(wrong.logged.join(''), /secret/);
      now += 10 * SECOND;
      const right = await startProcess(t, `smtp://optio:p%40ss%2Fword@${at}`);
      await right.mailer.sendDue();
      assert.equal(guarded.at(address).length, 1);
    });

    test('told to stop, it finishes what is being sent', async (t) => {
      const [address] = (await signUp(1)) as [string];
      const { mailer } = await startProcess(t);
      let take = () => {};
      const reached = new Promise<void>((resolve) => {
        mails.beforeTaking = () => {
          resolve();
          return new Promise((go) => {
            take = go;
          });
        };
      });
      mailer.wake();
      await reached;
      const stopped = mailer.stop();
      mails.beforeTaking = async () => {};
      take();
      await stopped;
      assert.deepEqual(countAt([address]), [1]);
      now += HOUR;
      await (await startProcess(t)).mailer.sendDue();
      assert.deepEqual(countAt([address]), [1]);
    });
  });
}
