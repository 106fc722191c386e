import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, FIRST_APP, INACTIVE, MARKETING, SALES, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { change, countEvents, statusesOf, useServer } from './support/server.ts';

const SOURCE = `Public status API, App ID:${FIRST_APP}`;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

onEveryEngine("one contact's statuses", (engine) => {
  const server = useServer(engine);

  test('nobody knows the contact: every active type, NOT_SPECIFIED since the definition was made', async () => {
    const { status, text } = await server().get(
      `${statusesOf('nobody@example.com')}?channel=EMAIL&businessUnitId=${BRAND}`,
    );
    assert.equal(status, 200);
    const rows = `[{"businessUnitId":${BRAND},"channel":"EMAIL","subscriberIdString":"nobody@example.com","subscriptionId":${BRAND_NEWS},"subscriptionName":"Brand news","status":"NOT_SPECIFIED","source":"Not specified","legalBasis":null,"legalBasisExplanation":null,"setStatusSuccessReason":null,"timestamp":"2026-01-02T03:04:05.006Z"}]`;
    assert.ok(text.startsWith(`{"status":"COMPLETE","results":${rows},"startedAt":"`), text);
  });

  test('all active types, and no inactive one; a read stores nothing', async () => {
    const before = await countEvents(server().store);
    const { json } = await server().get(`${statusesOf('nobody@example.com')}?channel=EMAIL`);
    assert.deepEqual(ids(json.results), [MARKETING, SERVICE, SALES, BRAND_NEWS]);
    assert.equal(await countEvents(server().store), before);
  });

  test('a write is answered with the row as it stands, and read back so', async () => {
    const sentAt = Date.now();
    const explanation = 'Asked by phone to come back. "Ja", sagte sie – 😀';
    const body = change({ legalBasis: 'LEGITIMATE_INTEREST_OTHER', legalBasisExplanation: explanation });
    const written = await server().post(statusesOf('Ada@Example.com'), body);
    const [row] = written.json.results;
    assert.equal(
      written.text,
      `{"status":"COMPLETE","results":[{"businessUnitId":0,"channel":"EMAIL","subscriberIdString":"ada@example.com","subscriptionId":${MARKETING},"subscriptionName":"Marketing Information","status":"SUBSCRIBED","source":"${SOURCE}","legalBasis":"LEGITIMATE_INTEREST_OTHER","legalBasisExplanation":${JSON.stringify(explanation)},"setStatusSuccessReason":"REQUESTED_CHANGE_OCCURRED","timestamp":"${row.timestamp}"}],"startedAt":"${written.json.startedAt}","completedAt":"${written.json.completedAt}"}`,
    );
    for (const instant of [row.timestamp, written.json.startedAt, written.json.completedAt])
      assert.match(instant, INSTANT);
    assert.ok(Date.parse(written.json.startedAt) >= sentAt);
    assert.ok(written.json.completedAt >= written.json.startedAt);

    const read = await server().get(`${statusesOf('ada@example.com')}?channel=EMAIL`);
    assert.deepEqual(read.json.results[0], { ...row, setStatusSuccessReason: null });
  });

  test('the reasons: change, no change, resubscription; new evidence moves the timestamp, the same does not', async () => {
    const path = statusesOf('reasons@example.com');
    const write = async (fields: Record<string, unknown>) =>
      (await server().post(path, change(fields))).json.results[0];
    const first = await write({ statusState: 'SUBSCRIBED' });
    const same = await write({ statusState: 'SUBSCRIBED' });
    const evidence = await write({ statusState: 'SUBSCRIBED', legalBasis: 'NON_GDPR' });
    const out = await write({ statusState: 'UNSUBSCRIBED' });
    const back = await write({ statusState: 'SUBSCRIBED' });
    const cleared = await write({ statusState: 'NOT_SPECIFIED' });
    assert.deepEqual(
      [first, same, evidence, out, back, cleared].map((row) => row.setStatusSuccessReason),
      [
        'REQUESTED_CHANGE_OCCURRED',
        'NO_STATUS_CHANGE',
        'NO_STATUS_CHANGE',
        'REQUESTED_CHANGE_OCCURRED',
        'RESUBSCRIBE_OCCURRED',
        'REQUESTED_CHANGE_OCCURRED',
      ],
    );
    assert.equal(same.timestamp, first.timestamp);
    assert.ok(evidence.timestamp > same.timestamp);
    assert.equal(evidence.legalBasis, 'NON_GDPR');
  });

  test('null is as good as absent, digits as good as a number, unknown fields are nothing', async () => {
    const body = change({
      subscriptionId: String(MARKETING),
      legalBasis: null,
      legalBasisExplanation: null,
      extra: { deep: ['\u0000'] },
    });
    const { status, json } = await server().post(statusesOf('null@example.com'), body);
    assert.equal(status, 200);
    assert.equal(json.results[0].subscriptionId, MARKETING);
    assert.equal(json.results[0].legalBasis, null);
  });

  test('a key twice: the last one counts; __proto__ does no harm', async () => {
    const text = `{"statusState":"SUBSCRIBED","__proto__":{"legalBasis":"NON_GDPR","polluted":1},"constructor":{"prototype":{"polluted":1}},"subscriptionId":${MARKETING},"channel":"EMAIL","statusState":"UNSUBSCRIBED"}`;
    const { json } = await server().post(statusesOf('twice@example.com'), text);
    assert.equal(json.results[0].status, 'UNSUBSCRIBED');
    assert.equal(json.results[0].legalBasis, null);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  test('a byte order mark before the body is no fault', async () => {
    const { status } = await server().post(statusesOf('bom@example.com'), `\ufeff${JSON.stringify(change())}`);
    assert.equal(status, 200);
  });

  test('4 096 characters of explanation, counted as characters, come back as they were', async () => {
    const legalBasisExplanation = '😀'.repeat(4_096);
    const path = statusesOf('long@example.com');
    assert.equal((await server().post(path, change({ legalBasisExplanation }))).status, 200);
    const read = await server().get(`${path}?channel=EMAIL`);
    assert.equal(read.json.results[0].legalBasisExplanation, legalBasisExplanation);
  });

  test("an inactive type cannot be set, and another brand's row is left out where a brand is asked for", async () => {
    const refused = await server().post(statusesOf('x@example.com'), change({ subscriptionId: INACTIVE }));
    assert.equal(refused.status, 400);
    const own = await server().get(`${statusesOf('x@example.com')}?channel=EMAIL&businessUnitId=0`);
    assert.deepEqual(ids(own.json.results), [MARKETING, SERVICE, SALES]);
  });
});

onEveryEngine('with the data privacy settings on', (engine) => {
  const server = useServer(engine, { dataPrivacy: true });

  test('evidence is needed to subscribe, never to unsubscribe', async () => {
    const path = statusesOf('privacy@example.com');
    const refused = await server().post(path, change({ legalBasis: 'NON_GDPR', legalBasisExplanation: '  ' }));
    assert.equal(refused.status, 400);
    assert.equal(refused.json.errors[0].code, 'LEGAL_BASIS_REQUIRED');
    assert.match(
      refused.json.message,
      /^Missing: "legalBasisExplanation"\. This account's data privacy settings are on/,
    );
    assert.equal(await countEvents(server().store), 0);
    assert.equal((await server().post(path, change({ statusState: 'UNSUBSCRIBED' }))).status, 200);
    const complete = change({ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Ticked the box.' });
    assert.equal((await server().post(path, complete)).status, 200);
  });
});

function ids(rows: { subscriptionId: number }[]): number[] {
  return rows.map(({ subscriptionId }) => subscriptionId);
}
