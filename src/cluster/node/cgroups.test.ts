import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cgroupsOf, hierarchies } from './cgroups.ts';

const hybridMounts = `
tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
`;
const hybridOwn = '4:name=systemd:/\n3:memory:/user/1\n2:cpu,cpuacct:/\n0::/\n';

describe('the cgroup of a node', () => {
  test('uses the v1 controllers of a hybrid host and leaves its empty v2 alone', () => {
    assert.deepEqual(
      hierarchies(hybridMounts, hybridOwn).map((h) => h.options),
      ['cpu,cpuacct', 'memory', 'none,name=systemd'],
    );
  });

  test('stands below our own, so that limits set on us hold', () => {
    assert.deepEqual(cgroupsOf(hierarchies(hybridMounts, hybridOwn), 'dev', 'dev-1'), [
      '/sys/fs/cgroup/cpu,cpuacct/switchboard/dev/dev-1',
      '/sys/fs/cgroup/memory/user/1/switchboard/dev/dev-1',
      '/sys/fs/cgroup/systemd/switchboard/dev/dev-1',
    ]);
  });

  test('is one directory on a host with v2 alone, at its top: a cgroup with processes may have no controllers below', () => {
    const found = hierarchies('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n', '0::/user.slice\n');
    assert.deepEqual(cgroupsOf(found, 'dev', 'dev-1'), ['/sys/fs/cgroup/switchboard/dev/dev-1']);
  });

  test('is absent where the host has no cgroups', () => {
    assert.deepEqual(hierarchies('proc /proc proc rw 0 0\n', ''), []);
  });
});
