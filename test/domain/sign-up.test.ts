/** However sign-ups, messages and confirmations follow each other: one message an hour, and nothing is forgotten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { askFor, livePending, MESSAGE_EVERY_MS, noSignUps, settleConfirmed } from '../../src/domain/sign-up.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const REQUEST = { language: null, request: { at: '' }, consent: null, appId: null };

type Step = { readonly after: number } & (
  | { readonly kind: 'ask' | 'confirm'; readonly types: readonly number[] }
  /** Whoever sends looks for what is due. */
  | { readonly kind: 'look' }
);

const types = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
const after = fc.integer({ min: 0, max: 90 * MINUTE });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), after, types }),
    fc.record({ kind: fc.constant('confirm' as const), after, types }),
    fc.record({ kind: fc.constant('look' as const), after }),
  ),
  { maxLength: 40 },
);

/** Follows the steps; `sent` has each message's instant and what it named. */
function follow(story: readonly Step[]) {
  let now = START;
  let signUps = noSignUps('ada@example.com');
  const sent: { at: number; named: number[] }[] = [];
  const look = () => {
    const { dueAt } = signUps.message;
    if (dueAt === null || dueAt > now) return;
    sent.push({ at: now, named: livePending(signUps, now).map(({ subscriptionId }) => subscriptionId) });
    signUps = { ...signUps, message: { dueAt: null, dueSince: null, sentAt: now } };
  };
  for (const step of story) {
    now += step.after;
    if (step.kind === 'ask') {
      signUps = askFor(signUps, 'ada@example.com', step.types, { ...REQUEST, requestedAt: now });
    } else if (step.kind === 'confirm') {
      signUps = settleConfirmed(signUps, step.types, now);
    } else look();
  }
  // An hour later at the latest, all that waits has been written about.
  now += MESSAGE_EVERY_MS;
  look();
  return { sent, waiting: livePending(signUps, now) };
}

test('an address gets one message an hour at most', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const { sent } = follow(story);
      for (const [index, { at }] of sent.slice(1).entries()) assert.ok(at - sent[index]!.at >= MESSAGE_EVERY_MS);
    }),
  );
});

test('whatever waits was named in a message that was sent after it was asked for first', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const { sent, waiting } = follow(story);
      for (const { subscriptionId } of waiting) {
        assert.ok(sent.some(({ named }) => named.includes(subscriptionId)));
      }
    }),
  );
});

test('no message asks for nothing', () => {
  fc.assert(fc.property(steps, (story) => follow(story).sent.every(({ named }) => named.length > 0)));
});
