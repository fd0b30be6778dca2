import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { laterProcess } from './laterProcess.ts';

const first = { args: ['nginx'], env: ['HOME=/root'], terminal: false, cwd: '/srv' };

describe('a process that comes later', () => {
  test('is as the first but for what it runs', () => {
    assert.deepEqual(laterProcess(first, ['ls'], false), { ...first, args: ['ls'] });
  });
  test('knows the kind of its terminal', () => {
    const { env, terminal } = laterProcess(first, ['vi'], true);
    assert.deepEqual([env, terminal], [['HOME=/root', 'TERM=xterm'], true]);
  });
  test('keeps what the container says about its terminal', () => {
    assert.deepEqual(laterProcess({ ...first, env: ['TERM=dumb'] }, ['vi'], true).env, ['TERM=dumb']);
  });
});
