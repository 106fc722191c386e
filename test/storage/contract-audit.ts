/** Reading the whole ledger as of one moment, and finding in it what somebody altered. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { verifyContact } from '../../src/actions/verify-contact.ts';
import { type Broken, type Verdict, verifyLedger } from '../../src/actions/verify-ledger.ts';
import { compareRefs, type Store } from '../../src/storage/port.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { seededRandom } from '../torture/seeded-random.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { firstChange, nextAccountId } from './samples.ts';

export function auditContract(openFresh: OpenFresh): void {
  async function withLedger(work: (fresh: FreshDatabase, sample: SampleLedger) => Promise<void>): Promise<void> {
    const fresh = await openFresh();
    try {
      await fresh.store.migrate();
      await work(fresh, await fillWithLedger(fresh.store, seededRandom(2, 'audit')));
    } finally {
      await fresh.drop();
    }
  }

  it('reads all events by contact and by id, all rows, and what was sealed', () =>
    withLedger(async ({ store }, { contacts, checkpoints }) => {
      const inOrder = contacts.toSorted((a, b) => compareRefs(a.ref, b.ref));
      const stored = ({ personal, ...event }: SampleLedger['contacts'][number]['events'][number]) => ({
        ...event,
        personal: personal && JSON.stringify(personal),
        isMalformed: false,
      });
      const byContact = inOrder.flatMap(({ events }) => events.map(stored));
      const byId = byContact.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
      await store.audit(async (audit) => {
        assert.deepEqual(await all(audit.eventsByContact()), byContact);
        assert.deepEqual(await all(audit.events()), byId);
        assert.deepEqual(
          await all(audit.eventHashes()),
          byId.map(({ eventId, hash }) => ({ eventId, hash })),
        );
        assert.deepEqual(
          (await all(audit.contacts())).map((row) => [row.address, row.version, row.document, row.isMalformed]),
          inOrder.map(({ address, state }) => [address, state.version, audit.documentOf(state.preferences), false]),
        );
        assert.equal((await audit.checkpoints()).length, 2);
        assert.deepEqual(
          (await all(audit.tiles())).map(({ lastEventId }) => lastEventId),
          [byId[255]!.eventId],
        );
        assert.equal(await audit.closedThrough(), checkpoints[1]!.closedThrough);
      });
    }));

  it('reads one contact, and verifies it by its links and the last checkpoint', (t) =>
    withLedger(async ({ store, select }, { contacts, checkpoints }) => {
      const sealedOf = (contact: SampleLedger['contacts'][number]) =>
        contact.events.filter(({ eventId }) => eventId <= checkpoints[1]!.closedThrough).length;
      for (const contact of contacts) {
        const verdict = await store.audit((audit) => verifyContact(store, audit, contact.ref));
        const [events, sealedEvents] = [contact.events.length, sealedOf(contact)];
        const checkpoints = Math.min(1, sealedEvents);
        assert.deepEqual(verdict, { contacts: 1, events, checkpoints, sealedEvents, brokenCount: 0, broken: [] });
      }
      const stranger = { ...contacts[0]!.ref, accountId: 99 };
      assert.equal(await store.audit((audit) => verifyContact(store, audit, stranger)), null);
      if (!select) return t.diagnostic('nobody else can look into this database');
      await select('DELETE FROM ledger_tile');
      const { ref } = contacts.find((contact) => sealedOf(contact) > 0)!;
      const altered = await store.audit((audit) => verifyContact(store, audit, ref));
      assert.ok(altered);
      assert.ok(altered.broken.every(({ problem }) => problem === 'not-as-sealed'));
      assert.ok(altered.brokenCount > 0);
    }));

  it('is as of one moment, whatever is written meanwhile', (t) =>
    withLedger(async ({ store, isShared }) => {
      if (!isShared) return t.skip('this database has one connection only');
      const { events, brokenCount } = await store.audit(async (audit) => {
        const pages = audit.contacts()[Symbol.asyncIterator]();
        await pages.next();
        await store.subscribers.commit([firstChange(nextAccountId(), 'late@example.com')]);
        return verifyLedger(audit, quietly());
      });
      assert.deepEqual([events, brokenCount], [320, 0]);
    }));

  const alterations: Record<string, { sql: (eventId: string) => string; finds: Broken['problem'][] }> = {
    'an event says something else': {
      sql: (id) => `UPDATE event SET body = replace(body, 'EMAIL', 'email') WHERE event_id = ${id}`,
      finds: ['wrong-hash'],
    },
    'an event is dropped': {
      sql: (id) => `DELETE FROM event WHERE event_id = ${id}`,
      finds: ['wrong-size', 'wrong-events', 'version-gap'],
    },
    'the horizon is moved back': {
      sql: () => 'UPDATE ledger_horizon SET closed_through = NULL',
      finds: ['horizon-moved-back'],
    },
    'a tile is dropped': { sql: () => 'DELETE FROM ledger_tile', finds: ['missing'] },
  };
  for (const [what, { sql, finds }] of Object.entries(alterations)) {
    it(`finds that ${what}`, (t) =>
      withLedger(async ({ store, select }, { contacts }) => {
        if (!select) return t.skip('nobody else can look into this database');
        const isPostgres = (await store.describe()).startsWith('PostgreSQL');
        const { eventId } = contacts.find(({ events }) => events.length > 2)!.events[0]!;
        const id = isPostgres ? `'${eventId}'` : `x'${eventId.replaceAll('-', '')}'`;
        const text = sql(id);
        await select(
          isPostgres ? text.replace('replace(body', 'replace(body::text').replace("'email')", "'email')::json") : text,
        );
        const { broken } = await verify(store);
        assert.deepEqual(
          broken.map(({ problem }) => problem),
          finds,
        );
      }));
  }
}

function quietly() {
  return { published: [], listed: 100, told: () => {} };
}

function verify(store: Store): Promise<Verdict> {
  return store.audit((audit) => verifyLedger(audit, quietly()));
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
