/**
 * What it costs to know who is asking, in processor time of this process: each kind of token that was shown before, by
 * itself and as part of the cheapest request there is, with the load generator's share.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { authenticate, authenticateKnown } from '../src/actions/authenticate.ts';
import { bootstrap } from '../src/actions/bootstrap.ts';
import type { Context } from '../src/actions/context.ts';
import { createContext, stopContext } from '../src/actions/create-context.ts';
import { hashSecret } from '../src/actions/hash-secret.ts';
import { managementOf } from '../src/actions/manage-outcome.ts';
import { readIssuers } from '../src/config/read-issuers.ts';
import type { App } from '../src/domain/catalog.ts';
import { listen } from '../src/http/listen.ts';
import { buildServer } from '../src/http/server.ts';
import { openIssuers } from '../src/issuers/open-issuers.ts';
import { openStore } from '../src/storage/open-store.ts';
import type { Store } from '../src/storage/port.ts';
import type { Bench, Findings } from './bench.ts';
import { CREDENTIALS, type CredentialKind, figureId } from './figure-ids.ts';
import { LoadFailed } from './load-generators/load-generator.ts';
import { type Cell, measureInRounds, type Sample } from './rounds.ts';
import { COMPARED_AT } from './scale.ts';

/** None of the bench's tokens is limited to networks, so nobody asks. */
const CALLER = { callerAddress: null };
/** Each shown once a round, as a text that was not seen before: so they come from the wire. */
const COPIES = 50_000;
const AUDIENCE = 'https://optio.example.com';
const SCOPE = 'communication_preferences.read_write';
const HOUR_MS = 3_600_000;

export async function measureAuthentication({ scale, progress }: Bench): Promise<Findings> {
  const issuer = await Issuer.start();
  const asked = await AskedServer.start(issuer);
  const cells = CREDENTIALS.map((kind): Cell => ({ name: kind, measure: () => asked.measure(kind, scale.windowMs) }));
  const known = [{ title: `who is asking, ${COMPARED_AT} connections`, cells }];
  for (const kind of CREDENTIALS) await asked.measure(kind, scale.warmUpMs);
  const samples = await measureInRounds(known, scale.rounds, progress);
  await asked.stop();
  issuer.stop();
  return { samples, memory: [], starts: [], opponents: [], versions: [] };
}

/** A server in this process, and a token of each kind that it takes. */
class AskedServer {
  readonly #store: Store;
  readonly #context: Context;
  readonly #url: string;
  readonly #close: () => Promise<void>;
  readonly #tokens: Readonly<Record<CredentialKind, string>>;
  /** How often the store was asked for a token. */
  readonly #looked: { count: number };

  private constructor(
    store: Store,
    context: Context,
    { url, close }: { url: string; close: () => Promise<void> },
    tokens: Readonly<Record<CredentialKind, string>>,
    looked: { count: number },
  ) {
    this.#store = store;
    this.#context = context;
    this.#url = url;
    this.#close = close;
    this.#tokens = tokens;
    this.#looked = looked;
  }

  static async start(issuer: Issuer): Promise<AskedServer> {
    const store = await openStore('sqlite::memory:');
    await store.migrate();
    const privateToken = `pat-opt1-${randomUUID()}`;
    await bootstrap(managementOf(store), privateToken);
    const [account] = await store.catalog.listAccounts();
    const [app] = await store.catalog.listApps(account!.id);
    const accessToken = await installed(store, account!.id, app!);
    const looked = countLookUps(store);
    const context = await createContext(store, { issuers: issuer.trustedFor(account!.id, app!.id) });
    const server = await buildServer(context, { logger: false });
    const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
    const tokens = { private: privateToken, access: accessToken, issued: await issuer.issue() };
    const close = async () => void (await server.close());
    return new AskedServer(store, context, { url, close }, tokens, looked);
  }

