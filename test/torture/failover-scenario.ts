/**
 * The primary of several PostgreSQL servers goes away in the midst of writes, in order or killed, and a standby takes its
 * place: Optio, which knows all, follows; nothing that was answered is lost, and clients that wait hardly notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.ts';
import { PostgresPair } from '../support/postgres-pair.ts';
import type { Scenario } from './scenario.ts';
import { writeWatched } from './watched-writes.ts';

const DATABASE = 'optio';
const HEALTHY_MS = 500;
/** No load leaves so long between two answers by itself. */
const WORTH_TELLING_MS = 1_000;

interface Strike {
  readonly name: string;
  readonly strike: (pair: PostgresPair) => Promise<void>;
  /** Leads back to a pair. */
  readonly mend: (pair: PostgresPair) => Promise<void>;
  /** Waits for Optio's own limits: for long runs. */
  readonly isSlow?: true;
}

const STRIKES: readonly Strike[] = [
  { name: 'switched over', strike: (pair) => pair.switchOver(), mend: async () => {} },
  { name: 'primary killed', strike: (pair) => pair.failOver(), mend: (pair) => pair.rebuildStandby() },
  {
    name: 'primary silent',
    strike: (pair) => pair.failOverFromSilence(),
    mend: (pair) => pair.rebuildStandby(),
    isSlow: true,
  },
];

/** From then on a run is long. */
const LONG_MS = 60_000;

export const failover: Scenario = {
  name: 'failover',
  promise: 'when a standby takes the place of the primary, Optio follows within seconds, and what was answered is kept',
  run: async (options) => {
    const pair = await PostgresPair.start(options.lifetime);
    await query(pair.primary.url, `CREATE DATABASE ${DATABASE}`);
    await writeWatched(options, pair.url(DATABASE), async (answers) => {
      const until = performance.now() + options.durationMs;
      do {
        for (const { name, strike, mend, isSlow } of STRIKES) {
          if (isSlow && options.durationMs < LONG_MS) continue;
          await sleep(HEALTHY_MS);
          const { gapMs, refused } = await answers.during(() => strike(pair));
          options.report(`${name}: for ${Math.round(gapMs)} ms no write was answered, ${refused} refused`);
          await mend(pair);
        }
      } while (performance.now() < until);
    });
  },
};

export const failoverByHand: Scenario = {
  name: 'failover-by-hand',
  promise:
    'whatever you do meanwhile to the servers that OPTIO_TEST_CLUSTER_URL names (an empty database), what was answered is kept',
  run: async (options) => {
    const databaseUrl = process.env.OPTIO_TEST_CLUSTER_URL;
    if (!databaseUrl) return options.report('OPTIO_TEST_CLUSTER_URL names no servers: nothing was tried');
    await writeWatched(options, databaseUrl, async (answers) => {
      const { tally } = answers;
      const until = performance.now() + options.durationMs;
      let gapMs = 0;
      for (let refused = tally.refused; performance.now() < until; await sleep(10)) {
        const now = answers.gapMs;
        if (now < gapMs && gapMs > WORTH_TELLING_MS) {
          options.report(`for ${Math.round(gapMs)} ms no write was answered, ${tally.refused - refused} refused`);
          refused = tally.refused;
        }
        gapMs = now;
      }
    });
  },
};
