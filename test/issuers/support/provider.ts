/** A real identity provider on a free port: `oidc-provider`, with JWT access tokens for clients that ask for this server. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { readIssuers } from '../../../src/config/read-issuers.ts';
import type { TrustedIssuer } from '../../../src/config/trusted-issuers.ts';
import { SCOPES } from '../../../src/domain/access.ts';
import type { IssuerWatch } from '../../../src/issuers/issuer-keys.ts';
import { FIRST_ACCOUNT, FIRST_APP } from '../../http/support/accounts.ts';

export const AUDIENCE = 'https://optio.example.com';
const CLIENT_SECRET = 'the-secret-of-a-client-of-the-tests';

/** Client ids, and the claims that the provider puts into their tokens. */
const CLIENTS: Readonly<Record<string, Record<string, unknown>>> = {
  newsletter: { hub_id: FIRST_ACCOUNT },
  'second-newsletter': { hub_id: 2002 },
  homeless: {},
};

export class TestProvider {
  readonly #server: Server;
  readonly issuer: string;
  /** What was asked of it, by path. */
  readonly asked: string[] = [];
  /** The private key that it signs with. */
  key: JWK = {};
  #answer: RequestListener = () => {};

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.asked.push(request.url ?? '');
      this.#answer(request, response);
    });
  }

  static async start(kid = 'first'): Promise<TestProvider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const provider = new TestProvider(server);
    await provider.rotate(kid);
    return provider;
  }

  /** Has it sign with a new key, and publish no other. */
  async rotate(kid: string): Promise<void> {
    this.key = await newKey(kid);
    const provider = new Provider(this.issuer, {
      jwks: { keys: [this.key as never] },
      scopes: [...SCOPES],
      clients: Object.keys(CLIENTS).map((id) => ({
        client_id: id,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, audience) => ({
            scope: SCOPES.join(' '),
            audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      extraTokenClaims: (_context, { clientId }) => CLIENTS[clientId ?? ''],
    });
    this.#answer = provider.callback();
  }

  /** Has it answer like this from now on. */
  answerWith(answer: RequestListener): void {
    this.#answer = answer;
  }

  /** An access token as a program gets one: with its client's credentials. */
  async token(client: string, scope: string, resource = AUDIENCE): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:${CLIENT_SECRET}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
    });
    const answer = (await response.json()) as { access_token?: string };
    if (!answer.access_token) throw new Error(`The provider gave no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  /** How often somebody asked for its keys. */
  get askedForKeys(): number {
    return this.asked.filter((path) => path === '/jwks').length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A new private key of RSA. */
export async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}

/** The setting that trusts a provider, with the changes of a test; a field that is undefined is left out. */
export function trust(issuer: string, fields: Record<string, unknown> = {}): readonly TrustedIssuer[] {
  const entry = {
    issuer,
    audience: AUDIENCE,
    account: { claim: 'hub_id' },
    app: { map: { newsletter: FIRST_APP, 'second-newsletter': 456 } },
    ...fields,
  };
  const outcome = readIssuers(JSON.stringify(entry));
  if (outcome.kind === 'refused') throw new Error(outcome.because);
  return outcome.issuers;
}

/** For tests that do not look at what the log would say. */
export const NOBODY_WATCHES: IssuerWatch = { failed: () => {}, answered: () => {} };

/** The claims of a good token of the provider. */
export function goodClaims(issuer: string): JWTPayload {
  const iat = Math.floor(Date.now() / 1_000);
  return {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'newsletter',
    client_id: 'newsletter',
    hub_id: FIRST_ACCOUNT,
    scope: SCOPES.join(' '),
    jti: 'a-token',
    iat,
    exp: iat + 600,
  };
}

/** Signs claims as the provider would; what is undefined is left out. */
export async function sign(
  key: JWK,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const full = { alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header };
  return new SignJWT(claims)
    .setProtectedHeader(full as { alg: string })
    .sign(await importJWK(key, full.alg === 'HS256' ? 'HS256' : 'RS256'));
}
