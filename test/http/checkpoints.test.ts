/** `GET /optio/v1/checkpoints`: a page after the other, as they were signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listCheckpoints } from '../../src/actions/checkpoints.ts';
import { hasValidSignature, publishedCheckpoint, readCheckpoint } from '../../src/domain/checkpoint.ts';
import { fillWithLedger } from '../support/sample-ledger.ts';
import { seededRandom } from '../torture/seeded-random.ts';
import { onEveryEngine } from './support/engines.ts';
import { useServer } from './support/server.ts';

onEveryEngine('checkpoints', (engine) => {
  const server = useServer(engine);

  test('there are none at first, then those that were sealed', async () => {
    const nothing = await server().get('/optio/v1/checkpoints');
    assert.deepEqual([nothing.status, nothing.json], [200, { results: [] }]);
    await fillWithLedger(server().store, seededRandom(4, 'http'));
    const sealed = (await listCheckpoints(server().store)).map(publishedCheckpoint);
    const whole = await server().get('/optio/v1/checkpoints');
    assert.deepEqual(whole.json, { results: sealed });
    assert.ok(hasValidSignature(readCheckpoint(whole.json.results[1])!));
    const first = await server().get('/optio/v1/checkpoints?limit=1');
    assert.deepEqual(first.json, { results: [sealed[0]], paging: { next: { after: '1' } } });
    const second = await server().get('/optio/v1/checkpoints?limit=1&after=1');
    assert.deepEqual(second.json.results, [sealed[1]]);
    const last = await server().get('/optio/v1/checkpoints?after=2');
    assert.deepEqual(last.json, { results: [] });
  });

  test('what is no limit is refused', async () => {
    for (const limit of ['0', '1001', '-1', 'x']) {
      const answer = await server().get(`/optio/v1/checkpoints?limit=${limit}`);
      assert.equal(answer.status, 400, limit);
      assert.match(answer.json.errors[0].message, /limit/);
    }
  });
});
