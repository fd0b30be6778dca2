import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  addressBytes,
  addressFromBytes,
  bracketed,
  canonical,
  contains,
  formatAddress,
  formatCidr,
  isAddress,
  nthAddress,
  outermost,
  overlap,
  parseAddress,
  parseCidr,
  subnet,
} from './ip.ts';

describe('addresses', () => {
  test('any IPv4 or IPv6 address that is written and read again is the same', () => {
    const address = fc.oneof(
      fc.record({ family: fc.constant(4 as const), value: fc.bigInt(0n, (1n << 32n) - 1n) }),
      fc.record({ family: fc.constant(6 as const), value: fc.bigInt(0n, (1n << 128n) - 1n) }),
    );
    fc.assert(
      fc.property(address, (a) => {
        assert.deepEqual(parseAddress(formatAddress(a)), { ...a });
        assert.deepEqual(addressFromBytes(addressBytes(a)), { ...a });
      }),
    );
  });

  test('the texts that are addresses are those that the C library takes', () => {
    const group = fc.oneof(fc.string({ maxLength: 4, unit: fc.constantFrom(...'0123abF.:') }), fc.ipV4());
    const text = fc.oneof(
      fc.ipV6(),
      fc.ipV4(),
      fc.array(group, { maxLength: 9 }).map((parts) => parts.join(':')),
    );
    fc.assert(fc.property(text, (t) => assert.equal(isAddress(t), isIP(t) !== 0, t)));
  });

  test('IPv6 is written as a URL writes it, which is RFC 5952', () => {
    fc.assert(
      fc.property(fc.ipV6(), (t) => {
        fc.pre(!canonical(t).startsWith('::ffff:'));
        assert.equal(`[${canonical(t)}]`, new URL(`http://[${t}]`).hostname);
      }),
    );
  });

  test('the first of two equally long runs of zeros is shortened, and IPv4-mapped addresses are mixed', () => {
    assert.equal(canonical('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
    assert.equal(canonical('1:0:2:3:4:5:6:7'), '1:0:2:3:4:5:6:7');
    assert.equal(canonical('0:0:0:0:0:0:0:0'), '::');
    assert.equal(canonical('::ffff:a00:1'), '::ffff:10.0.0.1');
  });

  test('leading zeros and names are refused', () => {
    assert.throws(() => parseAddress('010.0.0.1'), /Cannot parse IP address "010.0.0.1"/);
    assert.throws(() => parseAddress('localhost'), /Cannot parse IP address/);
    assert.throws(() => parseAddress(''), /Cannot parse IP address/);
  });
});

describe('ranges', () => {
  test('host bits are cleared', () => {
    assert.equal(formatCidr(parseCidr('10.244.3.7/24')), '10.244.3.0/24');
    assert.equal(formatCidr(parseCidr('fd44::1:2/64')), 'fd44::/64');
    assert.equal(formatCidr(parseCidr('0.0.0.0/0')), '0.0.0.0/0');
  });

  test('a range contains its own addresses and no others', () => {
    const range = parseCidr('10.96.0.0/12');
    assert.ok(contains(range, parseAddress('10.96.0.0')));
    assert.ok(contains(range, parseAddress('10.111.255.255')));
    assert.ok(!contains(range, parseAddress('10.112.0.0')));
    assert.ok(!contains(range, parseAddress('::a60:1')));
  });

  test('addresses and subnets are counted from the start', () => {
    assert.equal(formatAddress(nthAddress(parseCidr('10.96.0.0/12'), 10)), '10.96.0.10');
    assert.equal(formatCidr(subnet(parseCidr('10.244.0.0/16'), 24, 2)), '10.244.2.0/24');
    assert.equal(formatCidr(subnet(parseCidr('fd44::/56'), 64, 255)), 'fd44:0:0:ff::/64');
    assert.throws(() => nthAddress(parseCidr('10.0.0.0/30'), 4), /the range has 4/);
    assert.throws(() => subnet(parseCidr('10.244.0.0/16'), 24, 256), /it has 256/);
  });

  test('what is not a range is refused', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', 'x/8'])
      assert.throws(() => parseCidr(text), /Cannot parse IP range/, text);
  });
});

test('ranges overlap when one is part of the other, and only within a family', () => {
  const overlaps = (a: string, b: string) => {
    const found = overlap(parseCidr(a), parseCidr(b));
    assert.equal(overlap(parseCidr(b), parseCidr(a)), found);
    return found;
  };
  assert.ok(overlaps('10.96.0.0/12', '10.100.0.0/24'));
  assert.ok(overlaps('fd44::/56', 'fd44::/56'));
  assert.ok(!overlaps('10.96.0.0/12', '10.112.0.0/12'));
  assert.ok(!overlaps('0.0.0.0/0', '::/0'));
});

test('the outermost of ranges are those that are part of no other, of each family, however they are written', () =>
  assert.deepEqual(
    outermost(['10.96.0.0/24', '10.96.0.0/12', 'fd96::/112', '10.97.0.0/12', '10.200.0.0/24']),
    ['10.200.0.0/24', '10.96.0.0/12', 'fd96::/112'],
  ));

test('an IPv6 address stands in brackets in a URL', () => {
  for (const address of ['fd96::1', '10.96.0.1'])
    assert.equal(new URL(`https://${bracketed(address)}:443/`).hostname, bracketed(address));
});
