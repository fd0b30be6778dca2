import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { execute } from '../../lib/exec.ts';
import { nodePaths } from '../paths.ts';
import { type BootPlan, launchScript, rootScript } from './script.ts';

const plan: BootPlan = {
  hostname: "it's-a-name",
  launcherPid: 1,
  paths: nodePaths('dev', 'dev-1'),
  hierarchies: [{ options: 'memory', mount: '/sys/fs/cgroup/memory', own: '/' }],
  cgroups: ['/sys/fs/cgroup/memory/switchboard/dev/dev-1'],
  shared: [{ source: '/srv/package', target: '/opt/switchboard', writable: false }],
};

describe('the boot script of a node', () => {
  test('is a shell program, whatever stands in names', async () => {
    for (const text of [launchScript(plan), rootScript(plan)]) {
      assert.deepEqual(await execute('/bin/sh', ['-n'], { input: text }), {
        code: 0,
        stdout: '',
        stderr: '',
      });
    }
  });

  test('joins its cgroup before anything else, so that all of the node is in it', () => {
    const lines = launchScript(plan).split('\n');
    assert.equal(lines[1], "echo $$ > '/sys/fs/cgroup/memory/switchboard/dev/dev-1/cgroup.procs'");
  });

  test('mounts what it shares with the host read only unless it is to be written', () => {
    const lines = rootScript(plan).split('\n');
    const at = lines.indexOf(`mount --rbind '/srv/package' "$R/opt/switchboard"`);
    assert.equal(lines[at + 1], 'mount -o remount,bind,ro "$R/opt/switchboard"');
  });

  test('lets the host out of sight before PID 1 starts', () => {
    const lines = rootScript(plan).split('\n');
    assert.ok(lines.indexOf('umount -l /old') < lines.findIndex((line) => line.startsWith('exec ')));
  });
});
