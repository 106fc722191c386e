/** Signing in: what is let in, what is not, what is told of it, and what happens meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashSecret } from '../../src/actions/hash-secret.ts';
import { deleteOperator, removeTotp, setPassword, setUpTotp } from '../../src/actions/manage-operators.ts';
import { signedIn, signOut } from '../../src/actions/sign-in.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { assertDone, codeOf, PASSWORD, QUICK, useOperator, withOperators } from '../support/operators.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REFUSED = { kind: 'refused' };

onEveryEngine('Signing in', (engine) => {
  const ana = useOperator(engine);
  const { from, attempt, attemptWrong, letIn } = ana;

  test('whoever knows the password is signed in for twelve hours', async () => {
    const { secret, expiresAt, operator } = await letIn({ email: ` ${ana.email.toUpperCase()} ` });
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(expiresAt, ana.clock.now + 12 * HOUR);
    assert.equal(operator.email, ana.email);
    const here = await signedIn(ana.context, secret);
    assert.deepEqual(here?.operator, operator);
    assert.equal(here?.session.secretHash, hashSecret(secret));
    ana.clock.now = expiresAt - 1;
    assert.ok(await signedIn(ana.context, secret));
    ana.clock.now = expiresAt;
    assert.equal(await signedIn(ana.context, secret), null);
  });

  test('signing out ends this session and no other; any other secret is nobody’s', async () => {
    const [one, other] = [await letIn(), await letIn()];
    await signOut(ana.context, one.secret);
    await signOut(ana.context, one.secret);
    assert.equal(await signedIn(ana.context, one.secret), null);
    assert.ok(await signedIn(ana.context, other.secret));
    for (const secret of ['', 'x', '\0', one.secret.toUpperCase(), hashSecret(other.secret)]) {
      assert.equal(await signedIn(ana.context, secret), null);
    }
  });

  test('everything that is wrong is refused alike', async () => {
    const key = assertDone(await setUpTotp(ana.context, ana.email)).key;
    const code = codeOf(key, ana.clock.now);
    let host = 0;
    for (const tried of [
      { email: 'nobody@example.com' },
      { email: 'nobody@example.com', code },
      { email: '' },
      { email: 'no address' },
      { email: `${ana.email}\0` },
      { email: '\ud800@example.com' },
      { password: '' },
      { password: 'wrong horse', code },
      { password: `${PASSWORD} `, code },
      {},
      { code: '' },
      { code: code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) },
      { code: 'é'.repeat(6) },
    ]) {
      host += 1;
      assert.deepEqual(await attempt({ ...tried, callerAddress: from(host) }), REFUSED, JSON.stringify(tried));
    }
    await letIn({ code });
  });

  test('whatever is wrong, the store is asked the same', async () => {
    assertDone(await setUpTotp(ana.context, ana.email));
    const asked: string[][] = [];
    let host = 0;
    for (const tried of [{ email: 'nobody@example.com' }, { password: 'wrong horse' }, {}, { code: '000000' }]) {
      host += 1;
      const calls: string[] = [];
      const watched = withOperators(ana.context, {}, (method) => calls.push(method));
      assert.deepEqual(await attempt({ ...tried, callerAddress: from(host) }, watched), REFUSED);
      asked.push(calls);
    }
    assert.ok(asked[0]!.includes('findByEmail'));
    for (const calls of asked) assert.deepEqual(calls, asked[0]);
  });

  test('who has no second factor may write anything there', async () => {
    for (const code of [null, '', '123456', 'none']) await letIn({ code });
  });

  test('a code is good once, and no earlier one after it', async () => {
    const key = assertDone(await setUpTotp(ana.context, ana.email)).key;
    const [earlier, now, later] = [-1, 0, 1].map((away) => codeOf(key, ana.clock.now + away * 30_000));
    await letIn({ code: `${now!.slice(0, 3)} ${now!.slice(3)}` });
    assert.deepEqual(await attempt({ code: now! }), REFUSED);
    assert.deepEqual(await attempt({ code: earlier! }), REFUSED);
    await letIn({ code: later! });
    assert.deepEqual(await attempt({ code: codeOf(key, ana.clock.now + MINUTE) }), REFUSED);
    ana.clock.now += MINUTE;
    await letIn({ code: codeOf(key, ana.clock.now) });
  });

  test('of many that show one code at once, one is let in', async () => {
    const key = assertDone(await setUpTotp(ana.context, ana.email)).key;
    const code = codeOf(key, ana.clock.now);
    const outcomes = await Promise.all([1, 2, 3, 4].map((host) => attempt({ code, callerAddress: from(host) })));
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['refused', 'refused', 'refused', 'signed-in']);
  });

  test('a wrong password uses up no code', async () => {
    const key = assertDone(await setUpTotp(ana.context, ana.email)).key;
    const code = codeOf(key, ana.clock.now);
    assert.deepEqual(await attemptWrong({ code }), REFUSED);
    await letIn({ code });
  });

  test('a hash that was made when hashes were cheaper is renewed, once', async () => {
    const dearer = ana.contextWith({ ...QUICK, p: 2 });
    const hashOf = async () => (await ana.context.store.operators.findByEmail(ana.email))!.passwordHash;
    const first = await hashOf();
    assert.deepEqual(await attempt({ password: 'wrong horse' }, dearer), REFUSED);
    await letIn();
    assert.equal(await hashOf(), first);
    const begun = await Promise.all([letIn({}, dearer), letIn({}, dearer)]);
    const second = await hashOf();
    assert.match(second, /^\$scrypt\$ln=4,r=8,p=2\$/);
    for (const { secret } of [...begun, await letIn({}, dearer)]) assert.ok(await signedIn(ana.context, secret));
    await letIn();
    assert.equal(await hashOf(), second);
  });

  test('who is signing in while another sign-in renews the hash is signed in', async () => {
    const overtaken = withOperators(ana.context, {
      insertSession: async (session) => {
        await letIn({ callerAddress: from(2) }, ana.contextWith({ ...QUICK, p: 2 }));
        await ana.context.store.operators.insertSession(session);
      },
    });
    const { secret, operator } = await letIn({}, overtaken);
    assert.match(operator.passwordHash, /p=2/);
    assert.ok(await signedIn(ana.context, secret));
  });

  const meanwhile: [what: string, change: () => Promise<unknown>][] = [
    ['the password is changed', async () => setPassword(ana.context, ana.email, 'another good password')],
    ['a second factor is set up', async () => setUpTotp(ana.context, ana.email)],
    ['the operator is deleted', async () => deleteOperator(ana.context, ana.email)],
  ];
  for (const [what, change] of meanwhile) {
    test(`who is signing in while ${what} is not signed in`, async () => {
      const begun: string[] = [];
      const overtaken = withOperators(ana.context, {
        insertSession: async (session) => {
          await change();
          await ana.context.store.operators.insertSession(session);
          begun.push(session.secretHash);
        },
      });
      assert.deepEqual(await attempt({}, overtaken), REFUSED);
      assert.equal(begun.length, 1);
      assert.equal(await ana.context.store.operators.findSession(begun[0]!, ana.clock.now), null);
    });
  }

  test('who is refused since the second factor was set up is let in when it is removed', async () => {
    assertDone(await setUpTotp(ana.context, ana.email));
    assert.deepEqual(await attempt(), REFUSED);
    assertDone(await removeTotp(ana.context, ana.email));
    await letIn();
  });

  test('what is over is forgotten', async () => {
    await letIn();
    ana.clock.now += 12 * HOUR;
    const asked: number[] = [];
    const watched = withOperators(ana.context, {
      forgetExpired: async (now) => {
        asked.push(now);
        await ana.context.store.operators.forgetExpired(now);
      },
    });
    await letIn({}, watched);
    assert.deepEqual(asked, [ana.clock.now]);
  });
});
