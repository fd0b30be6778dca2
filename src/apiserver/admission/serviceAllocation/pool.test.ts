import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createPool, reservedBand } from './pool.ts';

/** A pool with numbers of its own, small so that it fills up. */
const poolArbitrary = fc
  .record({
    size: fc.integer({ min: 1, max: 40 }),
    part: fc.integer({ min: 0, max: 40 }),
    seed: fc.integer(),
  })
  .map(({ size, part, seed }) => {
    let state = seed >>> 0;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const reserved = Math.min(part, size);
    return { reserved, size, pool: createPool({ size, reserved, random }) };
  });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('take' as const), n: fc.integer({ min: -2, max: 42 }) }),
    fc.record({ do: fc.constant('takeAny' as const), n: fc.constant(0) }),
    fc.record({ do: fc.constant('release' as const), n: fc.integer({ min: -2, max: 42 }) }),
  ),
  { maxLength: 120 },
);

describe('a pool', () => {
  test('never gives a number twice, whatever is taken and released', () => {
    fc.assert(
      fc.property(poolArbitrary, steps, ({ pool, size }, all) => {
        const model = new Set<number>();
        for (const step of all) {
          if (step.do === 'take') {
            assert.equal(pool.take(step.n), step.n >= 0 && step.n < size && !model.has(step.n));
            if (step.n >= 0 && step.n < size) model.add(step.n);
          } else if (step.do === 'release') {
            pool.release(step.n);
            model.delete(step.n);
          } else {
            const n = pool.takeAny();
            assert.equal(n === undefined, model.size === size);
            if (n !== undefined) assert.ok(n >= 0 && n < size && !model.has(n), `${n} is given twice`);
            if (n !== undefined) model.add(n);
          }
          assert.equal(pool.taken, model.size);
        }
      }),
    );
  });

  test('gives every number out before it is full, and again after all were released', () => {
    fc.assert(
      fc.property(poolArbitrary, ({ pool, size }) => {
        for (let round = 0; round < 2; round++) {
          const given = new Set(Array.from({ length: size }, () => pool.takeAny()));
          assert.equal(given.size, size);
          assert.equal(pool.takeAny(), undefined);
          for (const n of given) pool.release(n ?? -1);
          assert.equal(pool.taken, 0);
        }
      }),
    );
  });

  test('touches the reserved numbers only when no other is left', () => {
    fc.assert(
      fc.property(poolArbitrary, ({ pool, size, reserved }) => {
        for (let i = 0; i < size - reserved; i++) assert.ok((pool.takeAny() ?? -1) >= reserved);
        for (let i = 0; i < reserved; i++) assert.ok((pool.takeAny() ?? size) < reserved);
      }),
    );
  });

  test('starts at random, so that neighbours are no guess', () => {
    const pool = createPool({ size: 1000, reserved: 0, random: () => 0.5 });
    assert.deepEqual([pool.takeAny(), pool.takeAny()], [500, 501]);
  });
});

describe('the reserved band', () => {
  for (const [what, size, part, most, band] of [
    ['10.96.0.0/12', 2 ** 20 - 2, 16, 256, 256],
    ['a /24', 254, 16, 256, 16],
    ['a /28', 14, 16, 256, 0],
    ['node ports 30000-32767', 2768, 32, 128, 86],
  ] as const) {
    test(`of ${what} has ${band}`, () => assert.equal(reservedBand(size, { part, most }), band));
  }
});
