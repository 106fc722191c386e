/** The second composition root: Optio as a stand-in for HubSpot in tests. In memory, and it can be reset. */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Site } from '../actions/context.ts';
import { inUrl } from '../config/site-url.ts';
import { readVersion } from '../config/version.ts';
import { prepareToClose } from '../http/close-gracefully.ts';
import { listen } from '../http/listen.ts';
import { ROUTES } from '../http/routes.ts';
import { buildServer, type ServerOptions } from '../http/server.ts';
import { type ApprovalOptions, approve } from './approve.ts';
import { FaultPlan, type Faults } from './faults.ts';
import { addHooks } from './hooks.ts';
import { emulatorRoutes } from './routes.ts';
import type { Seed } from './seed.ts';
import type { Beginnings } from './start-options.ts';
import { World } from './world.ts';

export interface EmulatorOptions extends Beginnings {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly server: Pick<ServerOptions, 'logger' | 'rateLimits' | 'maxBatchInputs'>;
}

/** A running emulator, as its endpoints and `startOptio` steer it. */
export class Emulator {
  readonly #beginnings: Beginnings;
  readonly #site: Site;
  #world: World;
  /** Resets come one after the other. */
  #resetting: Promise<void> = Promise.resolve();
  readonly #patience = new AbortController();
  #close: () => Promise<void> = async () => {};

  /** Empty until it listens. */
  get url(): string {
    return this.#site.url;
  }

  /** Throws `SeedFault`, and what listening throws; nothing is left running then. */
  static async start(options: EmulatorOptions): Promise<Emulator> {
    const site = { url: '' };
    const emulator = new Emulator(options, site, await World.create(options, site));
    try {
      await emulator.#listen(options);
      return emulator;
    } catch (error) {
      await emulator.stop();
      throw error;
    }
  }

  private constructor(beginnings: Beginnings, site: Site, world: World) {
    this.#beginnings = beginnings;
    this.#site = site;
    // Any number of requests may wait.
    setMaxListeners(0, this.#patience.signal);
    this.#world = world;
  }

  async #listen({ host, port, server: options }: EmulatorOptions): Promise<void> {
    const server = await buildServer(() => this.#world.context, {
      ...options,
      version: readVersion(),
      routes: [...ROUTES, ...emulatorRoutes(this)],
      addHooks: (app) => addHooks(app, this),
    });
    this.#close = prepareToClose(server);
    this.#site.url = `http://${inUrl(host)}:${await listen(server, host, port)}`;
  }

  /** The world in which requests arrive now. */
  get world(): World {
    return this.#world;
  }

  /**
   * Begins again as at the start, with another seed where one is given. Requests that are under way end as if nothing
   * had happened, and those that arrive from now on see only the new world. Throws `SeedFault`, and then nothing changes.
   */
  reset(seed: Seed = this.#beginnings.seed): Promise<void> {
    const done = this.#resetting.then(async () => {
      const before = this.#world;
      this.#world = await World.create({ ...this.#beginnings, seed }, this.#site);
      before.end();
    });
    this.#resetting = done.catch(() => {});
    return done;
  }

  /** Where the app is led back to. Throws `ApprovalFault`. */
  approve(authorizationUrl: string, options?: ApprovalOptions): Promise<string> {
    const { operators, clock, sessions } = this.#world;
    return approve({ url: this.url, operators, sessions, now: clock.now }, authorizationUrl, options);
  }

  /** Waits, but no longer than until the emulator is stopped. */
  async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#patience.signal }).catch(() => {});
  }

  /** From the next request on; the dice begin anew. */
  setFaults(faults: Faults): void {
    this.#world.faults = new FaultPlan(faults);
  }

  /** Finishes what was accepted, without making it wait any longer, and lets go of everything. Idempotent. */
  async stop(): Promise<void> {
    await this.#resetting;
    this.#patience.abort();
    await this.#close();
    this.#world.end();
  }
}
