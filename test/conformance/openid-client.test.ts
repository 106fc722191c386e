/** A certified client that knows nothing of HubSpot, against a server process: what the standards say holds here, too. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { onEveryEngine } from '../http/support/engines.ts';
import { CALLBACK } from '../http/support/installed-apps.ts';
import { OperatorBrowser } from '../http/support/operator-browser.ts';
import { PASSWORD } from '../support/operators.ts';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { holdAgainstHubSpot } from './hubspot-spec.ts';

const EMAIL = 'ana@example.com';
const READ = 'communication_preferences.read';
const READ_WRITE = 'communication_preferences.read_write';
const DEFINITIONS = '/communication-preferences/v4/definitions';

/** The client's way to the server: what a standard asks for leaves answers as HubSpot has them. */
async function fetchAndJudge(url: string, options: client.CustomFetchOptions): Promise<Response> {
  const response = await fetch(url, options);
  const { status, headers } = response;
  const text = await response.clone().text();
  holdAgainstHubSpot({ method: options.method, path: new URL(url).pathname, status, headers, text });
  return response;
}

onEveryEngine('openid-client', (engine) => {
  const suite = endOfSuite();
  let server: OptioServer;
  let app: { readonly id: number; readonly clientId: string; readonly clientSecret: string };
  let config: client.Configuration;
  let optio: (...args: string[]) => Promise<{ readonly id: number; readonly clientSecret: string }>;

  const discover = (authentication?: client.ClientAuth) =>
    client.discovery(new URL(server.url), app.clientId, app.clientSecret, authentication, {
      algorithm: 'oauth2',
      [client.customFetch]: fetchAndJudge,
      execute: [client.allowInsecureRequests],
    });

  before(async () => {
    const cwd = await makeFolder(suite);
    const { databaseUrl, drop } = await engine.create();
    suite.after(drop);
    const isInMemory = databaseUrl === 'sqlite::memory:';
    const env: Record<string, string> = isInMemory ? {} : { OPTIO_DATABASE_URL: databaseUrl };
    server = await OptioServer.start(suite, { cwd, env });
    optio = async (...args) => {
      const { code, stdout, stderr } = await runOptio([...args, '--json'], { cwd, env, input: `${PASSWORD}\n` });
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    };
    await optio('operator', 'create', '--email', EMAIL, '--password-stdin');
    const { id } = await optio('app', 'create', '--name', 'CRM', '--redirect-uri', CALLBACK);
    app = (await optio('app', 'rotate-secret', String(id))) as typeof app;
    config = await discover();
  });

  const opens = async (token: string) => (await server.request('GET', DEFINITIONS, { token })).status;

  /** Asks for consent with PKCE; resolves with where the browser came back, and what must be shown for the code. */
  const askForConsent = async (scope: string) => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: CALLBACK, scope, state: expectedState, code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    });
    const back = await new OperatorBrowser(() => server).approve(url.href, EMAIL);
    return { back, checks: { pkceCodeVerifier, expectedState } };
  };

  test('finds what the server can do', () => {
    const metadata = config.serverMetadata();
    assert.equal(metadata.issuer, server.url);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.ok(metadata.supportsPKCE());
    assert.deepEqual(metadata.grant_types_supported?.toSorted(), [
      'authorization_code',
      'client_credentials',
      'refresh_token',
    ]);
    for (const name of ['jwks_uri', 'userinfo_endpoint', 'registration_endpoint'])
      assert.equal(metadata[name], undefined);
  });

  test('gets tokens for a code with PKCE, from the issuer that it expects, and uses them', async () => {
    const { back, checks } = await askForConsent(READ_WRITE);
    assert.equal(back.searchParams.get('iss'), server.url);
    const foreign = new URL(back);
    foreign.searchParams.set('iss', 'https://attacker.example');
    await assert.rejects(client.authorizationCodeGrant(config, foreign, checks), ({ cause }: Error) => {
      assert.match(String(cause), /unexpected "iss"/);
      return true;
    });
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    assert.deepEqual([tokens.token_type, tokens.scope, tokens.expires_in], ['bearer', READ_WRITE, 1_800]);
    assert.equal(await opens(tokens.access_token), 200);
  });

  test('gets no tokens without the verifier, nor with another', async () => {
    for (const pkceCodeVerifier of [undefined, client.randomPKCECodeVerifier()]) {
      const { back, checks } = await askForConsent(READ);
      const wrong = { expectedState: checks.expectedState, ...(pkceCodeVerifier && { pkceCodeVerifier }) };
      await assert.rejects(client.authorizationCodeGrant(config, back, wrong), { error: 'invalid_grant', status: 400 });
    }
  });

  test('refreshes; a refresh token that comes again ends all that followed from it', async () => {
    const { back, checks } = await askForConsent(READ);
    const first = await client.authorizationCodeGrant(config, back, checks);
    const second = await client.refreshTokenGrant(config, first.refresh_token!);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(await opens(second.access_token), 200);
    const again = client.refreshTokenGrant(config, first.refresh_token!);
    await assert.rejects(again, { error: 'invalid_grant', status: 400 });
    await assert.rejects(client.refreshTokenGrant(config, second.refresh_token!), { error: 'invalid_grant' });
    assert.equal(await opens(second.access_token), 401);
  });

  test('looks at tokens and ends them, whichever way it shows its secret', async () => {
    const { back, checks } = await askForConsent(READ);
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    const basic = await discover(client.ClientSecretBasic());
    for (const way of [config, basic]) {
      const shown = await client.tokenIntrospection(way, tokens.access_token);
      assert.deepEqual(
        [shown.active, shown.client_id, shown.scope, shown.username, shown.iss],
        [true, app.clientId, READ, EMAIL, server.url],
      );
    }
    await client.tokenRevocation(basic, tokens.refresh_token!);
    await client.tokenRevocation(basic, tokens.refresh_token!);
    assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });
    assert.equal(await opens(tokens.access_token), 401);
  });

  test('gets tokens for its credentials once it is installed, and none with a wrong secret', async () => {
    await optio('app', 'uninstall', String(app.id));
    await assert.rejects(client.clientCredentialsGrant(config), { error: 'unauthorized_client' });
    await optio('app', 'install', String(app.id), '--scope', READ, READ_WRITE);
    const tokens = await client.clientCredentialsGrant(config, { scope: READ });
    assert.deepEqual([tokens.scope, tokens.refresh_token], [READ, undefined]);
    assert.equal(await opens(tokens.access_token), 200);
    await client.tokenRevocation(config, tokens.access_token);
    assert.equal(await opens(tokens.access_token), 401);
    const wrong = await discover(client.ClientSecretPost('another-secret'));
    await assert.rejects(client.clientCredentialsGrant(wrong), { error: 'invalid_client', status: 401 });
  });
});
