import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkList, networkOfCaller, parseNetwork } from '../../src/domain/networks.ts';

describe('A network is read', () => {
  const read: [string, string][] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.128/25', '192.0.2.128/25'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.6/31', '192.0.2.6/31'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['2001:db8:0:0:8000::/65', '2001:db8:0:0:8000::/65'],
    ['::ffff:10.0.0.0/104', '::ffff:10.0.0.0/104'],
  ];
  for (const [text, network] of read) test(text, () => assert.equal(parseNetwork(text), network));
});

describe('What is no network is refused, and so are bits after the prefix: they are a slip', () => {
  for (const text of [
    ...['', 'all', 'localhost', 'example.com/8', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0/8'],
    ...[
      '010.0.0.0/8',
      '10.0.0.0/8/8',
      ' 10.0.0.0/8',
      '10.0.0.0/255.0.0.0',
      '::/129',
      'fe80::1%eth0',
      '[::1]',
      '1::2::3',
    ],
    ...['10.1.2.3/8', '192.0.2.129/25', '192.0.2.7/31', '2001:db8::1/32', '2001:db8:0:0:8000::/64', '::1/0'],
  ]) {
    test(text || 'nothing', () => assert.equal(parseNetwork(text), null));
  }
});

test('An address is found in the networks that hold it, in its IPv6 form too, and nowhere else', () => {
  const list = new NetworkList(['10.0.0.0/8', '192.0.2.7/32', '2001:db8::/32'].map((text) => parseNetwork(text)!));
  for (const inside of [
    '10.255.0.1',
    '192.0.2.7',
    '::ffff:10.1.2.3',
    '::ffff:a01:203',
    '2001:db8:ffff::1',
    '2001:DB8::',
  ]) {
    assert.equal(list.has(inside), true, inside);
  }
  for (const outside of [
    ...['11.0.0.1', '192.0.2.8', '::ffff:11.0.0.1', '2001:db9::1', '::1', '::10.0.0.1', 'fe80::1%eth0'],
    ...['', 'unknown', '10.0.0.1:80', '10.0.0.1, 8.8.8.8', '10.0.0', '012.0.0.1', '[2001:db8::1]'],
  ]) {
    assert.equal(list.has(outside), false, outside);
  }
  assert.equal(new NetworkList([]).has('10.0.0.1'), false);
  assert.equal(new NetworkList(['fe80::/10']).has('fe80::1%eth0'), true, 'a zone is no part of the address');
});

describe('What one caller holds at least', () => {
  const held: [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['2001:db8:0:1::7', '20010db800000001/64'],
    ['2001:DB8:0:1:ffff:ffff:ffff:ffff', '20010db800000001/64'],
    ['2001:db8:0:2::7', '20010db800000002/64'],
    ['fe80::1%eth0', 'fe80000000000000/64'],
    ['::1', '0000000000000000/64'],
    ['no address', 'no address'],
  ];
  for (const [address, network] of held) test(address, () => assert.equal(networkOfCaller(address), network));
});
