import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SALES, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { useServer, V4 } from './support/server.ts';

onEveryEngine('definitions', (engine) => {
  const server = useServer(engine);

  test('all of them in the order they were created, inactive ones too', async () => {
    const { status, json } = await server().get(`${V4}/definitions`);
    assert.equal(status, 200);
    const ids = json.results.map(({ id }: { id: string }) => id);
    assert.deepEqual(ids, [MARKETING, SERVICE, SALES, INACTIVE, BRAND_NEWS].map(String));
    assert.equal(json.results[3].isActive, false);
  });

  test('the three defaults, in the fields and the order of the API', async () => {
    const { text, json } = await server().get(`${V4}/definitions`);
    const at = '"createdAt":"2026-01-02T03:04:05.006Z","updatedAt":"2026-01-02T03:04:05.006Z"';
    const opening = `{"status":"COMPLETE","results":[{"id":"${MARKETING}","businessUnitId":0,"name":"Marketing Information","description":"Marketing offers and updates.","purpose":"Marketing","communicationMethod":"Email","isActive":true,"isDefault":true,"isInternal":false,${at}},`;
    assert.equal(text.slice(0, opening.length), opening);
    assert.match(text, /\],"startedAt":"[^"]+Z","completedAt":"[^"]+Z"\}$/);
    assert.deepEqual(
      json.results
        .slice(0, 3)
        .map((row: { name: string; purpose: string; isInternal: boolean }) => [row.name, row.purpose, row.isInternal]),
      [
        ['Marketing Information', 'Marketing', false],
        ['Customer Service Communication', 'Service', true],
        ['One to One', 'Sales', true],
      ],
    );
  });

  test("one brand's only; brand 0 is the account's own", async () => {
    const brand = await server().get(`${V4}/definitions?businessUnitId=${BRAND}`);
    assert.deepEqual(
      brand.json.results.map(({ id }: { id: string }) => id),
      [String(BRAND_NEWS)],
    );
    const own = await server().get(`${V4}/definitions?businessUnitId=0`);
    assert.equal(own.json.results.length, 4);
  });

  test('translations only where they are asked for', async () => {
    const path = `${V4}/definitions?businessUnitId=${BRAND}`;
    for (const without of [path, `${path}&includeTranslations=false`]) {
      assert.equal('subscriptionTranslations' in (await server().get(without)).json.results[0], false);
    }
    const { text } = await server().get(`${path}&includeTranslations=true`);
    const createdAt = Date.parse('2026-01-02T03:04:05.006Z');
    assert.ok(
      text.includes(
        `"subscriptionTranslations":[{"subscriptionId":${BRAND_NEWS},"languageCode":"de","name":"Neues von der Marke","description":"Was die Marke Neues hat.","createdAt":${createdAt},"updatedAt":${createdAt + 1}}]}`,
      ),
      text,
    );
    const all = await server().get(`${V4}/definitions?includeTranslations=true`);
    assert.deepEqual(all.json.results[0].subscriptionTranslations, []);
  });

  test('unknown query parameters are ignored', async () => {
    assert.equal((await server().get(`${V4}/definitions?x=1&x=2`)).status, 200);
  });
});
