import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireHost } from './host.ts';
import { requireFeatures } from './kernel.ts';
import { missingPackages } from './packages.ts';
import { findProgram } from './program.ts';

describe('a machine that cannot do is told why in one sentence', () => {
  const host = { platform: 'linux', arch: 'x64', hasApt: true };
  test('another system', () =>
    assert.throws(
      () => requireHost({ ...host, platform: 'darwin' }),
      /^Error: Cannot set up this machine: .*darwin/,
    ));
  test('another processor', () =>
    assert.throws(() => requireHost({ ...host, arch: 'ia32' }), /its processor is ia32/));
  test('no apt', () => assert.throws(() => requireHost({ ...host, hasApt: false }), /apt-get|as root/));
  test('a kernel without a feature', () =>
    assert.rejects(
      requireFeatures([{ feature: 'bridges', argv: ['sh', '-c', 'echo Not supported. >&2; exit 2'] }]),
      /^Error: Cannot run clusters here: bridges did not work \(Not supported\.\); use a kernel/,
    ));
});

describe('what is installed', () => {
  test('nothing when every program is there', () =>
    assert.deepEqual(
      missingPackages((name) => `/bin/${name}`),
      [],
    ));
  test('the package of each program that is not', () =>
    assert.deepEqual(
      missingPackages((name) => (name === 'nft' || name === 'ip' ? undefined : '/x')),
      ['iproute2', 'nftables'],
    ));
  test("Debian's kubectl only where there is no other", () =>
    assert.deepEqual(
      missingPackages((name) => (name === 'kubectl' ? undefined : '/x')),
      ['kubernetes-client'],
    ));
});

test('a program is found on PATH, and in the directories of root that are not on it', () => {
  assert.equal(findProgram('sh', '/usr/bin'), '/usr/bin/sh');
  assert.match(findProgram('chroot', '/nowhere') ?? '', /sbin\/chroot$/);
  assert.equal(findProgram('no-such-program'), undefined);
});