  /** Tokens recognised and requests answered, a second of processor time. Rejects where the store was asked for one. */
  async measure(kind: CredentialKind, windowMs: number): Promise<Record<string, Sample>> {
    const token = this.#tokens[kind];
    await authenticate(this.#context, token, CALLER);
    const before = this.#looked.count;
    const found = {
      [figureId.known(kind)]: this.#recognise(token),
      [figureId.asked(kind)]: await this.#ask(token, windowMs),
    };
    if (this.#looked.count > before) throw new LoadFailed(`the store was asked for a token of the kind ${kind}`);
    return found;
  }

  #recognise(token: string): Sample {
    const bytes = Buffer.from(token);
    const copies = Array.from({ length: COPIES }, () => bytes.toString('latin1'));
    const before = process.cpuUsage();
    for (const copy of copies)
      if (authenticateKnown(this.#context, copy, CALLER) === null) throw new LoadFailed('a token was forgotten');
    return { perSecond: COPIES / secondsSince(before) };
  }

  async #ask(token: string, windowMs: number): Promise<Sample> {
    const before = process.cpuUsage();
    const { requests, non2xx, errors } = await autocannon({
      url: `${this.#url}/communication-preferences/v4/definitions`,
      connections: COMPARED_AT,
      duration: Math.max(1, Math.round(windowMs / 1e3)),
      headers: { authorization: `Bearer ${token}` },
    });
    if (non2xx + errors > 0) throw new LoadFailed(`${non2xx} answers were not 2xx, ${errors} requests not answered`);
    return { perSecond: requests.total / secondsSince(before) };
  }

  async stop(): Promise<void> {
    await this.#close();
    await stopContext(this.#context);
    await this.#store.close();
  }
}

/** An access token as an app gets one with its credentials. */
async function installed({ authorizations }: Store, accountId: number, { clientId, id }: App): Promise<string> {
  const now = Date.now();
  const scopes = [SCOPE] as const;
  const times = { installedAt: now, updatedAt: now };
  await authorizations.install({ accountId, clientId, appId: id, scopes, installedBy: null, ...times });
  const token = randomBytes(32).toString('base64url');
  await authorizations.save({
    kind: 'ClientCredentials',
    idHash: hashSecret(token),
    clientId,
    accountId,
    grantHash: null,
    document: JSON.stringify({ clientId, scope: SCOPE }),
    expiresAt: now + HOUR_MS,
    consumedAt: null,
  });
  return token;
}

function countLookUps({ catalog, authorizations }: Store): { count: number } {
  const looked = { count: 0 };
  const findToken = catalog.findToken.bind(catalog);
  const findAccessToken = authorizations.findAccessToken.bind(authorizations);
  catalog.findToken = (secretHash) => {
    looked.count += 1;
    return findToken(secretHash);
  };
  authorizations.findAccessToken = (idHash) => {
    looked.count += 1;
    return findAccessToken(idHash);
  };
  return looked;
}

type PrivateKey = Parameters<SignJWT['sign']>[0];

/** An identity provider that publishes its key, and makes tokens of the size that they have. */
class Issuer {
  readonly #server: Server;
  readonly #privateKey: PrivateKey;
  readonly #url: string;

  private constructor(server: Server, privateKey: PrivateKey) {
    this.#server = server;
    this.#privateKey = privateKey;
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256' }] };
    const server = createServer(({ url, headers }, response) => {
      const issuer = `http://${headers.host}`;
      response.end(JSON.stringify(url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Issuer(server, privateKey);
  }

  trustedFor(account: number, app: number) {
    const trusted = readIssuers(JSON.stringify({ issuer: this.#url, audience: AUDIENCE, account, app }));
    if (trusted.kind === 'refused') throw new Error(trusted.because);
    return openIssuers(trusted.issuers, { failed: (_, why) => console.error(why), answered: () => {} });
  }

  issue(): Promise<string> {
    return new SignJWT({ scope: SCOPE, client_id: randomUUID(), sub: randomUUID(), sid: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'bench' })
      .setIssuer(this.#url)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1h')
      .setJti(randomUUID())
      .sign(this.#privateKey);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Of processor time: others who use the machine do not count. */
function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
