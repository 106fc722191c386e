/** The views `status` and `opt_out`, for people who ask with SQL. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LEGAL_BASES, type Preferences, type RecordedStatus, STATES } from '../../src/domain/preferences.ts';
import type { OpenFresh } from './contract.ts';
import { AWKWARD_TEXT, firstChange } from './samples.ts';

/** Every state with every legal basis and none, both kinds of source, and an explanation without a basis. */
function everyKindOfStatus(): RecordedStatus[] {
  const statuses: RecordedStatus[] = [];
  for (const state of STATES) {
    for (const legalBasis of [...LEGAL_BASES, null]) {
      const subscriptionId = statuses.length + 1;
      const source = subscriptionId % 2 === 0 ? `Public status API, App ID:${subscriptionId}` : AWKWARD_TEXT;
      const legalBasisExplanation = subscriptionId % 3 === 0 ? null : AWKWARD_TEXT;
      const occurredAt = 1_700_000_000_000 + subscriptionId;
      statuses.push({ subscriptionId, state, legalBasis, legalBasisExplanation, source, occurredAt });
    }
  }
  return statuses;
}

export function viewContract(openFresh: OpenFresh): void {
  it('unfold the document into one row a type and one row an opt-out', async (t) => {
    const fresh = await openFresh();
    try {
      if (!fresh.select) return t.skip('nobody else can look into this database');
      await fresh.store.migrate();
      const statuses = everyKindOfStatus();
      const optOuts = [
        { businessUnitId: null, source: 'Preference page', occurredAt: 1_700_000_001_007 },
        { businessUnitId: 5, source: 'Public status API, App ID:12', occurredAt: 1_700_000_001_008 },
      ];
      const change = firstChange(1, 'viewed@example.com');
      const preferences: Preferences = { EMAIL: { statuses, optOuts } };
      const silent = firstChange(1, 'silent@example.com');
      await fresh.store.subscribers.commit([
        { ...change, state: { ...change.state, preferences } },
        { ...silent, state: { ...silent.state, preferences: {} } },
      ]);

      const statusRows = await fresh.select('SELECT * FROM status ORDER BY subscription_id');
      assert.deepEqual(
        statusRows.map((row) => ({
          subscriptionId: row.subscription_id,
          state: row.state,
          legalBasis: row.legal_basis,
          legalBasisExplanation: row.legal_basis_explanation,
          source: row.source,
          occurredAt: new Date(row.occurred_at as string | Date).getTime(),
        })),
        statuses,
      );
      assert.deepEqual(statusRows[0], {
        ...statusRows[0],
        address: 'viewed@example.com',
        account_id: 1,
        channel: 'EMAIL',
      });

      const optOutRows = await fresh.select('SELECT * FROM opt_out ORDER BY occurred_at');
      assert.deepEqual(
        optOutRows.map((row) => ({
          businessUnitId: row.business_unit_id,
          source: row.source,
          occurredAt: new Date(row.occurred_at as string | Date).getTime(),
        })),
        optOuts,
      );
    } finally {
      await fresh.drop();
    }
  });
}
