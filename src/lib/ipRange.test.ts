import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contains, parseAddress, parseCidr, sizeOf } from './ip.ts';
import { cidrsOfRange, encloses, formatRange, isInRange, overlap, parseRange } from './ipRange.ts';

describe('a range of addresses', () => {
  test('is written as a CIDR or by its ends', () => {
    assert.deepEqual(parseRange('10.0.0.0/30'), parseRange('10.0.0.0-10.0.0.3'));
    assert.equal(formatRange(parseRange('fd30::f:0/126')), 'fd30::f:0-fd30::f:3');
    assert.equal(formatRange(parseRange('10.0.0.7 - 10.0.0.7')), '10.0.0.7-10.0.0.7');
  });

  test('with ends of two families, in the wrong order, or that are no addresses is refused', () => {
    for (const text of [
      '10.0.0.9-10.0.0.1',
      '10.0.0.1-fd30::1',
      '10.0.0.1-',
      'x',
      '',
      '10.0.0.1-2-3',
      '10.0.0.0/33',
    ])
      assert.throws(() => parseRange(text), /Cannot parse IP/, text);
  });

  test('knows what is in it and what it meets', () => {
    const range = parseRange('10.0.0.8-10.0.1.8');
    assert.ok(isInRange(range, parseAddress('10.0.1.8')));
    assert.ok(!isInRange(range, parseAddress('10.0.1.9')));
    assert.ok(!isInRange(range, parseAddress('::a00:8')));
    assert.ok(overlap(range, parseRange('10.0.1.8-10.0.2.0')));
    assert.ok(!overlap(range, parseRange('10.0.1.9-10.0.2.0')));
    assert.ok(encloses(parseRange('10.0.0.0/16'), range));
    assert.ok(!encloses(range, parseRange('10.0.0.0/24')));
  });

  test('is the sum of its CIDRs, which do not meet', () => {
    assert.deepEqual(cidrsOfRange(parseRange('10.0.0.1-10.0.0.6')), [
      '10.0.0.1/32',
      '10.0.0.2/31',
      '10.0.0.4/31',
      '10.0.0.6/32',
    ]);
    assert.deepEqual(cidrsOfRange(parseRange('::/0')), ['::/0']);
    const ends = fc.tuple(fc.nat(0xffff), fc.nat(0xffff));
    fc.assert(
      fc.property(ends, ([a, b]) => {
        const range = { family: 4 as const, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) };
        const cidrs = cidrsOfRange(range).map(parseCidr);
        assert.equal(
          cidrs.reduce((sum, cidr) => sum + sizeOf(cidr), 0n),
          range.last - range.first + 1n,
        );
        assert.ok(cidrs.some((cidr) => contains(cidr, { family: 4, value: range.first })));
        assert.ok(cidrs.some((cidr) => contains(cidr, { family: 4, value: range.last })));
      }),
    );
  });
});
