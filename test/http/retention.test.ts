/** How long an account keeps the evidence of contacts' own acts, and what is left when the time is over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Expiry, expireEvidence } from '../../src/actions/expire-evidence.ts';
import { Retention } from '../../src/actions/retention.ts';
import { refOf } from '../../src/actions/subscriber-ref.ts';
import { parseAddress } from '../../src/domain/address.ts';
import { tamper } from '../support/tampered-store.ts';
import { FIRST_ACCOUNT, MARKETING } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { fieldsOf, ledgerOf, makeLinks, open, send, statesOf } from './support/links.ts';
import { change, statusesOf, useServer } from './support/server.ts';

const YEAR_MS = 365 * 86_400_000;

onEveryEngine('a limit on evidence', (engine) => {
  let now = Date.parse('2026-01-31T10:00:00.000Z');
  const server = useServer(engine, { clock: () => now });
  const keep = async (keepEvidenceMonths: number | null) => {
    const { status, json } = await server().request('PATCH', '/optio/v1/account', { body: { keepEvidenceMonths } });
    assert.deepEqual([status, json.keepEvidenceMonths], [200, keepEvidenceMonths]);
  };
  const unsubscribeOnPage = async (address: string) => {
    const { unsubscribeSingleUrl: url } = await makeLinks(server(), address, { subscriptionId: MARKETING });
    await send(url, fieldsOf(await open(url), 'unsubscribe'), { 'user-agent': 'Lynx' });
  };
  const expire = async (): Promise<Expiry> => {
    const { account } = (await server().store.catalog.loadCatalog(FIRST_ACCOUNT))!;
    return expireEvidence(server().context, account);
  };

  test('drops what is older, tells of which events, and leaves what was chosen', async () => {
    const [old, young] = ['old@example.com', 'young@example.com'];
    const explained = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Asked for it at the fair.' };
    await server().post(statusesOf(old), change(explained));
    await unsubscribeOnPage(old);
    now += 2 * YEAR_MS;
    await unsubscribeOnPage(young);
    assert.deepEqual(await expire(), { contacts: 0, events: 0, passedOver: 0 }, 'for good, unless somebody says so');
    await keep(18);
    assert.deepEqual(await expire(), { contacts: 1, events: 1, passedOver: 0 });
    assert.deepEqual(await expire(), { contacts: 0, events: 0, passedOver: 0 });

    assert.deepEqual(
      (await ledgerOf(server(), old)).map(({ type, observed }) => [type, observed]),
      [
        ['STATUS_SET', null],
        ['STATUS_SET', null],
        ['EVIDENCE_EXPIRED', null],
      ],
    );
    assert.equal((await statesOf(server(), old))[MARKETING], 'UNSUBSCRIBED');
    const [tombstone, left, first] = (await server().get(`/optio/v1/subscribers/${old}/history`)).json.results;
    assert.deepEqual(
      [tombstone.type, tombstone.expiredVersions, tombstone.source, tombstone.changes],
      ['EVIDENCE_EXPIRED', [2], 'Retention', []],
    );
    assert.deepEqual([left.evidence, left.erased], [null, true]);
    assert.equal(first.legalBasisExplanation, 'Asked for it at the fair.');
    assert.equal((await ledgerOf(server(), young))[0]!.observed?.request.userAgent, 'Lynx');
    await keep(null);
  });

  test('is what the account says: whole months, or for good', async () => {
    for (const keepEvidenceMonths of [0, -1, 1.5, '12', 1_201]) {
      const answer = await server().request('PATCH', '/optio/v1/account', { body: { keepEvidenceMonths } });
      const [{ code, in: field }] = answer.json.errors;
      assert.deepEqual([answer.status, field], [400, 'keepEvidenceMonths'], code);
    }
  });

  test('is applied by servers in the background, who tell what came of it and of what went wrong', async () => {
    await unsubscribeOnPage('daily@example.com');
    now += YEAR_MS;
    await keep(1);
    const told: unknown[] = [];
    const failures: unknown[] = [];
    const listener = {
      expired: (accountId: number, { events }: Expiry) => void told.push([accountId, events > 0]),
      failed: (error: unknown) => void failures.push(error),
    };
    const retention = new Retention(server().context, listener);
    await retention.look();
    assert.deepEqual([told, failures], [[[FIRST_ACCOUNT, true]], []]);
    await retention.stop();

    const { store, ...context } = server().context;
    const broken = { ...store.catalog, listAccounts: () => Promise.reject(new Error('gone')) };
    const failing = new Retention({ ...context, store: { ...store, catalog: broken } as never }, listener);
    await failing.look();
    assert.deepEqual(failures.map(String), ['Error: gone']);
    await failing.stop();
    await keep(null);
  });

  test('passes a contact over whose ledger does not hold, and goes on with the others', async () => {
    for (const name of ['broken', 'whole']) await unsubscribeOnPage(`${name}@example.com`);
    now += YEAR_MS;
    await keep(1);
    const { accountId, subscriberKey } = refOf(FIRST_ACCOUNT, parseAddress('broken@example.com')!);
    const store = tamper(server().store, (real) => ({
      history: async (ref, limit) => (ref.subscriberKey === subscriberKey ? [] : real.history(ref, limit)),
    }));
    const { account } = (await store.catalog.loadCatalog(accountId))!;
    const expiry = await expireEvidence({ ...server().context, store }, account);
    assert.deepEqual(expiry, { contacts: 1, events: 1, passedOver: 1 });
    await keep(null);
  });
});
