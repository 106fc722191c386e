/** Signing in: what is let in, what is not, what is told of it, and what happens side by side. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Context } from '../../src/actions/context.ts';
import { hashSecret } from '../../src/actions/hash-secret.ts';
import { deleteOperator, removeTotp, setPassword, setUpTotp } from '../../src/actions/manage-operators.ts';
import { hashPassword } from '../../src/actions/passwords.ts';
import { type SignInTry, signedIn, signIn, signOut } from '../../src/actions/sign-in.ts';
import type { OperatorStore } from '../../src/storage/port.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import {
  assertDone,
  codeOf,
  makeOperator,
  type OperatorsSetting,
  PASSWORD,
  QUICK,
  START,
  setUpOperators,
} from '../support/operators.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REFUSED = { kind: 'refused' };

onEveryEngine('Signing in', (engine) => {
  let setting: OperatorsSetting;
  let context: Context;
  /** Each test has an operator, and a network, of its own. */
  let email: string;
  let network: number;
  let count = 0;
  before(async () => {
    setting = await setUpOperators(engine);
    context = setting.context;
  });
  after(() => setting.close());
  beforeEach(async () => {
    count += 1;
    network = count;
    setting.clock.now = START + count * 24 * HOUR;
    email = `ana${count}@example.com`;
    await makeOperator(context, email);
  });

  const from = (host: number) => `10.${network}.0.${host}`;
  const attempt = (tried: Partial<SignInTry> = {}, by: Context = context) =>
    signIn(by, { email, password: PASSWORD, code: null, callerAddress: from(1), ...tried });
  const attemptWrong = (tried: Partial<SignInTry> = {}) => attempt({ password: 'wrong horse', ...tried });
  async function letIn(tried: Partial<SignInTry> = {}, by: Context = context) {
    const outcome = await attempt(tried, by);
    assert.equal(outcome.kind, 'signed-in', JSON.stringify(outcome));
    return outcome;
  }

  test('whoever knows the password is signed in for twelve hours', async () => {
    const { secret, expiresAt, operator } = await letIn({ email: ` ${email.toUpperCase()} ` });
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(expiresAt, setting.clock.now + 12 * HOUR);
    assert.equal(operator.email, email);
    const here = await signedIn(context, secret);
    assert.deepEqual(here?.operator, operator);
    assert.equal(here?.session.secretHash, hashSecret(secret));
    setting.clock.now = expiresAt - 1;
    assert.ok(await signedIn(context, secret));
    setting.clock.now = expiresAt;
    assert.equal(await signedIn(context, secret), null);
  });

  test('signing out ends this session and no other; any other secret is nobody’s', async () => {
    const [one, other] = [await letIn(), await letIn()];
    await signOut(context, one.secret);
    await signOut(context, one.secret);
    assert.equal(await signedIn(context, one.secret), null);
    assert.ok(await signedIn(context, other.secret));
    for (const secret of ['', 'x', '\0', one.secret.toUpperCase(), hashSecret(other.secret)]) {
      assert.equal(await signedIn(context, secret), null);
    }
  });

  test('everything that is wrong is refused alike', async () => {
    const key = assertDone(await setUpTotp(context, email)).key;
    const code = codeOf(key, setting.clock.now);
    let host = 0;
    for (const tried of [
      { email: 'nobody@example.com' },
      { email: 'nobody@example.com', code },
      { email: '' },
      { email: 'no address' },
      { email: `${email}\0` },
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
    assertDone(await setUpTotp(context, email));
    const asked: string[][] = [];
    let host = 0;
    for (const tried of [{ email: 'nobody@example.com' }, { password: 'wrong horse' }, {}, { code: '000000' }]) {
      host += 1;
      const calls: string[] = [];
      const watched = withOperators(context, {}, (method) => calls.push(method));
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
    const key = assertDone(await setUpTotp(context, email)).key;
    const [earlier, now, later] = [-1, 0, 1].map((away) => codeOf(key, setting.clock.now + away * 30_000));
    await letIn({ code: `${now!.slice(0, 3)} ${now!.slice(3)}` });
    assert.deepEqual(await attempt({ code: now! }), REFUSED);
    assert.deepEqual(await attempt({ code: earlier! }), REFUSED);
    await letIn({ code: later! });
    assert.deepEqual(await attempt({ code: codeOf(key, setting.clock.now + MINUTE) }), REFUSED);
    setting.clock.now += MINUTE;
    await letIn({ code: codeOf(key, setting.clock.now) });
  });

  test('of many that show one code at once, one is let in', async () => {
    const key = assertDone(await setUpTotp(context, email)).key;
    const code = codeOf(key, setting.clock.now);
    const outcomes = await Promise.all([1, 2, 3, 4].map((host) => attempt({ code, callerAddress: from(host) })));
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['refused', 'refused', 'refused', 'signed-in']);
  });

  test('a wrong password uses up no code', async () => {
    const key = assertDone(await setUpTotp(context, email)).key;
    const code = codeOf(key, setting.clock.now);
    assert.deepEqual(await attemptWrong({ code }), REFUSED);
    await letIn({ code });
  });

  test('the sixth try from one place is one too many, until a quarter of an hour is over', async () => {
    const begun = setting.clock.now;
    for (let tries = 0; tries < 5; tries++) {
      assert.deepEqual(await attemptWrong(), REFUSED);
      setting.clock.now += MINUTE;
    }
    const tooMany = { kind: 'too-many', tryAgainAt: begun + 15 * MINUTE };
    assert.deepEqual(await attempt(), tooMany);
    assert.deepEqual(await attempt({ email: email.toUpperCase() }), tooMany);
    await letIn({ callerAddress: from(2) });
    assert.deepEqual(await attempt(), tooMany, 'another place’s success is no matter');
    setting.clock.now = begun + 15 * MINUTE;
    await letIn();
  });

  test('success forgets the tries before it', async () => {
    for (let round = 0; round < 3; round++) {
      for (let tries = 0; tries < 4; tries++) assert.deepEqual(await attemptWrong(), REFUSED);
      await letIn();
    }
  });

  test('tries side by side are all counted, of operators and of nobody', async () => {
    for (const tried of [{}, { email: `nobody${count}@example.com`, callerAddress: from(2) }]) {
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
    const places = [(try_: number) => `2001:db8:${network}::${try_}`, () => null];
    for (const placeOf of places) {
      for (let tries = 0; tries < 5; tries++) await attemptWrong({ callerAddress: placeOf(tries) });
      assert.equal((await attempt({ callerAddress: placeOf(6) })).kind, 'too-many');
    }
    await letIn({ callerAddress: `2001:db8:${network}:1::1` });
  });

  test('one place cannot use up the tries of an operator; many can, and then nobody is let in', async () => {
    for (let tries = 0; tries < 200; tries++) await attemptWrong();
    await letIn({ callerAddress: from(2) });
    for (let host = 3; host < 22; host++) {
      for (let tries = 0; tries < 5; tries++) await attemptWrong({ callerAddress: from(host) });
    }
    const outcome = await attempt({ callerAddress: from(100) });
    assert.deepEqual(outcome, { kind: 'too-many', tryAgainAt: setting.clock.now + 15 * MINUTE });
  });

  test('a hash that was made when hashes were cheaper is renewed, once', async () => {
    const dearer = setting.contextWith({ ...QUICK, p: 2 });
    const hashOf = async () => (await setting.store.operators.findByEmail(email))!.passwordHash;
    const first = await hashOf();
    assert.deepEqual(await attempt({ password: 'wrong horse' }, dearer), REFUSED);
    await letIn();
    assert.equal(await hashOf(), first);
    const begun = await Promise.all([letIn({}, dearer), letIn({}, dearer)]);
    const second = await hashOf();
    assert.match(second, /^\$scrypt\$ln=4,r=8,p=2\$/);
    for (const { secret } of [...begun, await letIn({}, dearer)]) assert.ok(await signedIn(context, secret));
    await letIn();
    assert.equal(await hashOf(), second);
  });

  const meanwhile: [what: string, change: () => Promise<unknown>][] = [
    ['the password is changed', async () => setPassword(context, email, 'another good password')],
    ['a second factor is set up', async () => setUpTotp(context, email)],
    ['the operator is deleted', async () => deleteOperator(context, email)],
  ];
  for (const [what, change] of meanwhile) {
    test(`who is signing in while ${what} is not signed in`, async () => {
      const begun: string[] = [];
      const overtaken = withOperators(context, {
        insertSession: async (session) => {
          await change();
          await context.store.operators.insertSession(session);
          begun.push(session.secretHash);
        },
      });
      assert.deepEqual(await attempt({}, overtaken), REFUSED);
      assert.equal(begun.length, 1);
      assert.equal(await context.store.operators.findSession(begun[0]!, setting.clock.now), null);
    });
  }

  test('who is refused since the second factor was set up is let in when it is removed', async () => {
    assertDone(await setUpTotp(context, email));
    assert.deepEqual(await attempt(), REFUSED);
    assertDone(await removeTotp(context, email));
    await letIn();
  });

  test('what is over is forgotten', async () => {
    await letIn();
    setting.clock.now += 12 * HOUR;
    const asked: number[] = [];
    const watched = withOperators(context, {
      forgetExpired: async (now) => {
        asked.push(now);
        await context.store.operators.forgetExpired(now);
      },
    });
    await letIn({}, watched);
    assert.deepEqual(asked, [setting.clock.now]);
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

/** The same, with a store of operators that behaves otherwise in some methods, and tells of all that are called. */
function withOperators(
  context: Context,
  otherwise: Partial<OperatorStore>,
  tell: (method: string) => void = () => {},
): Context {
  const operators = new Proxy(context.store.operators, {
    get: (target, name) => {
      tell(String(name));
      const own = otherwise[name as keyof OperatorStore] ?? target[name as keyof OperatorStore];
      return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
    },
  });
  const store = new Proxy(context.store, {
    get: (target, name) => (name === 'operators' ? operators : Reflect.get(target, name)),
  });
  return { ...context, store };
}
