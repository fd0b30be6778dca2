import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import type { KubeObject, PersistentVolume, Volume } from '../../api/types.ts';
import { podOf } from '../testing/pod.ts';
import { claimedPath } from './claim.ts';
import { readOnlyVolumes } from './mounts.ts';
import { giveTree } from './ownership.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'claims-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const bound =
  '{metadata: {name: data, namespace: default, uid: u1}, spec: {volumeName: v}, status: {phase: Bound}}';
const volume = (source: string, metadata = '{name: v}') =>
  `{metadata: ${metadata}, spec: {claimRef: {namespace: default, name: data, uid: u1}, ${source}}}`;
const data: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };

/** The path of the volume, when the API has these objects, by name. */
function path(objects: Record<string, string>, one = data, pod = '{}'): Promise<string> {
  const object = async (_: unknown, name: string) =>
    objects[name] === undefined ? undefined : (parse(objects[name]) as KubeObject as never);
  const directoryOf = async (made: PersistentVolume) => join(directory, made.metadata.name);
  return claimedPath(one, { pod: podOf(pod), object }, directoryOf);
}

describe('a claim is a path', () => {
  test('of a host path, which is made if it is not there', async () => {
    const host = join(directory, 'host');
    assert.equal(await path({ data: bound, v: volume(`hostPath: {path: ${host}, type: ""}`) }), host);
    assert.ok(statSync(host).isDirectory());
  });

  test('of a local volume, which must be there', async () => {
    const local = { data: bound, v: volume(`local: {path: ${directory}/disk}`) };
    await assert.rejects(path(local), { message: `path "${directory}/disk" does not exist` });
    mkdirSync(join(directory, 'disk'));
    assert.equal(await path(local), join(directory, 'disk'));
  });

  test('of a directory that the node makes', async () => {
    mkdirSync(join(directory, 'v'));
    const ours =
      '{name: v, annotations: {pv.kubernetes.io/provisioned-by: switchboard.dev/local-path, switchboard.dev/node: a}}';
    assert.equal(await path({ data: bound, v: volume('local: {path: /x}', ours) }), join(directory, 'v'));
  });
});

describe('a pod waits', () => {
  const failed = (why: string) => ({ message: `error processing PVC default/data: ${why}` });
  const v = volume('hostPath: {path: /}');

  test('for its claim, for its volume, and not for one that goes', async () => {
    await assert.rejects(
      path({}),
      failed('failed to fetch PVC from API server: persistentvolumeclaims "data" not found'),
    );
    await assert.rejects(path({ data: bound.replace('Bound', 'Pending'), v }), failed('PVC is not bound'));
    const going = bound.replace('uid: u1', "uid: u1, deletionTimestamp: '2026-01-01T00:00:00Z'");
    await assert.rejects(path({ data: going, v }), failed('PVC is being deleted'));
    assert.equal(await path({ data: going, v }, data, '{status: {phase: Running}}'), '/');
  });

  test('rather than use what belongs to another claim or pod', async () => {
    await assert.rejects(path({ data: bound, v: v.replace('u1', 'u2') }), /which has another claim$/);
    const own: Volume = { name: 'data', ephemeral: {} };
    const claims = { 'web-data': bound, v };
    await assert.rejects(path(claims, own), /was not created for pod default\/web \(pod is not owner\)$/);
  });

  test('with a volume that no node can mount', async () => {
    await assert.rejects(
      path({ data: bound, v: volume('nfs: {server: s, path: /}') }),
      /type that is not supp/,
    );
    const block = bound.replace('volumeName: v', 'volumeName: v, volumeMode: Block');
    await assert.rejects(path({ data: block, v }), failed('volumeMode Block is not supported'));
  });
});

test('a claim that is mounted read-only is so for every container', () => {
  const volumes = '{name: r, persistentVolumeClaim: {claimName: x, readOnly: true}}, {name: w, emptyDir: {}}';
  assert.deepEqual([...readOnlyVolumes(podOf(`spec: {volumes: [${volumes}]}`))], ['r']);
});

describe('the fsGroup of a pod', () => {
  const mode = (file: string) => statSync(file).mode & 0o7777;
  const gid = process.getgid?.() ?? 0;

  test('may read and write all that is there, and gets what is made later', () => {
    const [sub, file] = [join(directory, 'sub'), join(directory, 'sub/file')];
    mkdirSync(sub, { mode: 0o700 });
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    giveTree(directory, gid);
    assert.equal(mode(sub), 0o2770);
    assert.equal(mode(file), 0o660);
  });

  test('is left as it is with OnRootMismatch, if the root is right', () => {
    const file = join(directory, 'file');
    giveTree(directory, gid);
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    giveTree(directory, gid, 'OnRootMismatch');
    assert.equal(mode(file), 0o600);
    giveTree(directory, gid, 'Always');
    assert.equal(mode(file), 0o660);
  });
});
