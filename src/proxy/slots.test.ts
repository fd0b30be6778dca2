import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assignPlaces, slotsIn } from './slots.ts';

const targets = (letters: string) =>
  Array.from(letters, (letter) => ({ address: letter, port: 80, isLocal: false }));
const letters = (slots: readonly string[]) => slots.map((slot) => slot[0]).join('');
const after = (changes: string[], isSticky: boolean) =>
  letters(
    slotsIn(
      changes.reduce<ReturnType<typeof assignPlaces>>(
        (places, now) => assignPlaces(places, targets(now), isSticky),
        [],
      ),
    ),
  );

describe('slots', () => {
  test('an endpoint that is replaced changes one slot', () => {
    assert.equal(after(['abcd', 'acde'], false), 'aecd');
  });

  test('the last moves into the place of one that left', () => {
    assert.equal(after(['abcd', 'acd'], false), 'adc');
  });

  test('where clients remember their slots nobody moves, and a free place is served by another', () => {
    assert.equal(after(['abc', 'bc'], true), 'bbc');
    assert.equal(after(['abc', 'bc', 'bcd'], true), 'dbc');
    assert.equal(after(['abc', 'b', 'abcd'], true), 'abcd');
  });

  test('without endpoints there are no slots', () => {
    assert.equal(after(['abc', ''], true), '');
  });

  test('after any changes every endpoint has a slot, and each exactly one where nobody remembers', () => {
    const some = fc.uniqueArray(fc.constantFrom(...'abcdefgh')).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), fc.boolean(), (changes, isSticky) => {
        const last = [...(changes.at(-1) ?? '')].sort();
        const slots = [...after(changes, isSticky)].sort();
        assert.deepEqual([...new Set(slots)], last);
        if (!isSticky) assert.deepEqual(slots, last);
      }),
    );
  });
});
