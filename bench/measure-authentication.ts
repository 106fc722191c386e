/**
 * What it costs to know who is asking, in processor time: a token of a trusted issuer against a private token, the same
 * requests, in turn.
 * `node bench/measure-authentication.ts` prints a table for docs/issuers.md.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { authenticate, authenticateKnown } from '../src/actions/authenticate.ts';
import { bootstrap } from '../src/actions/bootstrap.ts';
import { createContext, stopContext } from '../src/actions/create-context.ts';
import { managementOf } from '../src/actions/manage-outcome.ts';
import { readIssuers } from '../src/config/read-issuers.ts';
import { listen } from '../src/http/listen.ts';
import { buildServer } from '../src/http/server.ts';
import { openIssuers } from '../src/issuers/open-issuers.ts';
import { openStore } from '../src/storage/open-store.ts';
import { rotated } from './rounds.ts';
import { ratioOf, type Spread, spreadOf } from './statistics.ts';
import { table } from './table.ts';

/** None of the bench's tokens is limited to networks, so nobody asks. */
const CALLER = { callerAddress: null };

const ROUNDS = 21;
const ROUND_SECONDS = 1;
const CONNECTIONS = 64;
/** Each shown once a round, as a text that was not seen before: so they come from the wire. */
const COPIES = 50_000;
const AUDIENCE = 'https://optio.example.com';
const PRIVATE_TOKEN = `pat-opt1-${randomUUID()}`;

const { privateKey, publicKey } = await generateKeyPair('RS256');
const publisher = createServer(({ url }, response) => {
  const keys = { keys: [{ ...jwk, kid: 'bench', alg: 'RS256' }] };
  response.end(JSON.stringify(url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
}).listen(0, '127.0.0.1');
await once(publisher, 'listening');
const jwk = await exportJWK(publicKey);
const issuer = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}`;

const store = await openStore('sqlite::memory:');
await store.migrate();
await bootstrap(managementOf(store), PRIVATE_TOKEN);
const [account] = await store.catalog.listAccounts();
const [app] = await store.catalog.listApps(account!.id);
const trusted = readIssuers(JSON.stringify({ issuer, audience: AUDIENCE, account: account!.id, app: app!.id }));
if (trusted.kind === 'refused') throw new Error(trusted.because);
const issuers = openIssuers(trusted.issuers, { failed: (_, why) => console.error(why), answered: () => {} });
const context = await createContext(store, { issuers });
const server = await buildServer(context, { logger: false });
const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;

const issued = await issue();
/** A private token as it is, and with as much more of another header as the issued token is longer: that costs too. */
const contenders = {
  'private token': { token: PRIVATE_TOKEN, headers: {} },
  'private token, as many bytes': {
    token: PRIVATE_TOKEN,
    headers: { 'x-nothing': 'x'.repeat(issued.length - PRIVATE_TOKEN.length) },
  },
  'issued token': { token: issued, headers: {} },
};
type Name = keyof typeof contenders;
const names = Object.keys(contenders) as Name[];

/** Of the size that identity providers make them. */
async function issue(): Promise<string> {
  const claims = {
    scope: 'communication_preferences.read_write',
    client_id: randomUUID(),
    sub: randomUUID(),
    sid: randomUUID(),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1h')
    .setJti(randomUUID())
    .sign(privateKey);
}

/** Nanoseconds to find out who shows a token that was shown before. */
function timeKnown(token: string): number {
  const bytes = Buffer.from(token);
  const copies = Array.from({ length: COPIES }, () => bytes.toString('latin1'));
  const before = process.cpuUsage();
  for (const copy of copies)
    if (authenticateKnown(context, copy, CALLER) === null) throw new Error('The token is not known');
  return (usedSince(before) * 1e3) / COPIES;
}

/** Microseconds to verify a token that was never shown. */
async function timeFirst(): Promise<number> {
  const fresh = await Promise.all(Array.from({ length: 500 }, issue));
  const before = process.cpuUsage();
  for (const token of fresh) await authenticate(context, token, CALLER);
  return usedSince(before) / fresh.length;
}

/** Microseconds a request, of the cheapest request there is, for the server and the load generator together. */
async function timeRequest(name: Name): Promise<number> {
  const { token, headers } = contenders[name];
  const before = process.cpuUsage();
  const { requests, non2xx, errors } = await autocannon({
    url: `${url}/communication-preferences/v4/definitions`,
    connections: CONNECTIONS,
    duration: ROUND_SECONDS,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers were not 2xx, ${errors} requests not answered`);
  return usedSince(before) / requests.total;
}

/** Microseconds of processor time: others who use the machine do not count. */
function usedSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const findings = (): Record<Name, number[]> => ({
  'private token': [],
  'private token, as many bytes': [],
  'issued token': [],
});
const known = findings();
const requests = findings();
const firsts: number[] = [];
for (const name of names) {
  const { token } = contenders[name];
  await authenticate(context, token, CALLER);
  timeKnown(token);
  await timeRequest(name);
}
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of rotated(names, round)) known[name].push(timeKnown(contenders[name].token));
  firsts.push(await timeFirst());
}
// Apart, so that nobody's requests clear away what the copies of a long token left in memory.
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of rotated(names, round)) requests[name].push(await timeRequest(name));
}

const shown = ({ median, lowest, highest }: Spread, unit: string, digits = 0) =>
  `${median.toFixed(digits)}${unit} (${lowest.toFixed(digits)}-${highest.toFixed(digits)})`;
const row = (what: string, found: Record<Name, number[]>, unit: string) => [
  what,
  ...names.map((name) => shown(spreadOf(found[name]), unit)),
  shown(ratioOf(found['issued token'], found['private token, as many bytes']), '', 2),
];
console.log(
  table(
    [
      { title: 'processor time' },
      ...names.map((title) => ({ title, align: 'right' as const })),
      { title: 'the last two', align: 'right' },
    ],
    [
      row('who is asking, of a token that is known', known, ' ns'),
      row(`a whole request, with ${CONNECTIONS} connections`, requests, ' µs'),
      ['who is asking, the first time', '', '', shown(spreadOf(firsts), ' µs'), ''],
    ],
  ),
);

await server.close();
stopContext(context);
await store.close();
publisher.closeAllConnections();
publisher.close();
