/** Fills an empty store with what a seed says. What contacts said is committed as every change is, so the ledger is true. */
import { Committer } from '../actions/committer.ts';
import type { Randomness } from '../actions/context.ts';
import { eraseContact } from '../actions/erase-contact.ts';
import { refOf } from '../actions/subscriber-ref.ts';
import { type Address, parseAddress } from '../domain/address.ts';
import { type Catalog, makeCatalog } from '../domain/catalog.ts';
import type { Evidence } from '../domain/evidence.ts';
import { type Actor, type ChangeRequest, type Outcome, publicApiActor } from '../domain/outcome.ts';
import type { LegalBasis } from '../domain/preferences.ts';
import type { NewAccount, Store } from '../storage/port.ts';
import { composeAccounts } from './compose-accounts.ts';
import { plantInstallations, plantOperators } from './plant-authorizations.ts';
import type { Seed, SeedChange, SeedContact } from './seed.ts';
import { instantAt, listed } from './seed-checks.ts';
import { faultAt } from './seed-fault.ts';

/** `now` is the instant of what the seed does not date, in epoch milliseconds. Throws `SeedFault`. */
export async function plantSeed(store: Store, seed: Seed, now: number, randomness: Randomness): Promise<void> {
  const accounts = composeAccounts(seed, now, randomness);
  for (const account of accounts) await store.catalog.insertAccount(account);
  await plantOperators(store, seed, now);
  const accountIds = accounts.map(({ account }) => account.id);
  await plantInstallations(store, seed, accountIds, now);
  for (const [index, account] of accounts.entries()) {
    const planter = new ContactPlanter(store, account, now, randomness);
    await planter.plant(seed.accounts[index]!.contacts ?? [], `accounts[${index}].contacts`);
  }
}

const ONE_OF = 'must have either subscriptionId and status, or optOutOfAll, or erased';

class ContactPlanter {
  readonly #account: NewAccount;
  readonly #now: number;
  readonly #store: Store;
  readonly #randomness: Randomness;
  readonly #committer: Committer;
  readonly #whole: Catalog;
  /** What the committer goes by: the instant, and what is set up, of the change that is committed now. */
  #clock: number;
  #catalog: Catalog;

  constructor(store: Store, account: NewAccount, now: number, randomness: Randomness) {
    this.#account = account;
    this.#store = store;
    this.#randomness = randomness;
    this.#now = now;
    this.#clock = now;
    this.#whole = catalogOfItsTime(account, {});
    this.#catalog = this.#whole;
    const catalogs = { catalog: async () => this.#catalog, freshCatalog: async () => this.#catalog };
    this.#committer = new Committer(store, catalogs, () => this.#clock, randomness);
  }

  async plant(contacts: readonly SeedContact[], at: string): Promise<void> {
    const places = new Map<string, string>();
    for (const [index, { email, changes }] of contacts.entries()) {
      const here = `${at}[${index}]`;
      const address = parseAddress(email);
      if (!address)
        throw faultAt(`${here}.email`, `was ${JSON.stringify(email.slice(0, 80))}, which is no e-mail address`);
      const earlier = places.get(address.normalised);
      if (earlier) throw faultAt(`${here}.email`, `is the same as ${earlier}.email. Allowed: each contact only once`);
      places.set(address.normalised, here);
      await this.#plantChanges(address, changes, `${here}.changes`);
    }
  }

  async #plantChanges(address: Address, changes: readonly SeedChange[], at: string): Promise<void> {
    let last = Number.NEGATIVE_INFINITY;
    for (const [index, change] of changes.entries()) {
      const here = `${at}[${index}]`;
      const instant = instantAt(change.timestamp, `${here}.timestamp`);
      if (instant !== null && instant <= last) {
        throw faultAt(`${here}.timestamp`, `was ${change.timestamp}. Allowed: an instant after the change before it`);
      }
      this.#clock = instant ?? this.#now;
      last = Math.max(this.#clock, last + 1);
      this.#catalog = change.leavesUnsubscribed ? catalogOfItsTime(this.#account, change) : this.#whole;
      await this.#commit(address, change, here);
    }
  }

  async #commit(address: Address, change: SeedChange, at: string): Promise<void> {
    const accountId = this.#account.account.id;
    if (change.erased) return await this.#erase(accountId, address, change, at);
    const ref = refOf(accountId, address);
    const changes = [{ ref, address, request: readChange(change, at) }];
    const committed = await this.#committer.submit({ accountId, actor: this.#actorOf(change, at), changes });
    // The store is nobody else's and one change waits at a time.
    if (committed.kind !== 'committed') throw new Error(`A seed's change could not be committed: ${committed.kind}`);
    this.#refuse(committed.outcomes[0]!, at);
  }

