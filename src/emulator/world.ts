/**
 * All that an emulator forgets when it is reset: a store in memory, what is set up in it, the clock, the ids, the faults.
 * A reset makes a new world; a request that is under way ends in the one in which it arrived.
 */
import type { Context, Site } from '../actions/context.ts';
import { createContext, stopContext } from '../actions/create-context.ts';
import { hashSecret } from '../actions/hash-secret.ts';
import { authorizationServerLoader, DEFAULT_RULES } from '../oauth/load.ts';
import { openSqliteStore } from '../storage/sqlite/open-sqlite-store.ts';
import { FIXED_TOKEN, PASSWORD_COST_OF_TESTS } from './defaults.ts';
import { dumpState, type KnownSecrets } from './dump-state.ts';
import { FaultPlan } from './faults.ts';
import { type KeptMessage, KeptMessages } from './kept-messages.ts';
import { operatorsOf } from './plant-authorizations.ts';
import { plantSeed } from './plant-seed.ts';
import { ReceivedRequests } from './received-requests.ts';
import type { Seed, SeedAccount, SeedOperator } from './seed.ts';
import { countingIds } from './sequences.ts';
import { SettableClock } from './settable-clock.ts';
import type { Beginnings } from './start-options.ts';

export class World {
  readonly context: Context;
  readonly clock: SettableClock;
  readonly received = new ReceivedRequests();
  readonly #messages: KeptMessages;
  /** Opens the first account: its first token that is known. */
  readonly token: string;
  faults: FaultPlan;
  /** Who may approve, the first of the seed first. */
  readonly operators: readonly SeedOperator[];
  /** What their browsers hold, by their e-mail addresses, where somebody approved without one. */
  readonly sessions = new Map<string, string>();
  readonly #secrets: KnownSecrets;
  #underWay = 0;
  #isOver = false;

  /** Throws `SeedFault`; nothing is left open then. */
  static async create(beginnings: Beginnings, site: Site): Promise<World> {
    const clock = new SettableClock(beginnings.now);
    const randomness = countingIds();
    const store = await openSqliteStore(':memory:');
    try {
      await store.migrate();
      await plantSeed(store, beginnings.seed, clock.now(), randomness);
      const context = await createContext(store, {
        ...{ clock: clock.now, randomness, site, outbox: { wake: () => {} }, closingPauseMs: 0 },
        passwordCost: PASSWORD_COST_OF_TESTS,
        openAuthorizationServer: authorizationServerLoader(DEFAULT_RULES),
      });
      return new World(beginnings, context, clock);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor({ seed, faults }: Beginnings, context: Context, clock: SettableClock) {
    this.context = context;
    this.#messages = new KeptMessages(context);
    this.clock = clock;
    this.faults = new FaultPlan(faults);
    this.operators = operatorsOf(seed);
    const known = [FIXED_TOKEN, ...seed.accounts.flatMap(secretsOf)];
    this.#secrets = {
      bySha256: new Map(known.map((secret) => [hashSecret(secret), secret])),
      passwords: new Map(this.operators.map(({ email, password }) => [email, password])),
    };
    this.token = seed.accounts[0]?.tokens?.find(({ token }) => token !== undefined)?.token ?? FIXED_TOKEN;
  }

  /** What it holds, in the form of a seed. */
  state(): Promise<Seed> {
    return this.#within(() => dumpState(this.context.store, this.#secrets));
  }

  /** The messages to contacts that were due by now, the oldest first. */
  messages(): Promise<KeptMessage[]> {
    return this.#within(() => this.#messages.list());
  }

  async #within<T>(work: () => Promise<T>): Promise<T> {
    this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** What is under way here keeps the store open until it leaves. */
  enter(): void {
    this.#underWay += 1;
  }

  leave(): void {
    this.#underWay -= 1;
    if (this.#isOver && this.#underWay === 0) void this.#close();
  }

  /** Nothing new arrives in it. Its store is closed once what is under way has ended. */
  end(): void {
    this.#isOver = true;
    this.context.feed.endWaits();
    if (this.#underWay === 0) void this.#close();
  }

  async #close(): Promise<void> {
    await stopContext(this.context);
    await this.context.store.close();
  }
}

/** Those that stand in the seed: of its tokens and of its apps. */
function secretsOf({ tokens = [], apps = [] }: SeedAccount): string[] {
  const ofApps = apps.flatMap(({ clientSecret, clientSecrets = [] }) => [
    clientSecret,
    ...clientSecrets.map(({ secret }) => secret),
  ]);
  return [...tokens.map(({ token }) => token), ...ofApps].filter((secret) => secret !== undefined);
}
