/**
 * Where the library keeps its tokens, codes, grants and requests: in our store, each under the hash of what it is found
 * by. What is found by a secret is stored without it.
 */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import Provider, { errors } from 'oidc-provider';
import type { Context } from '../actions/context.ts';
import { readHolder } from '../actions/grant-holder.ts';
import { hashSecret } from '../actions/hash-secret.ts';
import { AUTHORIZATION_KINDS, type AuthorizationKind } from '../storage/port.ts';
import { clientOf } from './clients.ts';

/** A refresh token that was used once is kept for so long to notice who uses it again. */
const CONSUMED_KEPT_MS = 30 * 86_400_000;

/** What finds a model's items. Models that this server has no use for keep nothing. */
export function adapterOf(context: Context): (model: string) => Adapter {
  return (model) => {
    if (model === 'Client') return new Clients(context);
    const kind = AUTHORIZATION_KINDS.find((each) => each === model);
    return kind ? new StoredItems(context, kind) : NOTHING_KEPT;
  };
}

const nothing = async () => undefined;

/** Of sessions, too: every request for consent is answered by whoever is signed in with us then. */
const NOTHING_KEPT: Adapter = {
  upsert: nothing,
  find: nothing,
  findByUid: nothing,
  findByUserCode: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
};

class Clients implements Adapter {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async find(clientId: string): Promise<AdapterPayload | undefined> {
    // PostgreSQL knows no text with a NUL, and fails where it is asked for one.
    if (clientId.includes('\0')) return undefined;
    const found = await this.#context.store.authorizations.findApp(clientId);
    return found ? clientOf(found) : undefined;
  }

  readonly upsert = nothing;
  readonly findByUid = nothing;
  readonly findByUserCode = nothing;
  readonly consume = nothing;
  readonly destroy = nothing;
  readonly revokeByGrantId = nothing;
}

class StoredItems implements Adapter {
  readonly #context: Context;
  readonly #kind: AuthorizationKind;

  constructor(context: Context, kind: AuthorizationKind) {
    this.#context = context;
    this.#kind = kind;
  }

  async upsert(id: string, payload: AdapterPayload, expiresInSeconds: number): Promise<void> {
    const { clock, store } = this.#context;
    const { jti: _secret, ...document } = payload;
    const isOfClient = this.#kind === 'ClientCredentials';
    const grantId = this.#kind === 'Interaction' ? undefined : payload.grantId;
    const saved = await store.authorizations.save({
      kind: this.#kind,
      idHash: hashSecret(id),
      clientId: payload.clientId ?? requestedBy(payload),
      accountId: isOfClient ? await this.#limitToInstallation(document) : accountOf(payload),
      grantHash: grantId === undefined ? null : hashSecret(grantId),
      document: JSON.stringify(document),
      expiresAt: clock() + expiresInSeconds * 1_000,
      consumedAt: null,
    });
    if (!saved)
      throw isOfClient ? notInstalled() : new errors.InvalidGrant('the app was uninstalled, or its grant ended');
  }

  /** A client acts for itself in its own account, and never in more than it is installed with there. */
  async #limitToInstallation(document: AdapterPayload): Promise<number> {
    const { authorizations } = this.#context.store;
    const clientId = document.clientId ?? '';
    const found = await authorizations.findApp(clientId);
    const installation = found && (await authorizations.findInstallation(found.accountId, clientId));
    if (!installation) throw notInstalled();
    const asked = scopesSent() ?? installation.scopes;
    const excess = asked.filter((scope) => !(installation.scopes as readonly string[]).includes(scope));
    if (excess.length > 0) throw new errors.InvalidScope('the app is not installed with this scope', excess.join(' '));
    document.scope = asked.join(' ');
    return installation.accountId;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const item = await this.#context.store.authorizations.find(this.#kind, hashSecret(id));
    if (!item) return undefined;
    const exp = this.#endByItsClock(item.expiresAt);
    const payload = { ...(JSON.parse(item.document) as AdapterPayload), jti: id, exp };
    return item.consumedAt === null ? payload : { ...payload, consumed: Math.floor(item.consumedAt / 1_000) };
  }

  /** The library goes by the system's clock, whatever ours says. In seconds since the epoch. */
  #endByItsClock(expiresAt: number): number {
    return Math.floor((Date.now() + expiresAt - this.#context.clock()) / 1_000);
  }

  /** Of two who come at the same moment with the same code or token, the second ends what the first is given, too. */
  async consume(id: string): Promise<void> {
    const now = this.#context.clock();
    const { authorizations } = this.#context.store;
    const isFirst = await authorizations.consume(this.#kind, hashSecret(id), now, now + CONSUMED_KEPT_MS);
    if (isFirst) return;
    const item = await authorizations.find(this.#kind, hashSecret(id));
    if (item?.grantHash) await authorizations.destroy('Grant', item.grantHash);
    this.#context.catalogs.clear();
    throw new errors.InvalidGrant('it was used already');
  }

  /** Of two who go back to the app at the same moment with the same answer, one is refused. */
  async #takeInteraction(id: string): Promise<void> {
    const now = this.#context.clock();
    const isFirst = await this.#context.store.authorizations.consume(this.#kind, hashSecret(id), now, now);
    if (!isFirst) throw new errors.SessionNotFound('this request was answered already');
  }

  async destroy(id: string): Promise<void> {
    const isInteraction = this.#kind === 'Interaction';
    if (isInteraction) await this.#takeInteraction(id);
    await this.#context.store.authorizations.destroy(this.#kind, hashSecret(id));
    // No token hangs on an interaction, so nothing that is remembered goes with it.
    if (!isInteraction) this.#context.catalogs.clear();
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#context.store.authorizations.destroyByGrant(this.#kind, hashSecret(grantId));
    this.#context.catalogs.clear();
  }

  readonly findByUid = nothing;
  readonly findByUserCode = nothing;
}

/** Those that the token request names, if any: the library has dropped what it does not know, as if nobody had asked for it. */
function scopesSent(): readonly string[] | null {
  const scope: unknown = Provider.ctx?.oidc.body?.scope;
  return typeof scope === 'string' && scope !== '' ? [...new Set(scope.split(' '))] : null;
}

function notInstalled(): Error {
  return new errors.UnauthorizedClient('the app is not installed in its own account');
}

function accountOf({ accountId }: AdapterPayload): number | null {
  return readHolder(accountId)?.accountId ?? null;
}

/** Of an interaction. */
function requestedBy({ params }: AdapterPayload): string {
  return String((params as { client_id?: unknown } | undefined)?.client_id ?? '');
}
