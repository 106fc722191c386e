/** A write whose commit took effect, and nobody heard of it: what its client is told, and what a repetition comes to. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { citusNodes } from '../support/citus.ts';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { TcpRelay } from '../support/tcp-relay.ts';

after(stopOwnServer);

const ADA = '/communication-preferences/v4/statuses/ada%40example.com';

test('a write that was answered 503 is sent again, and is in the ledger once', async (t) => {
  const { databaseUrl, drop } = await createDatabase();
  t.after(drop);
  // The names of the statements that commit one contact's change.
  const commit = (await citusNodes(databaseUrl)).length > 0 ? 'commit-one\0' : 'commit\0';
  const relay = await TcpRelay.start(t, databaseUrl);
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), env: { OPTIO_DATABASE_URL: relay.url } });
  const { body: definitions } = await server.request('GET', '/optio/v1/definitions');
  const change = { subscriptionId: definitions.results[0].id, channel: 'EMAIL', statusState: 'UNSUBSCRIBED' };

  relay.dropAnswerTo(commit, 'cut');
  relay.refuse({ afterDroppedAnswer: true });
  const refused = await server.request('POST', ADA, { body: change });
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'], JSON.stringify(refused.body));
  assert.match(refused.body.message, /Whether a change took effect is unknown; sending it again is safe\.$/);

  relay.restore();
  const repeated = await server.request('POST', ADA, { body: change });
  assert.deepEqual([repeated.status, repeated.body.results[0].status], [200, 'UNSUBSCRIBED']);
  const { body: history } = await server.request('GET', '/optio/v1/subscribers/ada%40example.com/history');
  assert.deepEqual(
    history.results.map(({ type }: { type: string }) => type),
    ['STATUS_SET'],
  );

  // Where it can be looked up, the client need not repeat it.
  relay.dropAnswerTo(commit, 'cut');
  const again = await server.request('POST', ADA, { body: { ...change, statusState: 'SUBSCRIBED' } });
  assert.deepEqual([again.status, again.body.results[0].status], [200, 'SUBSCRIBED']);
});
