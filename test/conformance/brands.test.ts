/**
 * Opt-outs of the account and of brands, how they combine and how they end: random requests in every version of the API,
 * against a model that knows nothing but the rules. After each of them every version tells the same story.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BRAND, BRAND_NEWS, FOREIGN_BRAND, MARKETING, SALES, SERVICE } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { type TestServer, useServer } from '../http/support/server.ts';

type State = 'NOT_SPECIFIED' | 'SUBSCRIBED' | 'UNSUBSCRIBED';
type Type = number;
/** null: the whole account. */
type Reach = number | null;

const BRAND_OF = new Map<Type, number>([
  [MARKETING, 0],
  [SERVICE, 0],
  [SALES, 0],
  [BRAND_NEWS, BRAND],
]);
const TYPES = [...BRAND_OF.keys()];
const REACHES: readonly Reach[] = [null, 0, BRAND];
const STATUS_VERSIONS = ['v4', '2026-03', '2026-09', '2025-09'] as const;
const V3_VERSIONS = ['v3', '2026-09', '2025-09'] as const;

interface Step {
  readonly kind: 'set' | 'set-in-batch' | 'opt-out' | 'opt-out-in-batch' | 'subscribe' | 'unsubscribe' | 'resubscribe';
  readonly version: number;
  readonly type: Type;
  readonly state: State;
  readonly reach: Reach;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(
      'set',
      'set-in-batch',
      'opt-out',
      'opt-out-in-batch',
      'subscribe',
      'unsubscribe',
      'resubscribe',
    ),
    version: fc.nat(11),
    type: fc.constantFrom(...TYPES),
    state: fc.constantFrom('NOT_SPECIFIED', 'SUBSCRIBED', 'UNSUBSCRIBED'),
    reach: fc.constantFrom(...REACHES),
  }),
  { minLength: 1, maxLength: 10 },
);

class Model {
  readonly #said = new Map<Type, State>();
  readonly #optOuts = new Set<Reach>();

  /** Whether the request is carried out. */
  take({ kind, type, state, reach }: Step): boolean {
    switch (kind) {
      case 'opt-out':
      case 'opt-out-in-batch':
        this.#optOuts.add(reach);
        return true;
      case 'set':
      case 'set-in-batch':
        return this.#set(type, state);
      case 'subscribe':
        return this.stateOf(type) === 'NOT_SPECIFIED' && this.#set(type, 'SUBSCRIBED');
      case 'unsubscribe':
        return this.stateOf(type) !== 'UNSUBSCRIBED' && this.#set(type, 'UNSUBSCRIBED');
      case 'resubscribe':
        return this.stateOf(type) !== 'SUBSCRIBED' && this.#set(type, 'SUBSCRIBED');
    }
  }

