import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assignSlots, Numbering, type Numbers } from './slots.ts';

const targets = (letters: string) =>
  Array.from(letters, (letter) => ({ address: letter, port: 80, isLocal: false }));
const after = (changes: string[]) =>
  changes
    .reduce<string[]>((slots, now) => assignSlots(slots, targets(now)), [])
    .map((slot) => slot[0])
    .join('');

describe('slots', () => {
  test('an endpoint that is replaced changes one slot', () => {
    assert.equal(after(['abcd', 'acde']), 'aecd');
  });

  test('the last moves into the place of one that left', () => {
    assert.equal(after(['abcd', 'acd']), 'adc');
  });

  test('without endpoints there are no slots', () => {
    assert.equal(after(['abc', '']), '');
  });

  test('after any changes every endpoint has exactly one', () => {
    const some = fc.uniqueArray(fc.constantFrom(...'abcdefgh')).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), (changes) => {
        assert.deepEqual([...after(changes)].sort(), [...(changes.at(-1) ?? '')].sort());
      }),
    );
  });
});

describe('numbers by which clients remember endpoints', () => {
  const none: Numbers = new Map();

  test('stay with an endpoint, and are not those of one that has gone', () => {
    const numbering = new Numbering();
    const first = numbering.assign(none, ['a', 'b']);
    const second = numbering.assign(first, ['b', 'c']);
    assert.equal(second.get('b'), first.get('b'));
    assert.ok(![...first.values()].includes(second.get('c') ?? -1));
    const third = numbering.assign(second, ['a', 'b', 'c']);
    assert.equal(new Set([...first.values(), ...third.values()]).size, 4);
  });

  test('begin anew when all have been used, and leave out those that still are', () => {
    const numbering = new Numbering();
    numbering.startAt(65_534);
    const first = numbering.assign(none, ['a', 'b']);
    assert.deepEqual([...first.values()], [65_534, 0]);
    numbering.startAt(65_534);
    assert.deepEqual([...numbering.assign(first, ['a', 'b', 'c']).values()], [65_534, 0, 1]);
  });
});
