/** What every adapter keeps of operators, their sessions, who tried to be one, and of the server's own secrets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import type { Operator, OperatorSession } from '../../src/domain/operator.ts';
import type { OperatorStore } from '../../src/storage/port.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import { AWKWARD_TEXT } from './samples.ts';

const NOW = 1_800_000_000_000;
let lastId = 0;

export function operatorContract(openFresh: OpenFresh): void {
  let fresh: FreshDatabase;
  let operators: OperatorStore;
  useMigrated(openFresh, (opened) => {
    fresh = opened;
    operators = opened.store.operators;
  });

  function operatorOf(over: Partial<Operator> = {}): Operator {
    lastId += 1;
    return {
      id: lastId,
      email: `Operator${lastId}@example.com`,
      passwordHash: '$scrypt$ln=17,r=8,p=1$c2FsdA$aGFzaA',
      totpSecret: null,
      accountIds: null,
      createdAt: NOW,
      updatedAt: NOW,
      ...over,
    };
  }

  async function inserted(over: Partial<Operator> = {}): Promise<Operator> {
    const operator = operatorOf(over);
    assert.equal(await operators.insert(operator), 'inserted');
    return operator;
  }

  async function signedIn(operatorId: number, expiresAt: number): Promise<OperatorSession> {
    const session = { secretHash: randomBytes(32).toString('hex'), operatorId, createdAt: NOW, expiresAt };
    await operators.insertSession(session);
    return session;
  }

  it('keeps operators as they went in, and lists the oldest first', async () => {
    const limited = await inserted({
      accountIds: [3, 2 ** 53 - 1],
      totpSecret: 'JBSWY3DPEHPK3PXP',
      createdAt: NOW - 1,
    });
    const unlimited = await inserted({ email: AWKWARD_TEXT });
    const powerless = await inserted({ accountIds: [], createdAt: NOW - 2 });
    const listed = await operators.list();
    assert.deepEqual(
      listed.filter(({ id }) => id >= limited.id),
      [powerless, limited, unlimited],
    );
    assert.deepEqual(await operators.find(limited.id), limited);
    assert.deepEqual(await operators.findByEmail(AWKWARD_TEXT), unlimited);
    assert.equal(await operators.find(999_999), null);
    assert.equal(await operators.findByEmail('nobody@example.com'), null);
  });

  it('finds an operator whatever the case and the normal form of the e-mail address', async () => {
    const operator = await inserted({ email: 'Ren\u00e9e@B\u00dcCHER.example' });
    assert.deepEqual(await operators.findByEmail('rene\u0301e@bu\u0308cher.EXAMPLE'), operator);
  });

  it('gives no id and no e-mail address to two operators', async () => {
    const operator = await inserted();
    const { id, email } = operator;
    assert.equal(await operators.insert(operatorOf({ id })), 'taken');
    assert.equal(await operators.insert(operatorOf({ email: email.toUpperCase() })), 'taken');
    assert.deepEqual(await operators.find(id), operator);
    const rivals = Array.from({ length: 4 }, () => operators.insert(operatorOf({ email: 'Rival@example.com' })));
    assert.equal((await Promise.all(rivals)).filter((result) => result === 'inserted').length, 1);
  });

  it('updates an operator who is as expected, and calls any other stale', async () => {
    const operator = await inserted();
    const changed = {
      ...operator,
      ...{ email: 'Renamed@example.com', passwordHash: AWKWARD_TEXT, totpSecret: 'MFRGG', accountIds: [7] },
      updatedAt: NOW + 10,
    };
    assert.equal(await operators.update(changed, NOW - 1), 'stale');
    assert.deepEqual(await operators.find(operator.id), operator);
    assert.equal(await operators.update(changed, NOW), 'updated');
    assert.equal(await operators.update(changed, NOW), 'stale');
    assert.deepEqual(await operators.findByEmail('renamed@example.com'), changed);
    assert.equal(await operators.findByEmail(operator.email), null);
    assert.equal(await operators.update({ ...changed, id: 999_999 }, NOW + 10), 'stale');
  });

  it('deletes an operator with all sessions, once', async () => {
    const [operator, other] = [await inserted(), await inserted()];
    const [session, others] = [await signedIn(operator.id, NOW + 9), await signedIn(other.id, NOW + 9)];
    assert.equal(await operators.delete(operator.id), true);
    assert.equal(await operators.delete(operator.id), false);
    assert.equal(await operators.find(operator.id), null);
    assert.equal(await operators.findSession(session.secretHash, NOW), null);
    assert.ok(await operators.findSession(others.secretHash, NOW));
  });

  it('uses each step of the second factor’s time once, and none before one that was used', async () => {
    const operator = await inserted();
    const [step, other] = [60_000_000, await inserted()];
    assert.equal(await operators.useTotpStep(operator.id, step), true);
    assert.equal(await operators.useTotpStep(operator.id, step), false);
    assert.equal(await operators.useTotpStep(operator.id, step - 1), false);
    const rivals = Array.from({ length: 6 }, () => operators.useTotpStep(operator.id, step + 1));
    assert.equal((await Promise.all(rivals)).filter(Boolean).length, 1);
    assert.equal(await operators.useTotpStep(other.id, step), true);
    assert.equal(await operators.useTotpStep(999_999, step), false);
    assert.deepEqual(await operators.find(operator.id), operator, 'who reads the operator to change it may go on');
    assert.equal(await operators.update({ ...operator, updatedAt: NOW + 1 }, NOW), 'updated');
    assert.equal(await operators.useTotpStep(operator.id, step + 1), false, 'a change gives no step back');
  });

  it('finds a session with its operator until it is over or was ended', async () => {
    const operator = await inserted({ accountIds: [5] });
    const [session, other] = [await signedIn(operator.id, NOW + 100), await signedIn(operator.id, NOW + 100)];
    assert.deepEqual(await operators.findSession(session.secretHash, NOW + 99), { session, operator });
    assert.equal(await operators.findSession(session.secretHash, NOW + 100), null);
    assert.equal(await operators.findSession('00'.repeat(32), NOW), null);
    await operators.endSession(session.secretHash);
    await operators.endSession(session.secretHash);
    assert.equal(await operators.findSession(session.secretHash, NOW), null);
    assert.ok(await operators.findSession(other.secretHash, NOW));
  });

  it('ends all sessions of an operator, and counts those that were not over', async () => {
    const [operator, other] = [await inserted(), await inserted()];
    const sessions = await Promise.all([NOW, NOW + 1, NOW + 2].map((expiresAt) => signedIn(operator.id, expiresAt)));
    const foreign = await signedIn(other.id, NOW + 1);
    assert.equal(await operators.endSessions(operator.id, NOW), 2);
    assert.equal(await operators.endSessions(operator.id, NOW), 0);
    for (const { secretHash } of sessions) assert.equal(await operators.findSession(secretHash, 0), null);
    assert.ok(await operators.findSession(foreign.secretHash, NOW));
  });

  it('signs nobody in who was deleted meanwhile', async () => {
    const operator = await inserted();
    const [, ...sessions] = await Promise.all([
      operators.delete(operator.id),
      ...Array.from({ length: 5 }, () => signedIn(operator.id, NOW + 9)),
    ]);
    for (const { secretHash } of sessions) assert.equal(await operators.findSession(secretHash, NOW), null);
    const late = await signedIn(operator.id, NOW + 9);
    assert.equal(await operators.findSession(late.secretHash, NOW), null);
  });

  it('counts tries under each key, in windows that begin with their first', async () => {
    const [one, two] = [`first ${AWKWARD_TEXT}`, 'x'.repeat(100_000)];
    assert.deepEqual(await operators.countTries([], NOW, NOW + 100), []);
    assert.deepEqual(await operators.countTries([one], NOW, NOW + 100), [{ count: 1, windowEndsAt: NOW + 100 }]);
    assert.deepEqual(await operators.countTries([two, one], NOW + 50, NOW + 150), [
      { count: 1, windowEndsAt: NOW + 150 },
      { count: 2, windowEndsAt: NOW + 100 },
    ]);
    assert.deepEqual(await operators.countTries([one, two], NOW + 100, NOW + 200), [
      { count: 1, windowEndsAt: NOW + 200 },
      { count: 2, windowEndsAt: NOW + 150 },
    ]);
    const twice = await operators.countTries([one, one], NOW + 100, NOW + 200);
    assert.deepEqual(new Set(twice.map(({ count }) => count)), new Set([2]), 'the same key twice is one try');
  });

  it('counts every one of many tries side by side, in whatever order of keys', async () => {
    const keys = ['many a', 'many b', 'many c'];
    const tries = Array.from({ length: 40 }, (_, at) => {
      const order = at % 2 === 0 ? keys : keys.toReversed();
      return operators.countTries(order, NOW, NOW + 100);
    });
    const counts = (await Promise.all(tries)).map(([first, , last], at) => (at % 2 === 0 ? first : last)!.count);
    assert.deepEqual(
      counts.sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
  });

  it('forgets tries where it is told to', async () => {
    const keys = ['forget a', 'forget b', 'keep'];
    await operators.countTries(keys, NOW, NOW + 100);
    await operators.forgetTries(['forget b', 'forget a', 'never counted']);
    await operators.forgetTries([]);
    const counts = await operators.countTries(keys, NOW, NOW + 100);
    assert.deepEqual(
      counts.map(({ count }) => count),
      [1, 1, 2],
    );
  });

  it('forgets sessions and counts that are over, and nothing else', async () => {
    const operator = await inserted();
    const [old, young] = [await signedIn(operator.id, NOW + 500), await signedIn(operator.id, NOW + 501)];
    await operators.countTries(['over'], NOW, NOW + 500);
    await operators.countTries(['not over'], NOW, NOW + 501);
    await operators.forgetExpired(NOW + 500);
    assert.equal(await operators.findSession(old.secretHash, 0), null);
    assert.ok(await operators.findSession(young.secretHash, 0));
    const counts = await operators.countTries(['over', 'not over'], 0, NOW + 999);
    assert.deepEqual(counts, [
      { count: 1, windowEndsAt: NOW + 999 },
      { count: 2, windowEndsAt: NOW + 501 },
    ]);
  });

  it('keeps one secret for each purpose, whoever comes first', async () => {
    const { serverSecrets } = fresh.store;
    const candidates = Array.from({ length: 6 }, () => randomBytes(32).toString('hex'));
    const kept = await Promise.all(candidates.map((candidate) => serverSecrets.secret('sign-in', candidate)));
    assert.equal(new Set(kept).size, 1);
    assert.ok(candidates.includes(kept[0]!));
    const other = randomBytes(32).toString('hex');
    assert.equal(await serverSecrets.secret('consent', other), other);
    assert.equal(await serverSecrets.secret('sign-in', other), kept[0]);
  });
}
