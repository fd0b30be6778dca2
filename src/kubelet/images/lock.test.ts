import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ifFree, withLock } from './lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'locks-'));
after(() => rmSync(dir, { recursive: true }));
const nothing = async () => {};

test('one alone holds a lock exclusively', async () => {
  await withLock(dir, 'a', 'exclusive', async () => {
    assert.equal(await ifFree(dir, 'a', 'exclusive', nothing), false);
    assert.equal(await ifFree(dir, 'a', 'shared', nothing), false);
    assert.equal(await ifFree(dir, 'b', 'exclusive', nothing), true, 'another lock is another matter');
  });
  assert.equal(await ifFree(dir, 'a', 'exclusive', nothing), true);
});

test('many hold a lock shared, and keep out who wants it alone', async () => {
  await withLock(dir, 'a', 'shared', async () => {
    assert.equal(await ifFree(dir, 'a', 'shared', nothing), true);
    assert.equal(await ifFree(dir, 'a', 'exclusive', nothing), false);
  });
});

test('who waits comes next', async () => {
  const order: string[] = [];
  const first = withLock(dir, 'a', 'exclusive', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('first');
  });
  const second = withLock(dir, 'a', 'exclusive', async () => order.push('second'));
  await Promise.all([first, second]);
  assert.equal(order.length, 2);
});

test('work that fails lets go of the lock', async () => {
  await assert.rejects(
    withLock(dir, 'a', 'exclusive', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await ifFree(dir, 'a', 'exclusive', nothing), true);
});
