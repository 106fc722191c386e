/** Optio inside a test suite: one call starts a stand-in of its own on a free port. */
import { readLimits } from '../config/rate-limits.ts';
import { SETTINGS } from '../config/settings.ts';
import type { ApprovalOptions } from './approve.ts';
import { problemOfShape } from './check-shape.ts';
import { APPROVAL } from './control-schemas.ts';
import { Emulator } from './emulator.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { KeptMessage } from './kept-messages.ts';
import { readGivenSeed } from './read-seed.ts';
import type { ReceivedRequest } from './received-requests.ts';
import type { Seed } from './seed.ts';
import { parseDuration } from './settable-clock.ts';
import { instantOf, OptionFault, readFaults, readStartOptions, type StartOptions } from './start-options.ts';

const LIMITS_FORM = SETTINGS.find(({ key }) => key === 'limits')?.allowed;

export interface OptioOptions extends StartOptions {
  /** On how often apps and accounts may ask: `hubspot`, or a list such as `app=5,account-daily=100`; by default off. */
  readonly limits?: string | undefined;
  /** 127.0.0.1 by default. */
  readonly host?: string | undefined;
  /** A free one by default. */
  readonly port?: number | undefined;
}

/** The time by which a stand-in goes. */
export interface OptioClock {
  now(): Date;
  /** Sets it; it then stands still. */
  set(instant: string | Date): void;
  /** Moves it by an ISO 8601 duration such as `PT90M`, or by milliseconds. */
  advance(by: string | number): void;
  /** Lets it run on from what it shows. */
  run(): void;
  stop(): void;
}

/** A running stand-in. */
export interface Optio {
  /** `http://127.0.0.1:PORT`: what a client takes for HubSpot's address. */
  readonly url: string;
  /** A token with all scopes, unless the seed of the last reset has another first one. */
  readonly token: string;
  readonly clock: OptioClock;
  /** Begins again as at the start, or with another seed. */
  reset(seed?: Seed | string): Promise<void>;
  /** What it holds, in the form of a seed. */
  state(): Promise<Seed>;
  /** What it received since the last reset, the oldest first. */
  requests(): ReceivedRequest[];
  /** The messages to contacts who signed up that were due by now, the oldest first. Nothing is sent. */
  messages(): Promise<KeptMessage[]>;
  /**
   * Has an operator approve what an app asks for by a link to `/oauth/authorize`, whatever its host. Resolves with where
   * the app is led back to, with `code` and `state`, or with `error`; rejects where nobody is led back.
   */
  approve(authorizationUrl: string | URL, options?: ApprovalOptions): Promise<URL>;
  /** Lets requests fail by these rules, in place of those before; by none where there are none. */
  setFaults(faults: Faults | readonly FaultRule[]): void;
  /** Finishes what it accepted and ends. Idempotent. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a stand-in. Rejects where an option or the seed cannot be meant, saying what would be right. */
export async function startOptio(options: OptioOptions = {}): Promise<Optio> {
  refuseUnknown(options);
  const { limits = 'off', host = '127.0.0.1', port = 0 } = options;
  const rateLimits = readLimits(limits);
  if (rateLimits === undefined) {
    throw new OptionFault(`the option limits is ${JSON.stringify(limits)}, but must be ${LIMITS_FORM}`);
  }
  const beginnings = await readStartOptions(options, (option) => `the option ${option}`);
  const emulator = await Emulator.start({ ...beginnings, host, port, server: { logger: false, rateLimits } });
  const stop = () => emulator.stop();
  return {
    url: emulator.url,
    get token() {
      return emulator.world.token;
    },
    clock: clockOf(emulator),
    reset: async (seed) => emulator.reset(seed === undefined ? undefined : await readGivenSeed(seed)),
    state: () => emulator.world.state(),
    requests: () => emulator.world.received.list(),
    messages: () => emulator.world.messages(),
    approve: async (url, options) => new URL(await emulator.approve(String(url), readApproval(options))),
    setFaults: (faults) =>
      emulator.setFaults(readFaults(Array.isArray(faults) ? { rules: faults } : (faults as Faults))),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const OPTIONS: readonly (keyof OptioOptions)[] = ['seed', 'now', 'latency', 'fail', 'limits', 'host', 'port'];

/** Nothing that is asked for is left undone without a word. */
function refuseUnknown(options: object): void {
  const unknown = Object.keys(options).find((option) => !(OPTIONS as readonly string[]).includes(option));
  if (unknown === undefined) return;
  throw new OptionFault(`the option ${unknown} is not known; startOptio knows ${OPTIONS.join(', ')}`);
}

/** Throws `OptionFault`. */
function readApproval(options: ApprovalOptions = {}): ApprovalOptions {
  const problem = problemOfShape(APPROVAL, { url: '', ...options });
  if (problem) throw new OptionFault(`The options of approve() cannot be meant. ${problem.message}`);
  return options;
}

function clockOf(emulator: Emulator): OptioClock {
  const clock = () => emulator.world.clock;
  return {
    now: () => new Date(clock().now()),
    set: (instant) => clock().set(readInstant(instant)),
    advance: (by) => clock().advance(readDuration(by)),
    run: () => clock().run(),
    stop: () => clock().stop(),
  };
}

function readInstant(instant: string | Date): number {
  const read = instantOf(instant);
  if (read !== null) return read;
  throw new OptionFault(`${JSON.stringify(instant)} is no instant: it must be ISO 8601 such as 2026-01-31T12:00:00Z`);
}

function readDuration(by: string | number): number {
  const read = typeof by === 'string' ? parseDuration(by) : by;
  if (read !== null && Number.isFinite(read)) return read;
  throw new OptionFault(
    `${JSON.stringify(by)} is no duration: it must be ISO 8601 such as PT90M or P30D, or milliseconds`,
  );
}
