/** When tokens were last used: what is written of it, how often, and what a failing database does to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate, authenticateKnown } from '../../src/actions/authenticate.ts';
import { createToken } from '../../src/actions/manage-tokens.ts';
import { type Store, StoreUnavailable, type TokenUse } from '../../src/storage/port.ts';
import { openContext } from '../support/account.ts';

const CALLER = { callerAddress: null };
const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 4, 10, 20, 30);
const START_MINUTE = START - 30_000;

/** A store that shows `before` every write of uses. */
function watched(before: (uses: readonly TokenUse[]) => void) {
  return (store: Store): Store => {
    const noteTokenUses = async (uses: readonly TokenUse[]) => {
      before(uses);
      await store.catalog.noteTokenUses(uses);
    };
    const catalog = new Proxy(store.catalog, {
      get: (target, name) => {
        if (name === 'noteTokenUses') return noteTokenUses;
        const value = target[name as keyof typeof target];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return new Proxy(store, { get: (target, name) => (name === 'catalog' ? catalog : Reflect.get(target, name)) });
  };
}

async function openWatched(before: (uses: readonly TokenUse[]) => void, onUsesNotStored = (_error: unknown) => {}) {
  const clock = { now: START };
  const opened = await openContext({ clock: () => clock.now, onUsesNotStored }, watched(before));
  const outcome = await createToken(opened.context, 1, { name: 'crm' });
  assert.equal(outcome.kind, 'done');
  const { secret, token } = outcome.value;
  const use = async () => {
    const { context } = opened;
    const authentication = authenticateKnown(context, secret, CALLER) ?? (await authenticate(context, secret, CALLER));
    assert.equal(authentication.kind, 'authenticated');
  };
  const lastUsedAt = async () => (await opened.store.catalog.listTokens(1))[0]?.lastUsedAt;
  return { ...opened, clock, use, lastUsedAt, tokenId: token.id };
}

test('Of any number of uses in a minute one is written, also where the catalog changed meanwhile', async (t) => {
  const written: TokenUse[][] = [];
  const { context, clock, use, lastUsedAt, tokenId, close } = await openWatched((uses) => written.push([...uses]));
  t.after(close);
  for (let count = 0; count < 1_000; count++) await use();
  await context.tokenUses.write();
  for (let count = 0; count < 1_000; count++) await use();
  await context.tokenUses.write();
  assert.deepEqual(written, [[{ tokenId, usedAt: START_MINUTE }]]);
  clock.now += MINUTE;
  await use();
  context.catalogs.clear();
  await use();
  await context.tokenUses.write();
  assert.deepEqual(written.slice(1), [[{ tokenId, usedAt: START_MINUTE + MINUTE }]]);
  assert.equal(await lastUsedAt(), START_MINUTE + MINUTE);
});

test('What was noted is written when the server stops', async (t) => {
  const { context, use, lastUsedAt, close } = await openWatched(() => {});
  t.after(close);
  await use();
  assert.equal(await lastUsedAt(), null);
  await context.tokenUses.close();
  assert.equal(await lastUsedAt(), START_MINUTE);
});

test('A database that does not take it disturbs nobody, and gets it later', async (t) => {
  const errors: unknown[] = [];
  let fails = true;
  const down = new StoreUnavailable('down');
  const { context, clock, use, lastUsedAt, close } = await openWatched(
    () => {
      if (fails) throw down;
    },
    (error) => errors.push(error),
  );
  t.after(close);
  await use();
  await context.tokenUses.write();
  await use();
  await context.tokenUses.write();
  assert.deepEqual(errors, [down, down]);
  assert.equal(await lastUsedAt(), null);
  fails = false;
  await context.tokenUses.write();
  assert.equal(await lastUsedAt(), START_MINUTE);
  fails = true;
  clock.now += MINUTE;
  await use();
  await context.tokenUses.write();
  clock.now += MINUTE;
  await use();
  fails = false;
  await context.tokenUses.write();
  assert.equal(await lastUsedAt(), START_MINUTE + 2 * MINUTE);
});

test('What is noted is bounded, and what is left out is noted the next time', async (t) => {
  const sizes: number[] = [];
  const { context, close } = await openWatched((uses) => sizes.push(uses.length));
  t.after(close);
  for (let index = 0; index < 20_000; index++) context.tokenUses.note(`token-${index}`, START);
  context.tokenUses.note('token-0', START + MINUTE);
  await context.tokenUses.write();
  context.tokenUses.note('token-19999', START);
  await context.tokenUses.write();
  assert.deepEqual(sizes, [10_000, 1]);
});
