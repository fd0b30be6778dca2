import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedValues } from './shared.ts';

/** Values that note when they begin and end. */
function noted() {
  const notes: string[] = [];
  const shared = sharedValues();
  const ask = (name: string) =>
    shared.get(name, (signal) => {
      notes.push(`${name} begins`);
      signal.addEventListener('abort', () => notes.push(`${name} ends`));
      return name;
    });
  return { shared, ask, notes };
}

test('a value that the next Corefile asks for again is the same', () => {
  const { shared, ask, notes } = noted();
  for (let i = 0; i < 2; i++) {
    shared.begin();
    assert.equal(ask('cluster'), 'cluster');
    ask('cluster');
    shared.commit();
  }
  assert.deepEqual(notes, ['cluster begins']);
});

test('a value that it does not ask for ends', () => {
  const { shared, ask, notes } = noted();
  shared.begin();
  ask('cluster');
  shared.commit();
  shared.begin();
  ask('other');
  shared.commit();
  assert.deepEqual(notes, ['cluster begins', 'other begins', 'cluster ends']);
});

test('a refused Corefile leaves nothing of its own and takes nothing away', () => {
  const { shared, ask, notes } = noted();
  shared.begin();
  ask('cluster');
  shared.commit();
  shared.begin();
  ask('other');
  shared.rollBack();
  assert.deepEqual(notes, ['cluster begins', 'other begins', 'other ends']);
  shared.close();
  assert.equal(notes.at(-1), 'cluster ends');
});
