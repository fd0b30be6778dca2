import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { execute } from '../../lib/exec.ts';
import { nodePaths } from '../paths.ts';
import { type BootPlan, launchScript, mountsOf, rootScript } from './script.ts';

const plan: BootPlan = {
  hostname: "it's-a-name",
  launcherPid: 1,
  paths: nodePaths('dev', 'dev-1'),
  hierarchies: [{ options: 'memory', mount: '/sys/fs/cgroup/memory', own: '/' }],
  cgroups: ['/sys/fs/cgroup/memory/switchboard/dev/dev-1'],
  systemDirectories: ['/usr'],
  systemLinks: ['/bin', '/lib'],
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
    const options = new Map(mountsOf(plan).map(({ target, options }) => [target, options]));
    assert.equal(options.get('/opt/switchboard'), 'rbind,ro');
    assert.equal(options.get('/usr'), 'rbind,ro');
    assert.equal(options.get('/var'), 'rbind');
  });

  test('mounts each cgroup controller where the host has it', () => {
    assert.deepEqual(
      mountsOf(plan).filter(({ type }) => type.startsWith('cgroup')),
      [
        {
          source: 'cgroup',
          target: '/sys/fs/cgroup/memory',
          type: 'cgroup',
          options: 'nosuid,nodev,noexec,memory',
        },
      ],
    );
    const unified = { ...plan, hierarchies: [{ options: '', mount: '/sys/fs/cgroup', own: '/' }] };
    assert.equal(mountsOf(unified).find(({ type }) => type === 'cgroup2')?.target, '/sys/fs/cgroup');
  });

  test('keeps a path with a space in one field of the table', () => {
    const spaced = { ...plan, shared: [{ source: '/srv/my package', target: '/opt/x', writable: true }] };
    assert.match(rootScript(spaced), /^\/srv\/my\\040package .*\/opt\/x none rbind,X-mount\.mkdir 0 0$/m);
  });

  test('lets the host out of sight before PID 1 starts', () => {
    const lines = rootScript(plan).split('\n');
    assert.ok(lines.indexOf('umount -l /old') < lines.findIndex((line) => line.startsWith('exec ')));
  });
});