  stateOf(type: Type): State {
    return this.covering(type).length > 0 ? 'UNSUBSCRIBED' : (this.#said.get(type) ?? 'NOT_SPECIFIED');
  }

  covering(type: Type): Reach[] {
    return REACHES.filter((reach) => this.#optOuts.has(reach) && (reach === null || reach === BRAND_OF.get(type)));
  }

  get optOuts(): Reach[] {
    return REACHES.filter((reach) => this.#optOuts.has(reach));
  }

  #set(type: Type, state: State): boolean {
    const ending = this.covering(type);
    // It would quietly undo an opt-out.
    if (state === 'NOT_SPECIFIED' && ending.length > 0) return false;
    if (state === 'SUBSCRIBED') {
      const left = TYPES.filter((other) => this.covering(other).some((reach) => ending.includes(reach)));
      for (const reach of ending) this.#optOuts.delete(reach);
      for (const other of left) this.#said.set(other, 'UNSUBSCRIBED');
    }
    this.#said.set(type, state);
    return true;
  }
}

async function send({ request, post }: TestServer, step: Step, address: string): Promise<boolean> {
  const { kind, type, state, reach } = step;
  const versions =
    kind === 'resubscribe' ? V3_VERSIONS.slice(1) : kind.endsWith('subscribe') ? V3_VERSIONS : STATUS_VERSIONS;
  const base = `/communication-preferences/${versions[step.version % versions.length]}`;
  const statuses = `${base}/statuses/${encodeURIComponent(address)}`;
  const change = { subscriptionId: type, statusState: state, channel: 'EMAIL' };
  const reaching = `channel=EMAIL${reach === null ? '' : `&businessUnitId=${reach}`}`;
  switch (kind) {
    case 'set':
      return (await post(statuses, change)).status === 200;
    case 'set-in-batch': {
      const inputs = [{ ...change, subscriberIdString: address }];
      return (await post(`${base}/statuses/batch/write`, { inputs })).json.results.length === 1;
    }
    case 'opt-out':
      return (await request('POST', `${statuses}/unsubscribe-all?${reaching}`)).status === 200;
    case 'opt-out-in-batch':
      return (await post(`${base}/statuses/batch/unsubscribe-all?${reaching}`, { inputs: [address] })).status === 200;
    default:
      return (await post(`${base}/${kind}`, { emailAddress: address, subscriptionId: String(type) })).status === 200;
  }
}

/** What every version tells of the contact. */
async function hold({ get, post }: TestServer, model: Model, address: string): Promise<void> {
  const contact = encodeURIComponent(address);
  for (const version of STATUS_VERSIONS) {
    const statuses = `/communication-preferences/${version}/statuses`;
    const { json } = await get(`${statuses}/${contact}?channel=EMAIL`);
    assert.deepEqual(
      json.results.map((row: { subscriptionId: Type; status: State }) => [row.subscriptionId, row.status]),
      TYPES.map((type) => [type, model.stateOf(type)]),
    );
    const wide = await get(`${statuses}/${contact}/unsubscribe-all?channel=EMAIL`);
    assert.deepEqual(wide.json.results.map(reachOf), model.optOuts);
    const ofBrand = await post(`${statuses}/batch/unsubscribe-all/read?channel=EMAIL&businessUnitId=${BRAND}`, {
      inputs: [address],
    });
    assert.deepEqual(ofBrand.json.results[0].wideStatuses.map(reachOf), model.covering(BRAND_NEWS));
  }
  for (const version of V3_VERSIONS) {
    const { json } = await get(`/communication-preferences/${version}/status/email/${contact}`);
    for (const [index, row] of json.subscriptionStatuses.entries()) {
      const type = TYPES[index]!;
      assert.equal(row.status, model.stateOf(type) === 'SUBSCRIBED' ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED');
      assert.equal(row.brandId, BRAND_OF.get(type) || null);
      const reaches = model
        .covering(type)
        .map((reach) => (reach === null ? 'PORTAL_WIDE_STATUS' : 'BRAND_WIDE_STATUS'));
      // Where several words say the same, the latest is shown.
      assert.ok([...reaches, 'SUBSCRIPTION_STATUS'].includes(row.sourceOfStatus));
      if (reaches.length === 0) assert.equal(row.sourceOfStatus, 'SUBSCRIPTION_STATUS');
    }
  }
}

function reachOf(row: { wideStatusType: string; businessUnitId?: number }): Reach {
  assert.equal(row.wideStatusType === 'BUSINESS_UNIT_WIDE', row.businessUnitId !== undefined);
  return row.businessUnitId ?? null;
}

onEveryEngine('brands', (engine) => {
  const server = useServer(engine);
  let contacts = 0;

  test('opt-outs of the account and of brands combine and end by the rules, in every version', async () => {
    const each = fc.asyncProperty(steps, async (sequence) => {
      const address = `brands-${contacts++}@example.com`;
      const model = new Model();
      for (const step of sequence) {
        assert.equal(await send(server(), step, address), model.take(step), JSON.stringify(step));
        await hold(server(), model, address);
      }
    });
    await fc.assert(each, { numRuns: 30, seed: Date.now() % 2 ** 31 });
  });

  test('an opt-out is never shown as more than it was', async () => {
    const { get, post } = server();
    const address = 'brand-only@example.com';
    const base = '/communication-preferences/v4/statuses';
    await post(`${base}/batch/unsubscribe-all?channel=EMAIL&businessUnitId=${BRAND}`, { inputs: [address] });
    const { json } = await get(`/communication-preferences/v3/status/email/${encodeURIComponent(address)}`);
    const sources = json.subscriptionStatuses.map((row: { sourceOfStatus: string }) => row.sourceOfStatus);
    assert.deepEqual(sources, [...Array(3).fill('SUBSCRIPTION_STATUS'), 'BRAND_WIDE_STATUS']);
  });

  for (const version of STATUS_VERSIONS) {
    test(`${version}: a brand that the account does not have is a 400 that names it, and changes nothing`, async () => {
      const base = `/communication-preferences/${version}`;
      const address = 'stranger@example.com';
      const query = `?channel=EMAIL&businessUnitId=${FOREIGN_BRAND}`;
      const requests = [
        ['GET', `${base}/definitions?businessUnitId=${FOREIGN_BRAND}`],
        ['GET', `${base}/statuses/${address}${query}`],
        ['GET', `${base}/statuses/${address}/unsubscribe-all${query}`],
        ['POST', `${base}/statuses/${address}/unsubscribe-all${query}`],
        ['POST', `${base}/statuses/batch/read${query}`],
        ['POST', `${base}/statuses/batch/unsubscribe-all${query}`],
        ['POST', `${base}/statuses/batch/unsubscribe-all/read${query}`],
      ] as const;
      for (const [method, path] of requests) {
        const body = path.includes('/batch/') ? { body: { inputs: [address] } } : {};
        const { status, json } = await server().request(method, path, body);
        assert.deepEqual([status, json.errors[0].code], [400, 'BUSINESS_UNIT_UNKNOWN'], path);
        assert.match(json.message, new RegExp(`"businessUnitId" was ${FOREIGN_BRAND}`));
      }
      const { json } = await server().get(`${base}/statuses/${address}/unsubscribe-all?channel=EMAIL`);
      assert.deepEqual(json.results, []);
    });
  }
});