  async #erase(accountId: number, address: Address, change: SeedChange, at: string): Promise<void> {
    const { subscriptionId, status, optOutOfAll, reason = null } = change;
    if ([subscriptionId, status, optOutOfAll].some((other) => other !== undefined)) throw faultAt(at, ONE_OF);
    const setting = { store: this.#store, clock: () => this.#clock, randomness: this.#randomness };
    const outcome = await eraseContact(setting, accountId, address, this.#actorOf(change, at), reason);
    if (outcome.kind === 'done') return;
    if (outcome.refusal.code !== 'invalid') throw new Error(`A seed's erasure was refused: ${outcome.refusal.code}`);
    throw faultAt(`${at}.${outcome.refusal.field}`, outcome.refusal.problem);
  }

  #actorOf({ appId, source, evidence: shown }: SeedChange, at: string): Actor {
    const { apps } = this.#account;
    // Whatever the seed says: the ledger commits to it as it is.
    const evidence = (shown as Evidence | undefined) ?? null;
    if (appId === null) {
      if (source === undefined) throw faultAt(`${at}.source`, 'is missing: a change without an app needs one');
      return { appId, source, evidence };
    }
    const app = appId === undefined ? apps[0] : apps.find(({ id }) => id === appId);
    if (!app) throw faultAt(`${at}.appId`, `was ${appId}, which is no app of the account. Allowed: ${listed(apps)}`);
    return { ...publicApiActor(app.id), ...(source !== undefined && { source }), evidence };
  }

  #refuse(outcome: Outcome, at: string): void {
    if (outcome.kind !== 'refused') return;
    const { refusal } = outcome;
    switch (refusal.code) {
      case 'subscription-unknown': {
        const allowed = listed(this.#account.definitions);
        throw faultAt(
          `${at}.subscriptionId`,
          `was ${refusal.subscriptionId}, which is no definition of the account. Allowed: ${allowed}`,
        );
      }
      case 'business-unit-unknown': {
        const allowed = listed(this.#account.businessUnits);
        throw faultAt(
          `${at}.businessUnitId`,
          `was ${refusal.businessUnitId}, which is no brand of the account. Allowed: ${allowed}`,
        );
      }
      case 'opted-out-of-all':
        throw faultAt(
          `${at}.status`,
          'was NOT_SPECIFIED, which would undo the opt-out before it. Allowed: SUBSCRIBED, UNSUBSCRIBED',
        );
      case 'subscription-inactive':
      case 'legal-basis-required':
        throw new Error(`A seed's change was refused for ${refusal.code}, which is not asked of it`);
    }
  }
}

/**
 * The account's catalog as it may have been when something was said: what a contact once said of a definition that is
 * inactive by now, or without the legal basis that is asked for by now, holds. Where it is known what a change leaves
 * unsubscribed, the definitions that came later are not there yet.
 */
function catalogOfItsTime(
  { account, businessUnits, definitions }: NewAccount,
  { leavesUnsubscribed, subscriptionId }: Pick<SeedChange, 'leavesUnsubscribed' | 'subscriptionId'>,
): Catalog {
  const known = leavesUnsubscribed && new Set([...leavesUnsubscribed, subscriptionId]);
  const then = definitions.filter(({ id }) => !known || known.has(id));
  return makeCatalog(
    { ...account, dataPrivacy: false },
    businessUnits,
    then.map((definition) => ({ ...definition, isActive: true })),
  );
}

function readChange(change: SeedChange, at: string): ChangeRequest {
  const { subscriptionId, status, optOutOfAll, businessUnitId = null } = change;
  const isStatus = subscriptionId !== undefined && status !== undefined && optOutOfAll === undefined;
  const isOptOut = optOutOfAll !== undefined && subscriptionId === undefined && status === undefined;
  if (isOptOut === isStatus) throw faultAt(at, ONE_OF);
  if (isOptOut) {
    return { kind: optOutOfAll ? 'opt-out-of-all' : 'opt-out-withdrawal', channel: 'EMAIL', businessUnitId };
  }
  return {
    kind: 'status-change',
    channel: 'EMAIL',
    subscriptionId: subscriptionId!,
    state: status!,
    legalBasis: (change.legalBasis ?? null) as LegalBasis | null,
    legalBasisExplanation: change.legalBasisExplanation ?? null,
  };
}
