import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

for (const [text, nanos] of [
  ['0s', 0n],
  ['1h30m0s', 5_400_000_000_000n],
  ['1m0.25s', 60_250_000_000n],
  ['1.5ms', 1_500_000n],
  ['-3µs', -3_000n],
  ['12ns', 12n],
] as const) {
  test(`${text} is ${nanos} ns`, () => {
    assert.equal(parseDuration(text), nanos);
    assert.equal(formatDuration(nanos), text);
  });
}

test('a duration may be written in other ways', () => {
  assert.equal(parseDuration('90m'), 5_400_000_000_000n);
  assert.equal(parseDuration('.5s'), 500_000_000n);
  assert.equal(parseDuration('3us'), 3_000n);
  assert.equal(parseDuration('0'), 0n);
});

test('any duration is read as it is written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (n) =>
      assert.equal(parseDuration(formatDuration(n)), n),
    ),
  );
});

test('what is no duration is refused', () => {
  for (const text of ['', '5', '1h ', 'h', '1d'])
    assert.throws(() => parseDuration(text), /Cannot read the duration/);
});
