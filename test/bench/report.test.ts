/** What the bench prints follows from what it measured. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AIMS, isMet } from '../../bench/aims.ts';
import { report } from '../../bench/report.ts';
import { summarise } from '../../bench/results.ts';
import { measureInRounds, rotated, type Sample } from '../../bench/rounds.ts';
import { quantile, ratioOf, spreadOf } from '../../bench/statistics.ts';
import { shown, table } from '../../bench/table.ts';

describe('the arithmetic', () => {
  test('medians, quantiles and ratios', () => {
    assert.deepEqual(spreadOf([5, 1, 9, 2]), { median: 3.5, lowest: 1, highest: 9 });
    assert.throws(() => spreadOf([]), /no median/);
    assert.equal(quantile([1, 2, 3, 4], 0.5), 3);
    assert.equal(quantile([1, 2, 3, 4], 0.99), 4);
    // Round by round: a machine that was slow in one round was so for both.
    assert.deepEqual(ratioOf([10, 1, 30], [20, 2, 10]), { median: 0.5, lowest: 0.5, highest: 3 });
    assert.throws(() => ratioOf([1], [1, 2]), /same rounds/);
  });

  test('rounds begin with another cell each time, and a failing cell is named', async () => {
    assert.deepEqual(rotated(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
    const order: string[] = [];
    const cell = (name: string) => ({
      name,
      measure: async (round: number) => {
        order.push(name);
        return { [name]: { perSecond: round } };
      },
    });
    const quiet = { step: () => {} };
    const groups = [{ title: 'both', cells: [cell('a'), cell('b')] }];
    const samples = await measureInRounds(groups, 2, quiet);
    assert.deepEqual(order, ['a', 'b', 'b', 'a']);
    assert.deepEqual(samples.get('b'), [{ perSecond: 0 }, { perSecond: 1 }]);
    const failing = { name: 'c', measure: () => Promise.reject(new Error('refused')) };
    await assert.rejects(measureInRounds([{ title: 'one', cells: [failing] }], 1, quiet), /one, c, round 1: refused/);
  });
});

describe('the report', () => {
  const surroundings = {
    measuredAt: '2026-01-02T03:04:05.000Z',
    commit: 'abcdef',
    machine: { processor: 'A processor', cores: 2, memoryGiB: 24, system: 'Linux 6' },
    versions: { Optio: '1.0.0' },
    rounds: 5,
    windowMs: 1_000,
    isQuick: false,
  };
  const at = (perSecond: number): Sample => ({ perSecond, p50Ms: 1, p99Ms: 2 });

  test('figures keep three digits that count', () => {
    assert.deepEqual([0.71234, 12.345, 31_449.9, 0, 1].map(shown), ['0.712', '12.3', '31,400', '0', '1.00']);
  });

  test('tables line up', () => {
    assert.equal(
      table([{ title: 'who' }, { title: 'n', align: 'right' }], [['Optio', '12']]),
      '| who   |   n |\n| ----- | --: |\n| Optio |  12 |',
    );
  });

  test('an aim is met, missed, or was not measured', () => {
    const samples = new Map([
      ['sqlite/single-writes/64/optio', [at(80), at(90), at(60)]],
      ['postgresql/single-writes/64/optio', [at(10), at(10), at(90)]],
      ['no-storage/single-writes/64', [at(100), at(100), at(100)]],
    ]);
    const results = summarise(surroundings, { samples, memory: [], starts: [], opponents: [], versions: [] });
    const text = report(results);
    assert.match(
      text,
      /durable single writes, 64 connections, SQLite, of "no storage" .*at least 0\.7 \| +0\.800 \(0\.600-0\.900\) \| met /,
    );
    assert.match(text, /PostgreSQL, of "no storage" .*at least 0\.5 \| +0\.100 \(0\.100-0\.900\) \| missed /);
    assert.match(text, /of @c15t\/backend .*not measured/);
    assert.equal(results.aims.filter(({ measured }) => measured !== null).length, 2);
  });

  test('links have a table of their own, and a million contacts an aim in seconds', () => {
    const samples = new Map([
      ['links/sealing', [{ perSecond: 150_000 }]],
      ['sqlite/links/batch', [{ perSecond: 100_000 }]],
      ['sqlite/links/one-click', [at(2_000)]],
    ]);
    const text = report(summarise(surroundings, { samples, memory: [], starts: [], opponents: [], versions: [] }));
    assert.match(text, /a million contacts' links, .*at most 60 s \| +30\.0 s \| met /);
    assert.match(text, /^\| links made by batches +\| Optio, SQLite +\| +100,000 \|/m);
    assert.match(text, /^\| one clicks +\| Optio, SQLite +\| +2,000 \| +1\.00 \| +2\.00 \|/m);
  });

  test('every aim knows its limit from either side', () => {
    for (const aim of AIMS) {
      const spread = (median: number) => ({ median, lowest: median, highest: median });
      const [better, worse] = aim.is === 'at least' ? [2, 0.5] : [0.5, 2];
      assert.equal(isMet(aim, spread(aim.aim)), true, aim.what);
      assert.equal(isMet(aim, spread(aim.aim * better)), true, aim.what);
      assert.equal(isMet(aim, spread(aim.aim * worse)), false, aim.what);
    }
  });
});
