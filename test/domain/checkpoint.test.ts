import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Checkpoint,
  checkpointHash,
  checkpointText,
  findCheckpointProblem,
  publishedCheckpoint,
  readCheckpoint,
  sealCheckpoint,
  signingKey,
} from '../../src/domain/checkpoint.ts';

const KEY = signingKey('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
const FIRST = sealCheckpoint(
  {
    number: 1,
    size: 300,
    root: 'ab'.repeat(32),
    closedThrough: '019a0000-0000-7000-8000-000000000000',
    sealedAt: '2026-11-22T10:00:00.000Z',
    previous: null,
  },
  KEY,
);
const SECOND = sealCheckpoint(
  {
    ...FIRST,
    number: 2,
    size: 301,
    closedThrough: '019a0000-0001-7000-8000-000000000000',
    previous: checkpointHash(FIRST),
  },
  KEY,
);

test('the key of a seed, and what it signs, are those of RFC 8032, section 7.1, test 1', () => {
  assert.equal(KEY.publicKey, 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  assert.equal(
    KEY.sign(''),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
});

test('the signed text is canonical JSON', () => {
  assert.equal(
    checkpointText(FIRST),
    `{"closedThrough":"019a0000-0000-7000-8000-000000000000","format":"optio-checkpoint/1","number":1,"previous":null,"publicKey":"${KEY.publicKey}","root":"${'ab'.repeat(32)}","sealedAt":"2026-11-22T10:00:00.000Z","size":300}`,
  );
});

test('checkpoints that follow on each other have no problem, and are read as they were published', () => {
  assert.equal(findCheckpointProblem(FIRST, null), null);
  assert.equal(findCheckpointProblem(SECOND, FIRST), null);
  for (const checkpoint of [FIRST, SECOND]) {
    assert.deepEqual(readCheckpoint(JSON.parse(JSON.stringify(publishedCheckpoint(checkpoint)))), checkpoint);
  }
});

const resealed = (change: Partial<Checkpoint>) => sealCheckpoint({ ...SECOND, ...change }, KEY);

test('each thing that may be wrong is told', () => {
  const otherKey = signingKey('11'.repeat(32));
  for (const [problem, checkpoint] of [
    ['wrong-signature', { ...SECOND, size: 302 }],
    ['wrong-signature', { ...SECOND, publicKey: otherKey.publicKey }],
    ['wrong-signature', { ...SECOND, publicKey: 'ff'.repeat(32) }],
    ['wrong-signature', { ...SECOND, signature: FIRST.signature }],
    ['number-gap', resealed({ number: 3 })],
    ['wrong-previous-checkpoint', resealed({ previous: null })],
    ['wrong-previous-checkpoint', resealed({ previous: checkpointHash(SECOND) })],
    ['another-key', sealCheckpoint(SECOND, otherKey)],
    ['size-not-larger', resealed({ size: 300 })],
    ['horizon-not-later', resealed({ closedThrough: FIRST.closedThrough })],
  ] as const) {
    assert.equal(findCheckpointProblem(checkpoint, FIRST), problem);
  }
  assert.equal(findCheckpointProblem(SECOND, null), 'number-gap');
});

test('what is no checkpoint is not read as one', () => {
  const published = publishedCheckpoint(SECOND);
  for (const value of [
    null,
    1,
    'x',
    [],
    {},
    { ...published, format: 'optio-checkpoint/2' },
    { ...published, number: 0 },
    { ...published, size: 1.5 },
    { ...published, root: 'AB'.repeat(32) },
    { ...published, closedThrough: 'x' },
    { ...published, sealedAt: '2026-11-22' },
    { ...published, previous: 7 },
    { ...published, publicKey: 'ab' },
    { ...published, signature: null },
  ]) {
    assert.equal(readCheckpoint(value), null, JSON.stringify(value));
  }
});
