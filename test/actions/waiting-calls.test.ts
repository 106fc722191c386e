import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { WantedChanges } from '../../src/actions/gathering.ts';
import { WaitingCalls } from '../../src/actions/waiting-calls.ts';
import { publicApiActor } from '../../src/domain/outcome.ts';
import { wanted } from '../support/account.ts';
import { statusChange } from '../support/subjects.ts';

interface NamedCall extends WantedChanges {
  readonly name: string;
  readonly contacts: readonly string[];
}

function call(name: string, ...contacts: string[]): NamedCall {
  const changes = contacts.map((contact) => wanted(`${contact}@example.com`, statusChange(101, 'SUBSCRIBED')));
  return { name, contacts, accountId: 1, actor: publicApiActor(10), changes };
}

function names(calls: readonly NamedCall[]): string[] {
  return calls.map(({ name }) => name);
}

describe('waiting calls', () => {
  test('calls of different contacts, and of the same one, share a transaction in their order', () => {
    const waiting = new WaitingCalls<NamedCall>();
    for (const each of [call('1', 'ada'), call('2', 'bob'), call('3', 'ada')]) waiting.add(each);
    assert.deepEqual(names(waiting.take(10)), ['1', '2', '3']);
    assert.equal(waiting.mayTake, false);
  });

  test('a transaction takes no more than fits, but always one call', () => {
    const waiting = new WaitingCalls<NamedCall>();
    for (const each of [call('large', 'a', 'b', 'c', 'd'), call('2', 'e', 'f'), call('3', 'g'), call('4', 'h')])
      waiting.add(each);
    assert.deepEqual(names(waiting.take(3)), ['large']);
    assert.deepEqual(names(waiting.take(3)), ['2', '3']);
    assert.equal(waiting.changes, 1);
    assert.deepEqual(names(waiting.take(3)), ['4']);
  });

  test('a call waits for its contact, and whoever shares another contact with it waits behind it', () => {
    const waiting = new WaitingCalls<NamedCall>();
    waiting.add(call('first', 'ada'));
    const first = waiting.take(10);
    for (const each of [call('held', 'ada', 'bob'), call('behind', 'bob'), call('free', 'cid')]) waiting.add(each);
    assert.deepEqual(names(waiting.take(10)), ['free']);
    assert.deepEqual(waiting.take(10), []);
    assert.equal(waiting.mayTake, false, 'nothing to try before somebody lets go');
    waiting.release(first);
    assert.deepEqual(names(waiting.take(10)), ['held', 'behind']);
  });

  test('whatever comes and goes: none is lost, no contact is in two transactions, and each keeps its order', () => {
    const contact = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), contacts: fc.array(contact, { minLength: 1, maxLength: 3 }) }),
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('release' as const), which: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, maxChanges) => {
        const waiting = new WaitingCalls<NamedCall>();
        const underway: NamedCall[][] = [];
        const added = new Map<string, string[]>();
        const taken = new Map<string, string[]>();
        const note = (log: Map<string, string[]>, { name, contacts }: NamedCall) => {
          for (const each of new Set(contacts)) log.set(each, [...(log.get(each) ?? []), name]);
        };
        const take = () => {
          const calls = waiting.take(maxChanges);
          const busy = new Set(underway.flat().flatMap(({ contacts }) => contacts));
          for (const each of calls) {
            assert.ok(!each.contacts.some((one) => busy.has(one)));
            note(taken, each);
          }
          if (calls.length > 0) underway.push(calls);
        };
        steps.forEach((each, index) => {
          if (each.do === 'add') {
            const one = call(String(index), ...each.contacts);
            note(added, one);
            waiting.add(one);
          } else if (each.do === 'take') take();
          else for (const calls of underway.splice(each.which, 1)) waiting.release(calls);
        });
        while (waiting.changes > 0) {
          for (const calls of underway.splice(0)) waiting.release(calls);
          take();
        }
        assert.deepEqual(taken, added);
      }),
    );
  });
});
