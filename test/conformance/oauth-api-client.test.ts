/** The `oauth` API of HubSpot's published client goes the whole way, from the link that an app shows to the end of its tokens. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Client } from '@hubspot/api-client';
import { PublicSubscriptionStatusStatusEnum } from '@hubspot/api-client/lib/codegen/communication_preferences/index.js';
import { ApiException } from '@hubspot/api-client/lib/codegen/oauth/index.js';
import { FIRST_ACCOUNT, MARKETING } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { CALLBACK, createApp, type TestApp } from '../http/support/installed-apps.ts';
import { OperatorBrowser } from '../http/support/operator-browser.ts';
import { useServer } from '../http/support/server.ts';
import { makeOperator } from '../support/operators.ts';

const READ = 'communication_preferences.read';
const READ_WRITE = 'communication_preferences.read_write';

onEveryEngine("@hubspot/api-client's OAuth", (engine) => {
  const server = useServer(engine);
  const client = (accessToken?: string) =>
    new Client({ basePath: server().url, ...(accessToken !== undefined && { accessToken }) });
  let app: TestApp;

  before(async () => {
    app = await createApp(server());
    await makeOperator(server().context, 'ana@example.com');
  });

  /** An operator approves in a browser, which takes the code back to the app. */
  const approve = async (scope: string, optionalScope?: string): Promise<string> => {
    const url = new URL(client().oauth.getAuthorizationUrl(app.clientId, CALLBACK, scope, optionalScope, 'st4te'));
    assert.equal(url.origin, 'https://app.hubspot.com');
    const back = await new OperatorBrowser(server).approve(url.href, 'ana@example.com', FIRST_ACCOUNT);
    assert.equal(back.origin + back.pathname, CALLBACK);
    assert.equal(back.searchParams.get('state'), 'st4te');
    return back.searchParams.get('code')!;
  };
  const create = (...[grant, code, redirectUri, refreshToken]: (string | undefined)[]) =>
    client().oauth.tokensApi.create(grant as never, code, redirectUri, app.clientId, app.secret, refreshToken);

  test('a code becomes tokens, these are refreshed, looked at, used, and ended', async () => {
    const code = await approve(`oauth ${READ_WRITE}`, 'crm.objects.contacts.read');
    const first = await create('authorization_code', code, CALLBACK);
    assert.deepEqual([first.tokenType, first.expiresIn], ['bearer', 1_800]);
    const { accessToken, refreshToken } = await create('refresh_token', undefined, undefined, first.refreshToken);
    assert.notEqual(refreshToken, first.refreshToken);

    const { accessTokensApi, refreshTokensApi } = client().oauth;
    const access = await accessTokensApi.get(accessToken);
    assert.deepEqual(
      [access.token, access.hubId, access.appId, access.user, access.tokenType, access.scopes.toSorted()],
      [accessToken, FIRST_ACCOUNT, app.id, 'ana@example.com', 'access', [READ_WRITE, 'oauth']],
    );
    const refresh = await refreshTokensApi.get(refreshToken!);
    assert.deepEqual([refresh.clientId, refresh.hubId, refresh.user], [app.clientId, FIRST_ACCOUNT, 'ana@example.com']);

    const { statusApi, definitionApi } = client(accessToken).communicationPreferences;
    assert.equal((await definitionApi.getPage()).subscriptionDefinitions.length, 5);
    const change = { emailAddress: 'oauth@example.com', subscriptionId: String(MARKETING) };
    const subscribed = await statusApi.subscribe(change);
    assert.equal(subscribed.status, PublicSubscriptionStatusStatusEnum.Subscribed);

    await refreshTokensApi.archive(refreshToken!);
    await assert.rejects(refreshTokensApi.get(refreshToken!), { code: 404 });
    await assert.rejects(definitionApi.getPage(), { code: 401 });
  });

  test('scopes that the operator was not asked for are not granted', async () => {
    const { accessToken } = await create('authorization_code', await approve(READ), CALLBACK);
    const { statusApi } = client(accessToken).communicationPreferences;
    const change = { emailAddress: 'oauth@example.com', subscriptionId: String(MARKETING) };
    await assert.rejects(statusApi.unsubscribe(change), { code: 403 });
  });

  test("refusals arrive as the client's own errors; a code that comes again ends what it was exchanged for", async () => {
    const code = await approve(READ);
    const { accessToken } = await create('authorization_code', code, CALLBACK);
    for (const wrong of [code, 'no-code']) {
      await assert.rejects(create('authorization_code', wrong, CALLBACK), (error: unknown) => {
        assert.ok(error instanceof ApiException);
        assert.deepEqual([error.code, error.body.category], [400, 'VALIDATION_ERROR']);
        assert.equal(error.headers['x-hubspot-correlation-id'], error.body.correlationId);
        return true;
      });
    }
    await assert.rejects(client().oauth.accessTokensApi.get(accessToken), { code: 404 });
  });
});
