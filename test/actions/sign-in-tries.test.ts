/** How often somebody may try to sign in, and how many at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword } from '../../src/actions/passwords.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { PASSWORD, QUICK, useOperator } from '../support/operators.ts';

const MINUTE = 60_000;
const REFUSED = { kind: 'refused' };

onEveryEngine('Trying to sign in', (engine) => {
  const ana = useOperator(engine);
  const { from, attempt, attemptWrong, letIn } = ana;

  test('the sixth try from one place is one too many, until a quarter of an hour is over', async () => {
    const begun = ana.clock.now;
    for (let tries = 0; tries < 5; tries++) {
      assert.deepEqual(await attemptWrong(), REFUSED);
      ana.clock.now += MINUTE;
    }
    const tooMany = { kind: 'too-many', tryAgainAt: begun + 15 * MINUTE };
    assert.deepEqual(await attempt(), tooMany);
    assert.deepEqual(await attempt({ email: ana.email.toUpperCase() }), tooMany);
    await letIn({ callerAddress: from(2) });
    assert.deepEqual(await attempt(), tooMany, 'another place’s success is no matter');
    ana.clock.now = begun + 15 * MINUTE;
    await letIn();
  });

  test('success forgets the tries before it', async () => {
    for (let round = 0; round < 3; round++) {
      for (let tries = 0; tries < 4; tries++) assert.deepEqual(await attemptWrong(), REFUSED);
      await letIn();
    }
  });

  test('tries side by side are all counted, of operators and of nobody', async () => {
    for (const tried of [{}, { email: `nobody@example.com`, callerAddress: from(2) }]) {
      const outcomes = await Promise.all(Array.from({ length: 9 }, () => attemptWrong(tried)));
      const refused = outcomes.filter(({ kind }) => kind === 'refused');
      assert.deepEqual([refused.length, outcomes.length - refused.length], [5, 4]);
      assert.ok(outcomes.every(({ kind }) => kind === 'refused' || kind === 'too-many'));
    }
  });

  test('from one place there are thirty tries, whoever is tried', async () => {
    for (let tries = 0; tries < 30; tries++) {
      assert.deepEqual(await attemptWrong({ email: `someone${tries}@example.com` }), REFUSED);
    }
    assert.equal((await attempt()).kind, 'too-many');
    await letIn({ callerAddress: from(2) });
  });

  test('the addresses of an IPv6 network are one place, and so are all that are not known', async () => {
    const places = [(host: number) => `2001:db8:${ana.network}::${host}`, () => null];
    for (const placeOf of places) {
      for (let tries = 0; tries < 5; tries++) await attemptWrong({ callerAddress: placeOf(tries) });
      assert.equal((await attempt({ callerAddress: placeOf(6) })).kind, 'too-many');
    }
    await letIn({ callerAddress: `2001:db8:${ana.network}:1::1` });
  });

  test('one place cannot use up the tries of an operator; many can, and then nobody is let in', async () => {
    for (let tries = 0; tries < 200; tries++) await attemptWrong();
    await letIn({ callerAddress: from(2) });
    for (let host = 3; host < 22; host++) {
      for (let tries = 0; tries < 5; tries++) await attemptWrong({ callerAddress: from(host) });
    }
    const outcome = await attempt({ callerAddress: from(100) });
    assert.deepEqual(outcome, { kind: 'too-many', tryAgainAt: ana.clock.now + 15 * MINUTE });
  });

  test('where too many passwords are being checked, nothing is said of this one', async () => {
    let over = false;
    const hashing = Array.from({ length: 30 }, async () => {
      while (!over) await hashPassword(PASSWORD, QUICK);
    });
    try {
      for (const tried of [{}, { password: 'wrong horse' }, { email: 'nobody@example.com' }]) {
        assert.deepEqual(await attempt(tried), { kind: 'too-busy' });
      }
    } finally {
      over = true;
      await Promise.all(hashing);
    }
    await letIn();
  });
});
