import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { packageRoot } from '../cluster/paths.ts';
import { execute } from '../lib/exec.ts';
import { duration, showProgress } from './progress.ts';
import { tableText } from './table.ts';

const switchboard = (...args: string[]) =>
  execute(`${packageRoot}/bin/switchboard`, args, { timeoutMs: 30_000 });

describe('the command line', () => {
  test('lists its commands', async () => {
    const { code, stdout } = await switchboard('--help');
    assert.equal(code, 0);
    for (const command of [
      'up',
      'down',
      'status',
      'list',
      'lan',
      'node',
      'image',
      'dns',
      'proxy',
      'agent',
      'controlplane',
    ]) {
      assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  test('refuses what it does not know, and says what there is', async () => {
    const { code, stderr } = await switchboard('upp');
    assert.equal(code, 1);
    assert.match(stderr, /unknown command 'upp'/);
    assert.match(stderr, /Did you mean up/);
  });

  test('says in one sentence what is wrong with a number of nodes', async () => {
    const { code, stderr } = await switchboard('up', '--nodes', 'many');
    assert.equal(code, 1);
    assert.match(stderr, /^switchboard: Cannot make many nodes: give a whole number from 1\n$/);
  });

  test('of a cluster that is not there names what to do', async () => {
    const { code, stderr } = await switchboard('status', '--name', 'nowhere');
    assert.equal(code, 1);
    assert.match(stderr, /^switchboard: Cannot find cluster nowhere: /);
  });

  test('passes the options of a command that it runs elsewhere on to that command', async () => {
    const { stderr } = await switchboard('lan', '--name', 'nowhere', '--', 'curl', '--name', 'x');
    assert.match(stderr, /Cannot find cluster nowhere|as an ordinary user/);
  });
});

test('progress is one line a step, with how long each took', () => {
  let text = '';
  let now = 0;
  const out = { isTTY: false, write: (more: string) => (text += more) } as unknown as NodeJS.WriteStream;
  const shown = showProgress(out, () => now);
  shown.step('network');
  now = 12;
  shown.step('nodes');
  shown.step('nodes');
  now = 2_500;
  shown.done();
  assert.equal(text, '✓ network (12 ms)\n✓ nodes (2.5 s)\n');
});

test('a duration is told as people say it', () => {
  assert.equal(duration(741.3), '741 ms');
  assert.equal(duration(61_000), '61.0 s');
});

test('a table is as wide as it must be', () => {
  assert.equal(
    tableText(
      ['NAME', 'NODES'],
      [
        ['dev', '2'],
        ['another', '1'],
      ],
    ),
    'NAME      NODES\ndev       2\nanother   1\n',
  );
});
