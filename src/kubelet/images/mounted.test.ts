import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imagesInMounts } from './mounted.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

test('an image that a container stands on is seen in the mounts of its namespace', () => {
  const mountinfo = [
    '22 1 0:20 / /proc rw - proc proc rw',
    `90 1 0:50 / /c/1 rw - overlay overlay rw,lowerdir=/etc/layer:/var/lib/s/images/rootfs/${a},upperdir=/u,workdir=/w`,
    `91 1 0:51 / /c/2 rw - overlay overlay rw,lowerdir+=/var/lib/s/images/rootfs/${b},upperdir=/u,workdir=/w`,
    '92 1 8:1 /rootfs/short /x rw - ext4 /dev/vda rw',
  ].join('\n');
  assert.deepEqual(imagesInMounts(mountinfo), [a, b]);
});
