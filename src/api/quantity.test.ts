import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addQuantities, canonicalQuantity, compareQuantities, milliOf, parseQuantity } from './quantity.ts';

describe('the canonical text of a quantity', () => {
  const cases = {
    '0': '0',
    '1000m': '1',
    '0.5': '500m',
    '1.5': '1500m',
    '100m': '100m',
    '128Mi': '128Mi',
    '1024Mi': '1Gi',
    '1.5Gi': '1536Mi',
    '512Ki': '512Ki',
    '1Ki': '1Ki',
    '0.5Ki': '512',
    '1000k': '1M',
    '1e3': '1e3',
    '12e6': '12e6',
    '1E': '1E',
    '-1': '-1',
    '+3': '3',
    '.5': '500m',
    '5.': '5',
    '100n': '1m',
    '9223372036854775807': '9223372036854775807',
  };
  for (const [written, canonical] of Object.entries(cases))
    test(`of ${written} is ${canonical}`, () => {
      assert.equal(canonicalQuantity(written), canonical);
      assert.equal(canonicalQuantity(canonical), canonical);
    });
});

for (const text of ['', 'abc', '1.2.3', '1 Gi', '1gi', '--1', '1e', 'Mi', '1e999'])
  test(`${JSON.stringify(text)} is no quantity`, () => {
    assert.throws(() => parseQuantity(text), /quantities must match the regular expression/);
  });

test('quantities of different suffixes compare and add exactly', () => {
  const compare = (a: string, b: string) => compareQuantities(parseQuantity(a), parseQuantity(b));
  assert.equal(compare('1Gi', '1G'), 1);
  assert.equal(compare('1000m', '1'), 0);
  assert.equal(compare('0.1', '0.2'), -1);
  assert.equal(addQuantities(parseQuantity('0.1'), parseQuantity('200m')).milli, 300n);
  assert.equal(milliOf('8Ei'), 8n * 2n ** 60n * 1000n);
});
