/**
 * How many requests an app may send in ten seconds and an account in a day: HubSpot's two limits, with its headers and
 * its refusals. Each process counts for itself; docs/adr/0011-rate-limits.md says why.
 */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Context } from '../actions/context.ts';
import type { Principal } from '../domain/access.ts';
import { principalOf } from './auth.ts';
import { CalendarDay } from './calendar-day.ts';
import type { Route } from './endpoint.ts';
import { type PolicyName, type Problem, sendProblem } from './errors.ts';
import { BASE as MANAGEMENT } from './optio-v1/answering.ts';
import type { Quota } from './quota.ts';
import { RollingWindow } from './rolling-window.ts';

const INTERVAL_MS = 10_000;

/** How many requests are taken; null where there is no limit. */
export interface RateLimits {
  /** Of one app, in any ten seconds. */
  readonly app: number | null;
  /** Of one account, in a day of UTC. */
  readonly accountDaily: number | null;
}

/** A limit, what is used up of it, and what callers are told of it. */
interface Policy {
  readonly name: PolicyName;
  readonly quota: Quota;
  readonly announce: (reply: FastifyReply, left: number) => void;
  /** Completes "Allowed: …". */
  readonly allowed: string;
}

/** HubSpot's API is limited. Managing is ours, and whoever mends something there must get through. */
export function isRateLimited({ path, scopes }: Route): boolean {
  return scopes !== 'public' && !path.startsWith(`${MANAGEMENT}/`);
}

/**
 * A hook that counts the requests of known callers, and refuses those past a limit, which then count for nothing. Runs
 * after authentication and before the body is read. All routes share one. Each context has counts of its own.
 */
export function limitRates(limits: RateLimits) {
  const counts = new WeakMap<Context, ReturnType<typeof policiesByCaller>>();
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const { context } = request;
    let policiesOf = counts.get(context);
    if (!policiesOf) {
      policiesOf = policiesByCaller(limits);
      counts.set(context, policiesOf);
    }
    const policies = policiesOf(principalOf(request));
    const now = context.clock();
    const reached = policies.find(({ quota }) => quota.left(now) === 0);
    for (const { quota, announce } of policies) {
      if (!reached) quota.take(now);
      announce(reply, quota.left(now));
    }
    if (reached) sendProblem(request, reply, problemOf(reached, now));
    else done();
  };
}

/** An app's id is its own only within an account: HubSpot's apps may be installed in several. */
function policiesByCaller({ app, accountDaily }: RateLimits) {
  const accounts = new Map<number, { day: Policy[]; apps: Map<number, Policy[]> }>();
  return ({ accountId, appId }: Principal): readonly Policy[] => {
    let account = accounts.get(accountId);
    if (!account) {
      account = { day: accountDaily === null ? [] : [daily(accountDaily)], apps: new Map() };
      accounts.set(accountId, account);
    }
    let policies = account.apps.get(appId);
    if (!policies) {
      // Where both are reached, the one to wait for longer is told.
      policies = app === null ? account.day : [...account.day, tenSecondly(app)];
      account.apps.set(appId, policies);
    }
    return policies;
  };
}

/** Headers are named in lower case, as they are sent: making them so for each request costs more than the counting. */
function tenSecondly(max: number): Policy {
  return {
    name: 'TEN_SECONDLY_ROLLING',
    quota: new RollingWindow(max, INTERVAL_MS),
    announce: (reply, left) => {
      reply.header('x-hubspot-ratelimit-max', max);
      reply.header('x-hubspot-ratelimit-remaining', left);
      reply.header('x-hubspot-ratelimit-interval-milliseconds', INTERVAL_MS);
    },
    allowed: `${max} requests of an app in ten seconds`,
  };
}

function daily(max: number): Policy {
  return {
    name: 'DAILY',
    quota: new CalendarDay(max),
    announce: (reply, left) => {
      reply.header('x-hubspot-ratelimit-daily', max);
      reply.header('x-hubspot-ratelimit-daily-remaining', left);
    },
    allowed: `${max} requests of an account in a day of UTC`,
  };
}

/** HubSpot's words, which clients compare. */
export function messageOfLimit(name: PolicyName): string {
  return `You have reached your ${name.toLowerCase()} limit.`;
}

function problemOf({ name, quota, allowed }: Policy, now: number): Problem {
  return {
    code: 'RATE_LIMITED',
    policyName: name,
    message: messageOfLimit(name),
    detail: { message: `Allowed: ${allowed}. Nothing was changed; send it again after Retry-After seconds.` },
    headers: { 'Retry-After': String(Math.ceil(quota.msUntilLeft(now) / 1_000)) },
  };
}
