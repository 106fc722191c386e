/** The authorization server: the library behind our contract. Loaded when somebody first asks for it. */
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type {
  Approval,
  AuthorizationServer,
  ConsentOutcome,
  ConsentRequest,
  OAuthAnswer,
  OAuthRequest,
} from '../actions/authorization-server.ts';
import type { Context } from '../actions/context.ts';
import { nameHolder } from '../actions/grant-holder.ts';
import { saveInstallation } from '../actions/manage-installations.ts';
import { matchesRedirect } from '../domain/redirect-uri.ts';
import type { FoundApp } from '../storage/port.ts';
import { asksBareScope, BARE_SCOPE, completeQuery, readCompleted } from './asked-scopes.ts';
import { exchange, withCookies } from './exchange.ts';
import { AUTHORIZE_PATH, CONSENT_PATH, libraryPath } from './paths.ts';
import { makeProvider, SESSION_COOKIE, type TokenRules } from './provider.ts';

type Interaction = InstanceType<Provider['Interaction']>;

export async function openAuthorizationServer(context: Context, rules: TokenRules): Promise<AuthorizationServer> {
  const server = new LibraryServer(context);
  await server.open(rules);
  return server;
}

const REFUSED = { error: 'access_denied', error_description: 'The operator refused' };
const FORGET_EVERY_MS = 60_000;

class LibraryServer implements AuthorizationServer {
  readonly #context: Context;
  #provider!: Provider;
  /** What broke while the library answered, which it tells nobody but listeners. */
  readonly #failures = new WeakMap<object, Error>();
  #forgotAt = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  async open(rules: TokenRules): Promise<void> {
    this.#provider = await makeProvider(this.#context, rules, tellRefusal);
    this.#provider.on('server_error', ({ req }: KoaContextWithOIDC, error: Error) => this.#failures.set(req, error));
  }

  /** Rejects with what broke, where the library could not answer: the store, mostly. */
  async answer(request: OAuthRequest): Promise<OAuthAnswer> {
    const [path = '', query = ''] = request.url.split(/\?(.*)/s);
    const isAuthorization = path === AUTHORIZE_PATH;
    const url = `${libraryPath(path)}?${isAuthorization ? completeQuery(query) : query}`;
    const callback = this.#provider.callback();
    let failure: Error | undefined;
    const listener = (incoming: Parameters<typeof callback>[0], outgoing: Parameters<typeof callback>[1]) => {
      outgoing.once('finish', () => {
        failure = this.#failures.get(incoming);
      });
      return callback(incoming, outgoing);
    };
    const answer = await exchange(listener, this.#context.site.url, { ...request, url });
    if (failure) throw failure;
    this.#forgetNowAndThen();
    return withoutSession(answer);
  }

  /** What is over is deleted while tokens are given out; where that fails, it is tried again. */
  #forgetNowAndThen(): void {
    const now = this.#context.clock();
    if (now - this.#forgotAt < FORGET_EVERY_MS) return;
    this.#forgotAt = now;
    this.#context.store.authorizations.forgetExpired(now).catch(() => {
      this.#forgotAt = 0;
    });
  }

  async consentRequest(uid: string, cookies: string | undefined): Promise<ConsentRequest | null> {
    const asked = await this.#asked(uid, cookies);
    if (!asked) return null;
    const { app, interaction } = asked;
    return { app, redirectUri: redirectUriOf(interaction), ...readCompleted(interaction.params) };
  }

  /** Installs the app, gives it a grant, and says where the browser goes on to get back to it. Who approves of nothing refuses. */
  async approve(uid: string, cookies: string | undefined, approval: Approval): Promise<ConsentOutcome> {
    const asked = await this.#asked(uid, cookies);
    if (!asked) return { kind: 'gone' };
    const { interaction, app: found } = asked;
    if (interaction.result) return goOn(interaction);
    const { required, optional } = readCompleted(interaction.params);
    const scopes = [...required, ...optional.filter((scope) => approval.optional.includes(scope))];
    const asksBare = asksBareScope(interaction.params);
    if (scopes.length === 0 && !asksBare) return this.#finish(interaction, REFUSED);
    const { accountId, operator } = approval;
    const installed = await saveInstallation(this.#context, found.app, { accountId, scopes, installedBy: operator.id });
    if (installed === 'taken') return { kind: 'id-taken' };
    const holder = nameHolder({ accountId, operatorId: operator.id });
    const grant = new this.#provider.Grant({ accountId: holder, clientId: found.app.clientId });
    grant.addOIDCScope([...scopes, ...(asksBare ? [BARE_SCOPE] : [])].join(' '));
    const grantId = await saveUnlessUninstalled(grant);
    if (grantId === null) return { kind: 'gone' };
    return this.#finish(interaction, { login: { accountId: holder, remember: false }, consent: { grantId } });
  }

  async deny(uid: string, cookies: string | undefined): Promise<ConsentOutcome> {
    const asked = await this.#asked(uid, cookies);
    if (!asked) return { kind: 'gone' };
    return asked.interaction.result ? goOn(asked.interaction) : this.#finish(asked.interaction, REFUSED);
  }

  async #finish(interaction: Interaction, result: Interaction['result']): Promise<ConsentOutcome> {
    interaction.result = result;
    await interaction.persist();
    return goOn(interaction);
  }

  /** What this browser is in the middle of, where the app may still have people sent back there. */
  async #asked(uid: string, cookies: string | undefined): Promise<{ interaction: Interaction; app: FoundApp } | null> {
    const interaction = await this.#interaction(uid, cookies);
    const app = interaction && (await this.#context.store.authorizations.findApp(String(interaction.params.client_id)));
    if (!app || !matchesRedirect(app.app.redirectUris, redirectUriOf(interaction))) return null;
    return { interaction, app };
  }

  /** The one that this browser is in the middle of, if it is this one. */
  async #interaction(uid: string, cookies: string | undefined): Promise<Interaction | null> {
    const path = `${CONSENT_PATH}/${encodeURIComponent(uid)}`;
    try {
      const interaction = await withCookies(this.#context.site.url, path, cookies, (request, response) =>
        this.#provider.interactionDetails(request, response),
      );
      return interaction.uid === uid ? interaction : null;
    } catch (error) {
      if ((error as { error?: string }).error === 'invalid_request') return null;
      throw error;
    }
  }
}

/** The grant's id; null where the app was uninstalled at this very moment. */
async function saveUnlessUninstalled(grant: InstanceType<Provider['Grant']>): Promise<string | null> {
  try {
    return await grant.save();
  } catch (error) {
    if (error instanceof errors.InvalidGrant) return null;
    throw error;
  }
}

/** Back to the app, with what was decided first. */
function goOn({ returnTo }: Interaction): ConsentOutcome {
  return { kind: 'answered', continueAt: returnTo };
}

function redirectUriOf({ params }: Interaction): string {
  return String(params.redirect_uri);
}

/** The library would have browsers keep a session of its own, which nobody keeps here. */
function withoutSession(answer: OAuthAnswer): OAuthAnswer {
  const { 'set-cookie': cookies = [], ...headers } = answer.headers;
  const kept = [cookies].flat().filter((cookie) => !cookie.startsWith(SESSION_COOKIE));
  return { ...answer, headers: { ...headers, ...(kept.length > 0 && { 'set-cookie': kept }) } };
}

/** Says in JSON, to whoever passes the answer on, why a browser cannot be sent back to the app. */
function tellRefusal(
  koa: KoaContextWithOIDC,
  { error, error_description }: { error: string; error_description?: string },
): void {
  koa.type = 'json';
  koa.body = { error, error_description };
}
