/** A scenario as the ordinary suite runs it: shortly, and with a seed that a failure names. */
import { test } from 'node:test';
import type { Scenario } from './scenario.ts';
import { anySeed, seededRandom } from './seeded-random.ts';

/** Declares the test. Scenarios that use the tests' PostgreSQL want `after(stopOwnServer)` beside it. */
export function testShortly(scenario: Scenario, durationMs: number): void {
  test(`${scenario.name}: ${scenario.promise}`, async (t) => {
    const seed = anySeed();
    const options = { random: seededRandom(seed, scenario.name), durationMs };
    t.diagnostic(`npm run torture -- ${scenario.name} --seed ${seed}`);
    await scenario.run({ ...options, lifetime: t, report: (line) => t.diagnostic(line) });
  });
}
