/** Creating, changing and deleting operators, and what becomes of who is signed in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { describeOperator } from '../../src/actions/describe-catalog.ts';
import {
  createOperator,
  deleteOperator,
  findOperator,
  listOperators,
  removeTotp,
  setPassword,
  setUpTotp,
  signOutEverywhere,
  updateOperator,
} from '../../src/actions/manage-operators.ts';
import type { ManageOutcome } from '../../src/actions/manage-outcome.ts';
import { signedIn, signIn } from '../../src/actions/sign-in.ts';
import { mayActFor } from '../../src/domain/operator.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import {
  assertDone,
  codeOf,
  makeOperator,
  type OperatorsSetting,
  PASSWORD,
  setUpOperators,
} from '../support/operators.ts';

function assertRefused(outcome: ManageOutcome<unknown>, refusal: object): void {
  assert.equal(outcome.kind, 'refused', JSON.stringify(outcome));
  for (const [key, value] of Object.entries(refusal)) assert.deepEqual((outcome.refusal as never)[key], value);
}

onEveryEngine('Operators', (engine) => {
  let setting: OperatorsSetting;
  before(async () => {
    setting = await setUpOperators(engine);
  });
  after(() => setting.close());

  const signInAs = (email: string, password = PASSWORD, code: string | null = null) =>
    signIn(setting.context, { email, password, code, callerAddress: null });
  /** Signed in, and the question whether that is so still. */
  async function session(email: string, code?: string): Promise<() => Promise<boolean>> {
    const outcome = await signInAs(email, PASSWORD, code);
    assert.equal(outcome.kind, 'signed-in');
    return async () => (await signedIn(setting.context, outcome.secret)) !== null;
  }

  test('one is created with a password that is made, and that nobody can guess', async () => {
    const { context } = setting;
    const made = await createOperator(context, { email: ' Ana@Example.com ' });
    const { operator, password } = assertDone(made);
    assert.match(password ?? '', /^(?:[0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
    assert.equal((await signInAs('ana@example.com', password!)).kind, 'signed-in');
    assert.deepEqual(describeOperator(operator), {
      id: operator.id,
      email: 'Ana@Example.com',
      accountIds: null,
      totp: false,
      createdAt: new Date(setting.clock.now).toISOString(),
      updatedAt: new Date(setting.clock.now).toISOString(),
    });
    assert.ok(mayActFor(operator, 1) && mayActFor(operator, 77));
    assert.equal(assertDone(await findOperator(context, 'ANA@example.COM ')).id, operator.id);
    assert.ok((await listOperators(context)).some(({ id }) => id === operator.id));
    const other = assertDone(await createOperator(context, { email: 'other@example.com' }));
    assert.notEqual(other.password, password);
  });

  test('one is created with a password of their own, for some accounts', async () => {
    const wish = { email: 'bo@example.com', password: PASSWORD, accountIds: [2, 1, 2] };
    const { operator, password } = assertDone(await createOperator(setting.context, wish));
    assert.equal(password, null);
    assert.deepEqual(operator.accountIds, [2, 1]);
    assert.ok(!operator.passwordHash.includes(PASSWORD));
    assert.equal((await signInAs('bo@example.com')).kind, 'signed-in');
  });

  test('an address that is taken or none, a weak password and unknown accounts are refused', async () => {
    const { context } = setting;
    await makeOperator(context, 'taken@example.com');
    const wrong: [Parameters<typeof createOperator>[1], object][] = [
      [{ email: 'TAKEN@example.com' }, { code: 'invalid', field: 'email', problem: 'belongs to an operator already' }],
      [{ email: 'nobody' }, { code: 'invalid', field: 'email' }],
      [{ email: '' }, { code: 'invalid', field: 'email' }],
      [
        { email: 'weak@example.com', password: 'elevenchars' },
        { code: 'invalid', field: 'password' },
      ],
      [
        { email: 'weak@example.com', password: 'Weak@Example.com' },
        { code: 'invalid', field: 'password' },
      ],
      [
        { email: 'weak@example.com', password: '' },
        { code: 'invalid', field: 'password' },
      ],
      [
        { email: 'weak@example.com', accountIds: [1, 5] },
        { code: 'not-found', thing: 'account', id: 5 },
      ],
      [
        { email: 'weak@example.com', accountIds: [] },
        { code: 'invalid', field: 'accountIds' },
      ],
    ];
    for (const [wish, refusal] of wrong) assertRefused(await createOperator(context, wish), refusal);
    assert.equal((await signInAs('weak@example.com', 'elevenchars')).kind, 'refused');
  });

  test('of many who create the same one at once, one does', async () => {
    const wish = { email: 'race@example.com', password: PASSWORD };
    const outcomes = await Promise.all([1, 2, 3].map(() => createOperator(setting.context, wish)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['done', 'refused', 'refused']);
    for (const outcome of outcomes) if (outcome.kind === 'refused') assertRefused(outcome, { field: 'email' });
  });

  test('the accounts are changed, also of who is signed in', async () => {
    const { context } = setting;
    const { id, updatedAt } = await makeOperator(context, 'cy@example.com');
    const isSignedIn = await session('cy@example.com');
    const changed = assertDone(await updateOperator(context, 'CY@example.com', { accountIds: [2] }));
    assert.deepEqual([changed.id, changed.accountIds, changed.updatedAt], [id, [2], updatedAt + 1]);
    assert.ok(!mayActFor(changed, 1) && mayActFor(changed, 2));
    const again = assertDone(await updateOperator(context, 'cy@example.com', { accountIds: [2] }));
    assert.equal(again.updatedAt, changed.updatedAt);
    assert.ok(await isSignedIn());
    assert.equal(assertDone(await updateOperator(context, 'cy@example.com', { accountIds: null })).accountIds, null);
    assertRefused(await updateOperator(context, 'cy@example.com', { accountIds: [9] }), { code: 'not-found', id: 9 });
  });

  test('another password, a second factor and the end of it sign out everywhere, and nobody else', async () => {
    const { context, clock } = setting;
    const email = 'di@example.com';
    await makeOperator(context, 'beside@example.com');
    const beside = await session('beside@example.com');
    await makeOperator(context, email);
    const before = [await session(email), await session(email)];
    const { key } = assertDone(await setUpTotp(context, email));
    for (const isSignedIn of before) assert.equal(await isSignedIn(), false);
    const withCode = await session(email, codeOf(key, clock.now));
    assertDone(await removeTotp(context, email));
    assert.equal(await withCode(), false);
    const without = await session(email);
    assertDone(await setPassword(context, email, 'another good password'));
    assert.equal(await without(), false);
    assert.ok(await beside());
  });

  test('a password that is set is checked as a first one is', async () => {
    const { context } = setting;
    await makeOperator(context, 'eve@example.com');
    const isSignedIn = await session('eve@example.com');
    assertRefused(await setPassword(context, 'eve@example.com', 'eve@example.com'), { field: 'password' });
    assert.ok(await isSignedIn());
    const { password } = assertDone(await setPassword(context, 'eve@example.com'));
    assert.equal((await signInAs('eve@example.com')).kind, 'refused');
    assert.equal((await signInAs('eve@example.com', password!)).kind, 'signed-in');
  });

  test('another key takes the place of the first', async () => {
    const { context } = setting;
    await makeOperator(context, 'fay@example.com');
    const [one, other] = [await setUpTotp(context, 'fay@example.com'), await setUpTotp(context, 'FAY@example.com')];
    const { key, uri, operator } = assertDone(other);
    assert.notEqual(key, assertDone(one).key);
    assert.match(uri, /^otpauth:\/\/totp\/Optio:fay%40example\.com\?/);
    assert.equal(describeOperator(operator).totp, true);
    assert.ok(!JSON.stringify(describeOperator(operator)).includes(key));
  });

  test('signing out everywhere says how many sessions ended', async () => {
    const { context } = setting;
    await makeOperator(context, 'gil@example.com');
    const sessions = [await session('gil@example.com'), await session('gil@example.com')];
    assert.equal(assertDone(await signOutEverywhere(context, 'gil@example.com')).ended, 2);
    for (const isSignedIn of sessions) assert.equal(await isSignedIn(), false);
    assert.equal(assertDone(await signOutEverywhere(context, 'gil@example.com')).ended, 0);
    assert.equal((await signInAs('gil@example.com')).kind, 'signed-in');
  });

  test('one who is deleted is gone, with all sessions, and may be created again', async () => {
    const { context } = setting;
    await makeOperator(context, 'hal@example.com');
    const isSignedIn = await session('hal@example.com');
    assertDone(await deleteOperator(context, 'Hal@example.com'));
    assert.equal(await isSignedIn(), false);
    assert.equal((await signInAs('hal@example.com')).kind, 'refused');
    await makeOperator(context, 'hal@example.com');
    assert.equal(await isSignedIn(), false);
  });

  test('who is not there cannot be changed', async () => {
    const { context } = setting;
    const missing = { code: 'not-found', thing: 'operator', id: 'nobody@example.com' };
    for (const outcome of [
      await findOperator(context, 'nobody@example.com'),
      await updateOperator(context, 'nobody@example.com', { accountIds: null }),
      await setPassword(context, 'nobody@example.com'),
      await setUpTotp(context, 'nobody@example.com'),
      await removeTotp(context, 'nobody@example.com'),
      await signOutEverywhere(context, 'nobody@example.com'),
      await deleteOperator(context, ' nobody@example.com'),
    ]) {
      assertRefused(outcome, missing);
    }
  });
});
