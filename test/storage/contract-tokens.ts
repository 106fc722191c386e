/** What every adapter keeps of tokens' secrets and of their use, and of apps. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import type { App, Token } from '../../src/domain/catalog.ts';
import type { CatalogStore, NewTokenSecret } from '../../src/storage/port.ts';
import type { OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import * as samples from './samples.ts';

const START = 1_800_000_000_000;
const MINUTE = 60_000;

export function tokenContract(openFresh: OpenFresh): void {
  let catalog: CatalogStore;
  useMigrated(openFresh, (opened) => {
    catalog = opened.store.catalog;
  });

  async function insertAccount(): Promise<{ id: number; token: Token; app: App }> {
    const { account, tokens, apps, ...rest } = samples.newAccount(samples.nextAccountId());
    assert.equal(await catalog.insertAccount({ account, tokens, apps, ...rest }), 'inserted');
    return { id: account.id, token: tokens[0]!, app: apps[0]! };
  }

  const newSecret = (rotatedAt: number, oldEndsAt: number, hint = 'new1'): NewTokenSecret => ({
    secretHash: randomBytes(32).toString('hex'),
    hint,
    rotatedAt,
    oldEndsAt,
  });

  const tokenOf = async (accountId: number) => (await catalog.listTokens(accountId))[0]!;

  it('keeps the networks that a token is limited to', async () => {
    const { id } = await insertAccount();
    const limited = samples.token(id, 7, { allowedNetworks: ['10.0.0.0/8', '2001:db8::/32'] });
    assert.equal(await catalog.insertToken(limited), 'inserted');
    assert.deepEqual((await catalog.findToken(limited.secretHash))?.token, limited);
  });

  it('finds a token by its new secret and by the old one, each with its own end, and raises the revision', async () => {
    const { id, token } = await insertAccount();
    const revision = await catalog.revision();
    const secret = newSecret(START, START + 1_000);
    assert.equal(await catalog.rotateToken(token, secret), 'updated');
    assert.equal(await catalog.revision(), revision + 1);
    const { secretHash, hint, rotatedAt } = secret;
    const oldSecret = { hint: token.hint, endsAt: START + 1_000 };
    const rotated = { ...token, secretHash, hint, rotatedAt, oldSecret };
    assert.deepEqual(await catalog.listTokens(id), [rotated]);
    assert.deepEqual(await catalog.findToken(secretHash), { token: rotated, secretEndsAt: null });
    assert.deepEqual(await catalog.findToken(token.secretHash), { token: rotated, secretEndsAt: START + 1_000 });
  });

  it('ends the oldest secret with the next rotation, never later than it was to end, and forgets none', async () => {
    const { id, token } = await insertAccount();
    await catalog.rotateToken(token, newSecret(START, START + 500));
    const second = await tokenOf(id);
    await catalog.rotateToken(second, newSecret(START + 1_000, START + 9_000));
    const third = await tokenOf(id);
    await catalog.rotateToken(third, newSecret(START + 2_000, START + 8_000));
    const ends = await Promise.all(
      [token, second, third, await tokenOf(id)].map(async (each) => catalog.findToken(each.secretHash)),
    );
    assert.deepEqual(
      ends.map((found) => found?.secretEndsAt),
      [START + 500, START + 2_000, START + 8_000, null],
    );
    assert.deepEqual(new Set(ends.map((found) => found?.token.id)), new Set([token.id]));
    assert.deepEqual((await tokenOf(id)).oldSecret, { hint: third.hint, endsAt: START + 8_000 });
  });

  it('rotates only what is as expected, not revoked, and of the account; otherwise nothing changes', async () => {
    const { id, token } = await insertAccount();
    const revision = await catalog.revision();
    const strangers = { ...token, accountId: id + 1_000_000 };
    for (const other of [strangers, { ...token, id: 'nobody' }, { ...token, secretHash: '00'.repeat(32) }]) {
      assert.equal(await catalog.rotateToken(other, newSecret(START, START)), 'stale');
    }
    assert.deepEqual(await catalog.listTokens(id), [token]);
    assert.equal(await catalog.revision(), revision);
    const rivals = [newSecret(START, START + 1), newSecret(START, START + 1), newSecret(START, START + 1)];
    const results = await Promise.all(rivals.map((rival) => catalog.rotateToken(token, rival)));
    assert.deepEqual([...results].sort(), ['stale', 'stale', 'updated']);
    await catalog.revokeToken(id, token.id, START);
    assert.equal(await catalog.rotateToken(await tokenOf(id), newSecret(START + 1, START + 1)), 'stale');
  });

  it('notes when tokens were last used, never moves that back, and does not raise the revision', async () => {
    const [one, two] = [await insertAccount(), await insertAccount()];
    const revision = await catalog.revision();
    const uses = (at: number) => [
      { tokenId: one.token.id, usedAt: at },
      { tokenId: 'of nobody', usedAt: at },
      { tokenId: two.token.id, usedAt: at + MINUTE },
    ];
    await catalog.noteTokenUses([]);
    await catalog.noteTokenUses(uses(START));
    await catalog.noteTokenUses(uses(START - MINUTE));
    assert.deepEqual(await catalog.listTokens(one.id), [{ ...one.token, lastUsedAt: START }]);
    assert.equal((await tokenOf(two.id)).lastUsedAt, START + MINUTE);
    assert.equal(await catalog.revision(), revision);
  });

  it('notes the uses that many report at once, in whatever order', async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, insertAccount));
    const reports = Array.from({ length: 24 }, (_, at) => {
      const uses = accounts.map(({ token }) => ({ tokenId: token.id, usedAt: START + at * MINUTE }));
      return at % 2 === 0 ? uses : uses.reverse();
    });
    await Promise.all(reports.map((uses) => catalog.noteTokenUses(uses)));
    for (const { id } of accounts) assert.equal((await tokenOf(id)).lastUsedAt, START + 23 * MINUTE);
  });

  it('updates an app that is as expected, and calls any other stale', async () => {
    const { id, app } = await insertAccount();
    const secret = { secretHash: 'ab'.repeat(32), hint: 'cdef', createdAt: START, expiresAt: START + 1 };
    const changed: App = {
      ...app,
      name: samples.AWKWARD_TEXT,
      redirectUris: ['https://app.example.com/a?b=%C3%BC', 'http://[::1]:3000/'],
      secrets: [secret, { ...secret, expiresAt: null }],
      updatedAt: app.updatedAt + 10,
    };
    const revision = await catalog.revision();
    assert.equal(await catalog.updateApp(id, changed, app.updatedAt - 1), 'stale');
    assert.equal(await catalog.updateApp(id + 1_000_000, changed, app.updatedAt), 'stale');
    assert.equal(await catalog.revision(), revision);
    assert.equal(await catalog.updateApp(id, changed, app.updatedAt), 'updated');
    assert.equal(await catalog.revision(), revision + 1);
    assert.deepEqual(await catalog.listApps(id), [changed]);
  });

  it('gives no client id to two apps, of whatever account', async () => {
    const [one, two] = [await insertAccount(), await insertAccount()];
    const double = { ...samples.app(9), clientId: one.app.clientId };
    assert.equal(await catalog.insertApp(two.id, double), 'taken');
    assert.equal(await catalog.insertApp(two.id, samples.app(9)), 'inserted');
  });
}
