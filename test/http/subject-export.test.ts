/** What the API answers to "what do you know of me?". */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MailServer } from '../support/mail-server.ts';
import { endOfSuite } from '../support/optio-process.ts';
import { FIRST_ACCOUNT, MARKETING, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { makeLinks, send } from './support/links.ts';
import { change, countEvents, statusesOf, subscriberOf, useServer } from './support/server.ts';

interface Told {
  type: string;
  legalBasisExplanation: string | null;
  evidence: { request: { userAgent?: string } } | null;
}

onEveryEngine('everything that is known of a contact', (engine) => {
  const lifetime = endOfSuite();
  let mails: MailServer;
  before(async () => {
    mails = await MailServer.start(lifetime);
  });
  const server = useServer(engine, { smtpUrl: () => mails.url });

  test('is told in one document: what holds, what was said, what waits, what was taken back', async () => {
    const ada = 'Ada@example.com';
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Asked for it at the fair.' };
    await server().post(statusesOf(ada), change(evidence));
    const { unsubscribeAllUrl } = await makeLinks(server(), ada);
    await send(unsubscribeAllUrl, [['List-Unsubscribe', 'One-Click']], { 'user-agent': 'Lynx' });
    const signUp = {
      subscriberIdString: ada,
      subscriptionIds: [MARKETING],
      consent: { text: 'Yes, please.', language: 'en' },
    };
    assert.equal((await server().post('/optio/v1/signups', signUp)).status, 202);
    await server().post('/optio/v1/links/revoke', { subscriberIdString: ada });
    const events = await countEvents(server().store);

    const { status, json, text } = await server().get(subscriberOf('ada@EXAMPLE.com', '/export'));
    assert.equal(status, 200, text);
    const { statuses, optOuts, history, signUp: waiting, ...rest } = json;
    assert.partialDeepStrictEqual(rest, {
      subscriberIdString: 'ada@example.com',
      writtenAs: ada,
      accountId: FIRST_ACCOUNT,
    });
    assert.match(rest.linksVoidThrough, /Z$/);
    const [marketing] = statuses.filter(
      ({ subscriptionId }: { subscriptionId: number }) => subscriptionId === MARKETING,
    );
    assert.deepEqual([marketing.status, marketing.source], ['UNSUBSCRIBED', 'One-click unsubscribe']);
    assert.deepEqual([optOuts.length, optOuts[0].businessUnitId], [1, 0]);
    assert.deepEqual(
      history.map((event: Told) => [event.type, event.legalBasisExplanation, event.evidence?.request.userAgent]),
      [
        ['OPTED_OUT_OF_ALL', null, 'Lynx'],
        ['STATUS_SET', 'Asked for it at the fair.', undefined],
      ],
    );
    assert.equal(waiting.writtenAs, ada);
    assert.deepEqual([waiting.pending[0].subscriptionId, waiting.pending[0].consent.text], [MARKETING, 'Yes, please.']);
    assert.equal(await countEvents(server().store), events, 'asking changes nothing');
  });

  test('is the same history that the history tells, and after an erasure no more than that', async () => {
    const bob = 'bob@example.com';
    await server().post(statusesOf(bob), change({ statusState: 'UNSUBSCRIBED' }));
    await server().request('DELETE', subscriberOf(bob));
    const { json } = await server().get(subscriberOf(bob, '/export'));
    assert.deepEqual(json.history, (await server().get(subscriberOf(bob, '/history'))).json.results);
    assert.deepEqual([json.writtenAs, json.signUp], [null, null]);
    assert.deepEqual(json.linksVoidThrough, json.history[0].occurredAt);
  });

  test('of an address that is not known, says that', async () => {
    const { status, json } = await server().get(subscriberOf('nobody@example.com', '/export'));
    assert.equal(status, 200);
    const { writtenAs, optOuts, history, signUp, linksVoidThrough } = json;
    assert.deepEqual([writtenAs, optOuts, history, signUp, linksVoidThrough], [null, [], [], null, null]);
  });

  test('takes the scope for managing', async () => {
    const token = tokenFor('communication_preferences.read_write');
    assert.equal((await server().get(subscriberOf('bob@example.com', '/export'), { token })).status, 403);
    assert.equal((await server().get(subscriberOf('bob', '/export'))).status, 400);
  });
});
