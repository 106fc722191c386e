/** After an erasure a search of every file of the database, and of every line of the logs, finds nothing of the contact. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fieldsOf, open, send } from './http/support/links.ts';
import { query } from './support/database.ts';
import { findFreePort } from './support/free-port.ts';
import { endOfSuite, makeFolder, OptioServer, runOptio } from './support/optio-process.ts';
import { startPostgres } from './support/postgres.ts';

const ADDRESS = 'Zoe.Quastenflosser@example.com';
const EXPLANATION = 'told it next to the onion stall';
const BROWSER = 'Onionskin/1.0';
const CONSENT = 'Yes, do send me the onion post.';
/** What is searched for, in any case. */
const TRACES = ['quastenflosser', EXPLANATION, BROWSER, CONSENT].map((trace) => trace.toLowerCase());

const V4 = '/communication-preferences/v4';
const CROWD = 1_500;

/** Which traces the files below `folder` hold, by their names. */
async function search(folder: string, isSearched = (_name: string) => true): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isSearched(path)) continue;
    // A file may go away while others are read: then it holds nothing.
    const text = await readFile(path, 'latin1').then(
      (octets) => octets.toLowerCase(),
      () => '',
    );
    for (const trace of TRACES) if (text.includes(trace)) found.push(`${trace} in ${path.slice(folder.length)}`);
  }
  return found;
}

/** A contact that left something everywhere, in the middle of many others whose rows grow and move. */
async function leaveTraces(server: OptioServer): Promise<void> {
  const { body: definitions } = await server.request('GET', `${V4}/definitions`);
  const types: number[] = definitions.results.map(({ id }: { id: string }) => Number(id));
  const request = async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await server.request(method, path, { body, headers });
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return answer.body;
  };
  /** What is kept for repeats holds the contact, too. */
  const withKey = () => ({ 'idempotency-key': randomUUID() });
  const say = (fields: object) => ({ channel: 'EMAIL', statusState: 'SUBSCRIBED', ...fields });
  const evidence = (text: string) => ({ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: text });
  const crowd = async (from: number, to: number, subscriptionId: number) => {
    for (let first = from; first < to; first += 100) {
      const inputs = Array.from({ length: Math.min(100, to - first) }, (_, index) => {
        const subscriberIdString = `somebody${first + index}@example.org`;
        return say({ subscriberIdString, subscriptionId, ...evidence('said so by phone') });
      });
      await request('POST', `${V4}/statuses/batch/write`, { inputs });
    }
  };
  const zoe = `${V4}/statuses/${encodeURIComponent(ADDRESS)}`;
  await crowd(0, CROWD / 2, types[0]!);
  for (const subscriptionId of types) {
    await request('POST', zoe, say({ subscriptionId, ...evidence(EXPLANATION) }), withKey());
  }
  await crowd(CROWD / 2, CROWD, types[0]!);
  const { managePreferencesUrl: url } = await request('POST', `${V4}/links/generate?channel=EMAIL`, {
    subscriberIdString: ADDRESS,
  });
  await send(url, fieldsOf(await open(url), 'everything'), { 'user-agent': BROWSER });
  const signUp = { subscriberIdString: ADDRESS, subscriptionIds: [types.at(0)], consent: { text: CONSENT } };
  await request('POST', '/optio/v1/signups', signUp, withKey());
  // Rows that grow, and pages that are split: what moved leaves copies where it was.
  for (const type of types) await crowd(0, CROWD, type);
}

/** Settings with which sign-ups are taken, and their messages wait for ever. */
async function deadMailServer(): Promise<Record<string, string>> {
  return { OPTIO_SMTP_URL: `smtp://127.0.0.1:${await findFreePort()}`, OPTIO_MAIL_FROM: 'news@acme.example' };
}

async function erase(server: OptioServer): Promise<void> {
  const path = `/optio/v1/subscribers/${encodeURIComponent(ADDRESS)}?reason=by%20letter`;
  assert.equal((await server.request('DELETE', path, { headers: { 'idempotency-key': 'erase' } })).status, 204);
}

/** What a person with a database client, or the log, is told. */
function assertSilent(texts: readonly string[]): void {
  for (const text of texts) for (const trace of TRACES) assert.ok(!text.toLowerCase().includes(trace), text);
}

describe('the files and the log after an erasure', () => {
  const suite = endOfSuite();

  test('SQLite: the file, its write-ahead log and its index, while the server runs and after', async (t) => {
    const cwd = await makeFolder(t);
    const env = await deadMailServer();
    const server = await OptioServer.start(suite, { cwd, env, args: ['--log-level', 'trace'] });
    await leaveTraces(server);
    assert.ok((await search(cwd)).length >= TRACES.length);
    await erase(server);
    assert.deepEqual(await search(cwd, (path) => /-(?:wal|shm)$/.test(path)), []);

    const purged = await runOptio(['purge'], { cwd });
    assert.deepEqual([purged.code, purged.stderr], [0, '']);
    assert.match(purged.stdout, /^sqlite:\S+ holds nothing of what was erased or replaced\.\n$/);
    assert.deepEqual(await search(cwd), []);

    assert.equal((await server.request('GET', '/optio/v1/account')).status, 200);
    const { stdout, stderr } = await server.stop();
    assertSilent([stdout, stderr]);
    assert.deepEqual(await search(cwd), []);
  });

  test('PostgreSQL: the data directory, with its own write-ahead log where the server recycles none of it', async (t) => {
    const folder = await makeFolder(t);
    const postgres = await startPostgres({ folder });
    t.after(() => postgres.stop());
    await query(postgres.url, 'ALTER SYSTEM SET wal_recycle = off');
    await query(postgres.url, 'SELECT pg_reload_conf()');
    const cwd = await makeFolder(t);
    const env = { ...(await deadMailServer()), OPTIO_DATABASE_URL: postgres.url };
    const server = await OptioServer.start(suite, { cwd, env, args: ['--log-level', 'trace'] });
    await leaveTraces(server);
    // Statistics hold samples of what the columns hold.
    await query(postgres.url, 'ALTER TABLE subscriber ALTER COLUMN address SET STATISTICS 10000');
    await query(postgres.url, 'ANALYZE');
    await query(postgres.url, 'CHECKPOINT');
    const data = join(folder, 'data');
    const isTable = (path: string) => !path.includes('/pg_wal/');
    assert.ok((await search(data, isTable)).length >= TRACES.length);
    await erase(server);

    const purged = await runOptio(['purge'], { cwd, env });
    assert.deepEqual([purged.code, purged.stderr], [0, '']);
    assert.deepEqual(await search(data, isTable), []);
    await query(postgres.url, 'SELECT pg_switch_wal()');
    await query(postgres.url, 'CHECKPOINT');
    assert.deepEqual(await search(data), []);

    assert.equal((await server.request('GET', '/optio/v1/account')).status, 200);
    const { stdout, stderr } = await server.stop();
    assertSilent([stdout, stderr]);
  });
});
