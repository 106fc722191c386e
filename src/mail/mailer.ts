/**
 * Sends the messages that are due. A message is claimed first, for a while, so that of several processes one sends it; one
 * that dies in between leaves a claim that runs out. So a message is sent at least once, and twice only where a process
 * died, or was told to stop, after the server took it and before that was noted.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Context, StoreUnavailable } from '../actions/context.ts';
import type { MessagePlan } from '../domain/sign-up.ts';
import { NowAndThen } from '../log/now-and-then.ts';
import { stackOf } from '../log/stack-of.ts';
import type { MessageClaim } from '../storage/port.ts';
import { composeMessage } from './message.ts';
import { describeSendFailure, type Send, type SendFailure } from './sending.ts';

/** How long sending a message may take. */
const SEND_WITHIN_MS = 60_000;
/** For how long a message is claimed: longer than sending it takes. */
const CLAIM_MS = 120_000;
/** How many are sent side by side. */
const SIDE_BY_SIDE = 4;
/** How often it is looked for what other processes left behind, and for what is to be tried again. */
const LOOK_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 3_600_000;
/** How long a message is tried. */
const GIVE_UP_AFTER_MS = 86_400_000;
const SHORTEST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 3_600_000;
/** How long, once told to stop, it waits for what is being sent. */
const FINISH_WITHIN_MS = 10_000;
const WARN_EVERY_MS = 60_000;

export type MailLog = Pick<Logger, 'warn' | 'error'>;

export class Mailer {
  readonly #context: Context;
  readonly #send: Send;
  readonly #log: MailLog;
  readonly #warnings = new NowAndThen<Mailer>(WARN_EVERY_MS);
  readonly #cutOff = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #forgotAt = Number.NEGATIVE_INFINITY;
  /** The look that is under way. */
  #looking: Promise<void> | null = null;
  #isWoken = false;
  #isStopped = false;

  constructor(context: Context, send: Send, log: MailLog) {
    this.#context = context;
    this.#send = send;
    this.#log = log;
  }

  /** Sends what is due from now on: at once what this process records, in a while what others left behind. */
  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.wake();
  }

  /** Looks for what is due; again, where a look is under way. */
  wake(): void {
    this.#isWoken = true;
    if (this.#looking || this.#isStopped) return;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#isWoken) this.wake();
    });
  }

  /** Finishes what is being sent, and cuts off what takes longer than ten seconds: it is due again then. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearInterval(this.#timer);
    const patience = new AbortController();
    const late = pause(FINISH_WITHIN_MS, undefined, { signal: patience.signal }).then(
      () => this.#cutOff.abort(),
      () => {},
    );
    await this.#looking;
    patience.abort();
    await late;
  }

  async #look(): Promise<void> {
    this.#isWoken = false;
    try {
      await this.sendDue();
      const now = this.#context.clock();
      if (now - this.#forgotAt < FORGET_EVERY_MS) return;
      this.#forgotAt = now;
      await this.#context.store.signUps.forgetExpired(now);
    } catch (error) {
      // Of a database that is away, the log says enough.
      if (error instanceof StoreUnavailable) return;
      this.#log.error({ type: (error as Error)?.name, stack: stackOf(error) }, 'looking for messages to send failed');
    }
  }

  /** Sends all that is due now; resolves once it was tried. */
  async sendDue(): Promise<void> {
    while (!this.#isStopped) {
      const now = this.#context.clock();
      const claims = await this.#context.store.signUps.claimDue(now, now + CLAIM_MS, SIDE_BY_SIDE);
      const delivered = await Promise.allSettled(claims.map((claim) => this.#deliver(claim)));
      for (const result of delivered) if (result.status === 'rejected') throw result.reason;
      if (claims.length < SIDE_BY_SIDE) return;
    }
  }

  async #deliver(claim: MessageClaim): Promise<void> {
    const { signUps } = this.#context.store;
    const nothingDue = { dueAt: null, dueSince: null, sentAt: claim.signUps.message.sentAt };
    const message = await composeMessage(this.#context, claim);
    if (!message) return void (await signUps.settle(claim, nothingDue));
    try {
      await this.#send(message, AbortSignal.any([this.#cutOff.signal, AbortSignal.timeout(SEND_WITHIN_MS)]));
    } catch (error) {
      return void (await signUps.settle(claim, this.#planAfter(claim, describeSendFailure(error))));
    }
    await signUps.settle(claim, { ...nothingDue, sentAt: this.#context.clock() });
  }

  /** When to try again: after as long as it has been tried, but seconds at least and an hour at most. */
  #planAfter({ signUps: { message } }: MessageClaim, failure: SendFailure): MessagePlan {
    const now = this.#context.clock();
    const dueSince = message.dueSince ?? now;
    const triedFor = now - dueSince;
    const { isForGood, ...why } = failure;
    if (isForGood || triedFor >= GIVE_UP_AFTER_MS) {
      this.#log.error({ ...why, triedForSeconds: Math.round(triedFor / 1_000) }, 'a message to a contact is given up');
      return { dueAt: null, dueSince: null, sentAt: message.sentAt };
    }
    const failures = this.#warnings.count(this);
    if (failures > 0) this.#log.warn({ ...why, failures }, 'the mail server takes no messages; they are tried again');
    if (this.#cutOff.signal.aborted) return { ...message, dueAt: now };
    return { ...message, dueAt: now + Math.min(Math.max(triedFor, SHORTEST_WAIT_MS), LONGEST_WAIT_MS) };
  }
}
