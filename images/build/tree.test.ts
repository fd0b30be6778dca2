import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { placeInImage } from './place.ts';
import { linkTree } from './tree.ts';

let dir: string;
const at = (path: string) => join(dir, path);
function write(path: string, text = path): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tree-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('trees share their files', () => {
  write('lower/usr/lib/libc.so');
  linkTree(at('lower'), at('image'));
  assert.equal(statSync(at('image/usr/lib/libc.so')).ino, statSync(at('lower/usr/lib/libc.so')).ino);
});

test('an upper layer replaces a file and leaves the lower layer as it was', () => {
  write('lower/etc/conf', 'lower');
  write('upper/etc/conf', 'upper');
  for (const layer of ['lower', 'upper']) linkTree(at(layer), at('image'));
  assert.equal(readFileSync(at('image/etc/conf'), 'utf8'), 'upper');
  assert.equal(readFileSync(at('lower/etc/conf'), 'utf8'), 'lower');
});

test('directories keep their mode, links stay links', () => {
  mkdirSync(at('lower/tmp'), { recursive: true });
  chmodSync(at('lower/tmp'), 0o1777);
  symlinkSync('/nowhere', at('lower/link'));
  linkTree(at('lower'), at('image'));
  assert.equal(statSync(at('image/tmp')).mode & 0o7777, 0o1777);
  assert.equal(readlinkSync(at('image/link')), '/nowhere');
});

test('a directory goes where a link in its place points', () => {
  mkdirSync(at('image/run'), { recursive: true });
  mkdirSync(at('image/var'));
  symlinkSync('../run', at('image/var/run'));
  write('upper/var/run/nginx/x');
  linkTree(at('upper'), at('image'));
  assert.equal(readFileSync(at('image/run/nginx/x'), 'utf8'), 'upper/var/run/nginx/x');
});

test('no link leads out of the tree', () => {
  mkdirSync(at('outside'));
  mkdirSync(at('image'));
  symlinkSync(at('outside'), at('image/var'));
  write('upper/var/x');
  assert.throws(() => linkTree(at('upper'), at('image')), /Cannot lay a directory over the link var/);
});

test('a package is laid out for merged /usr, without documentation but with its copyright', () => {
  for (const path of [
    'bin/sh',
    'lib/x/libc.so.6',
    'usr/share/doc/libc6/copyright',
    'usr/share/doc/libc6/changelog.gz',
    'usr/share/man/man1/sh.1',
    'etc/init.d/nginx',
    'lib/systemd/system/nginx.service',
    'etc/nginx/nginx.conf',
  ])
    write(`deb/${path}`);
  linkTree(at('deb'), at('image'), placeInImage);
  const there = (path: string) => statSync(at(`image/${path}`), { throwIfNoEntry: false }) !== undefined;
  for (const path of [
    'usr/bin/sh',
    'usr/lib/x/libc.so.6',
    'usr/share/doc/libc6/copyright',
    'etc/nginx/nginx.conf',
  ])
    assert.ok(there(path), path);
  for (const path of [
    'bin',
    'usr/share/doc/libc6/changelog.gz',
    'usr/share/man',
    'etc/init.d',
    'usr/lib/systemd',
  ])
    assert.ok(!there(path), path);
});
