/** An SQLite file that is damaged under a running server: what cannot be read is refused, and nothing is made up. */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, OptioServer } from './support/optio-process.ts';

const TOKEN = 'a-token-of-the-operator';
const BATCH = '/communication-preferences/v4/statuses/batch';
const BATCHES = 30;
/** The catalog is in the first pages; what lies beyond these is contacts and their ledgers. */
const SOUND_BYTES = 40 * 4_096;

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
}

test('Pages that went bad are 503, the process goes on, and with the pages back so is all that was in them', async (t) => {
  const cwd = await makeFolder(t);
  const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  const addressesOf = (batch: number) => Array.from({ length: 100 }, (_, index) => `c${batch}-${index}@example.com`);
  const first = await OptioServer.start(t, { cwd, env });
  const { body } = await first.request('GET', '/optio/v1/definitions', { token: TOKEN });
  const change = { subscriptionId: body.results[0].id, statusState: 'SUBSCRIBED', channel: 'EMAIL' };
  const write = async (server: OptioServer, addresses: string[]): Promise<Answered> => {
    const inputs = addresses.map((subscriberIdString) => ({ ...change, subscriberIdString }));
    const answer = await server.request('POST', `${BATCH}/write`, { token: TOKEN, body: { inputs } });
    return { status: answer.status, code: answer.body.errors?.[0]?.code };
  };
  /** What is read of a batch is right, or refused. */
  const read = async (server: OptioServer, batch: number): Promise<Answered> => {
    const asked = { token: TOKEN, body: { inputs: addressesOf(batch) } };
    const answer = await server.request('POST', `${BATCH}/read?channel=EMAIL`, asked);
    if (answer.status === 200) {
      for (const { statuses } of answer.body.results) {
        const row = statuses.find((each: { subscriptionId: number }) => each.subscriptionId === change.subscriptionId);
        assert.equal(row.status, 'SUBSCRIBED');
      }
    }
    return { status: answer.status, code: answer.body.errors?.[0]?.code };
  };
  for (let batch = 0; batch < BATCHES; batch++) assert.equal((await write(first, addressesOf(batch))).status, 200);
  assert.equal((await first.stop()).code, 0);

  const server = await OptioServer.start(t, { cwd, env });
  const file = await open(join(cwd, 'optio.db'), 'r+');
  const { size } = await file.stat();
  const sound = Buffer.alloc(size - SOUND_BYTES);
  await file.read(sound, 0, sound.length, SOUND_BYTES);
  await file.write(Buffer.alloc(sound.length, 0xff), 0, sound.length, SOUND_BYTES);
  const answers: Answered[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    answers.push(await read(server, batch), await write(server, addressesOf(batch)));
  }
  const refused = answers.filter(({ status }) => status !== 200);
  t.diagnostic(`${refused.length} of ${answers.length} refused: ${JSON.stringify(refused[0])}`);
  assert.ok(refused.length > BATCHES, 'what was asked for was damaged');
  for (const answer of refused) assert.deepEqual(answer, { status: 503, code: 'STORE_UNAVAILABLE' });
  assert.equal((await server.request('GET', '/health/live', { token: TOKEN })).status, 200);
  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /"why":"the file is damaged"/);
  assert.doesNotMatch(stderr, /example\.com/);

  await file.write(sound, 0, sound.length, SOUND_BYTES);
  await file.close();
  const mended = await OptioServer.start(t, { cwd, env });
  for (let batch = 0; batch < BATCHES; batch++) assert.equal((await read(mended, batch)).status, 200);
  assert.equal((await write(mended, addressesOf(BATCHES))).status, 200);
});
