import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, place, type Slots } from './slots.ts';

const at = (...addresses: string[]) => addresses.map((address) => ({ address, port: 80 }));
const shown = (slots: Slots) => slots.map((slot) => slot?.address ?? '-').join(' ');

test('an endpoint that stays keeps its slot', () => {
  const before = place([], at('a', 'b', 'c'));
  assert.equal(shown(before), 'a b c -');
  assert.equal(shown(place(before, at('c', 'd', 'a'))), 'a - c d');
});

test('slots grow to a power of two, and stay', () => {
  const grown = place(place([], at('a')), at('a', 'b', 'c', 'd', 'e'));
  assert.equal(shown(grown), 'a b c d e - - -');
  assert.equal(shown(place(grown, [])), '- - - - - - - -');
});

test('a slot is used again at once only when no other is off', () => {
  const before = place([], at('a', 'b', 'c'));
  assert.equal(shown(place(before, at('c', 'd', 'e'))), 'e - c d');
});

test('the proxy is told who comes, and then who goes', () => {
  const before = place([], at('a', 'b'));
  assert.deepEqual(commands('web', before, place(before, at('b', 'fd44::1'))), [
    'set server web/s3 addr fd44::1 port 80',
    'set server web/s3 state ready',
    'set server web/s1 state maint',
  ]);
  assert.deepEqual(commands('web', before, place(before, at('a'))), ['set server web/s2 state maint']);
  assert.deepEqual(commands('web', before, before), []);
});

test('a slot that is used again is off while it changes', () => {
  const before = place([], at('a', 'b', 'c', 'd'));
  assert.deepEqual(commands('web', before, place(before, at('a', 'b', 'c', 'x'))), [
    'set server web/s4 state maint',
    'set server web/s4 addr x port 80',
    'set server web/s4 state ready',
  ]);
});
