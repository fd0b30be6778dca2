import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersToForget } from './components.ts';

test('bundles are forgotten but the last two, and those that something runs from', () => {
  const commands = ['/sbin/init', 'node\0/opt/switchboard/.build/components/running/main.mjs\0agent'];
  assert.deepEqual(
    foldersToForget(['old', 'running', 'before', 'new'], ['new', 'before', undefined], commands),
    ['old'],
  );
});
