import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import type { ConfigMap, KubeObject, Secret, Volume } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import { FakeClock } from '../../lib/clock.ts';
import { containerOf, podOf } from '../testing/pod.ts';
import { writeAtomically } from './atomic.ts';
import { configMap } from './configMap.ts';
import type { Payload, VolumeContext } from './contract.ts';
import { downwardAPI } from './downwardAPI.ts';
import { hostPath } from './hostPath.ts';
import { volumeMounts } from './mounts.ts';
import { projected } from './projected.ts';
import { secret } from './secret.ts';
import { serviceAccountTokens } from './tokens.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'volumes-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const objects: Record<string, KubeObject> = {
  settings: {
    metadata: { name: 'settings' },
    data: { color: 'red', shape: 'round' },
    binaryData: { raw: '/w==' },
  } as ConfigMap,
  keys: { metadata: { name: 'keys' }, data: { password: 'aHVzaA==' } } as Secret,
};

const context = (pod = '{}'): VolumeContext => ({
  pod: podOf(pod),
  podIPs: ['10.244.0.5'],
  hostIPs: ['172.30.0.2'],
  allocatable: { cpu: '2' },
  object: async (_resource, name) => objects[name] as never,
  token: async (audience, seconds) => `token for ${audience ?? 'the API'}, ${seconds} s`,
});

const source = <Key extends keyof Volume>(yaml: string) => parse(yaml) as NonNullable<Volume[Key]>;

const told = (payload: Payload) =>
  Object.fromEntries(
    [...payload].map(([path, { data, mode }]) => [
      path,
      `${Buffer.from(data).toString()} ${mode.toString(8)}`,
    ]),
  );

describe('files of API objects', () => {
  test('a ConfigMap: all keys, or those that are named', async () => {
    const all = await configMap(source<'configMap'>('name: settings'), context());
    assert.deepEqual([...all.keys()], ['color', 'shape', 'raw']);
    assert.deepEqual(all.get('raw')?.data, Buffer.from([0xff]));
    const some = source<'configMap'>(
      '{name: settings, defaultMode: 256, items: [{key: color, path: a/b}, {key: shape, path: c, mode: 511}]}',
    );
    assert.deepEqual(told(await configMap(some, context())), { 'a/b': 'red 400', c: 'round 777' });
  });
  test('a Secret, decoded', async () => {
    assert.deepEqual(told(await secret(source<'secret'>('secretName: keys'), context())), {
      password: 'hush 644',
    });
  });
  test('what is not there is refused, unless it is optional', async () => {
    await assert.rejects(configMap(source<'configMap'>('name: no'), context()), {
      message: 'configmap "no" not found',
    });
    await assert.rejects(secret(source<'secret'>('secretName: no'), context()), {
      message: 'secret "no" not found',
    });
    const key = (optional: boolean) =>
      configMap(
        source<'configMap'>(`{name: settings, optional: ${optional}, items: [{key: no, path: p}]}`),
        context(),
      );
    await assert.rejects(key(false), { message: 'references non-existent config key: no' });
    assert.equal((await key(true)).size, 0);
    assert.equal((await configMap(source<'configMap'>('{name: no, optional: true}'), context())).size, 0);
  });
  test('a path that leads out is refused', async () => {
    const away = configMap(
      source<'configMap'>('{name: settings, items: [{key: color, path: ../x}]}'),
      context(),
    );
    await assert.rejects(away, /does not stay inside of the volume/);
  });
  test('the downward API', async () => {
    const pod =
      '{metadata: {labels: {b: "2", a: "1 \\"x\\""}}, spec: {containers: [{name: main, resources: {limits: {cpu: 250m}}}]}}';
    const items = `items:
- {path: labels, fieldRef: {fieldPath: metadata.labels}}
- {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1m}}`;
    assert.deepEqual(told(await downwardAPI(source<'downwardAPI'>(items), context(pod))), {
      labels: 'a="1 \\"x\\""\nb="2" 644',
      cpu: '250 644',
    });
  });
  test('several projected into one', async () => {
    const yaml = `
sources:
- serviceAccountToken: {path: token, audience: vault, expirationSeconds: 600}
- configMap: {name: settings, items: [{key: color, path: color}]}
- secret: {name: keys}
- downwardAPI: {items: [{path: ip, fieldRef: {fieldPath: status.podIP}}]}`;
    assert.deepEqual(told(await projected(source<'projected'>(yaml), context())), {
      token: 'token for vault, 600 s 644',
      color: 'red 644',
      password: 'hush 644',
      ip: '10.244.0.5 644',
    });
  });
  test('a token is for the one user of the pod alone', async () => {
    const yaml = 'sources: [{serviceAccountToken: {path: token}}]';
    const one = await projected(
      source<'projected'>(yaml),
      context('spec: {securityContext: {runAsUser: 7}}'),
    );
    assert.deepEqual([one.get('token')?.mode, one.get('token')?.uid], [0o600, 7]);
  });
});

describe('files that change all at once', () => {
  const payload = (files: Record<string, string>): Payload =>
    new Map(Object.entries(files).map(([path, data]) => [path, { data, mode: 0o640 }]));

  test('are seen through ..data, and only what changed is written', () => {
    assert.equal(writeAtomically(directory, payload({ 'a/x': '1', b: '2' })), true);
    assert.equal(readFileSync(join(directory, 'a/x'), 'utf8'), '1');
    assert.equal(statSync(join(directory, 'b')).mode & 0o777, 0o640);
    const first = readlinkSync(join(directory, '..data'));
    assert.equal(writeAtomically(directory, payload({ 'a/x': '1', b: '2' })), false);
    assert.equal(readlinkSync(join(directory, '..data')), first);
    assert.equal(writeAtomically(directory, payload({ 'a/y': '1', c: '3' })), true);
    assert.notEqual(readlinkSync(join(directory, '..data')), first);
    assert.deepEqual(
      readdirSync(directory).filter((name) => !name.startsWith('..')),
      ['a', 'c'],
    );
    assert.equal(readdirSync(directory).length, 4, 'the old files are gone');
  });
  test('an open file keeps what it had', () => {
    writeAtomically(directory, payload({ a: 'old' }));
    const old = join(directory, readlinkSync(join(directory, '..data')));
    const before = readFileSync(join(old, 'a'), 'utf8');
    writeAtomically(directory, payload({ a: 'new' }));
    assert.deepEqual([before, readFileSync(join(directory, 'a'), 'utf8')], ['old', 'new']);
  });
});

describe('hostPath', () => {
  const check = (name: string, type: string) => hostPath({ path: join(directory, name), type });
  test('makes what it may make', () => {
    assert.ok(statSync(check('new', 'DirectoryOrCreate')).isDirectory());
    assert.ok(statSync(check('file', 'FileOrCreate')).isFile());
    assert.ok(statSync(check('plain', '')).isDirectory());
  });
  test('refuses what is something else', () => {
    assert.throws(() => check('no', 'Directory'), /hostPath type check failed: .*\/no is not a directory/);
    check('file', 'FileOrCreate');
    assert.throws(() => check('file', 'DirectoryOrCreate'), /EEXIST/);
    assert.throws(() => check('file', 'Socket'), /is not a socket file/);
  });
});

describe('volumeMounts', () => {
  const mounts = (yaml: string) =>
    volumeMounts(containerOf(`volumeMounts: [${yaml}]`), new Map([['v', directory]]), { POD: 'web-0' });

  test('whole, or a part of it that is made', () => {
    assert.deepEqual(mounts('{name: v, mountPath: /a, readOnly: true, mountPropagation: HostToContainer}'), [
      { source: directory, target: '/a', readOnly: true, propagation: 'HostToContainer' },
    ]);
    assert.equal(mounts('{name: v, mountPath: /a, subPath: x/y}')[0]?.source, join(directory, 'x/y'));
    assert.equal(
      mounts('{name: v, mountPath: /a, subPathExpr: "$(POD)"}')[0]?.source,
      join(directory, 'web-0'),
    );
  });
  test('a part that is made is for those that the volume is for', () => {
    chmodSync(directory, 0o2777);
    const made = mounts('{name: v, mountPath: /a, subPath: p/q}')[0]?.source ?? '';
    assert.equal(statSync(made).mode & 0o7777, 0o2777);
    assert.equal(statSync(join(directory, 'p')).mode & 0o7777, 0o2777);
  });
  test('nothing is made behind a link that leads out', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    try {
      symlinkSync(elsewhere, join(directory, 'away'));
      assert.throws(() => mounts('{name: v, mountPath: /a, subPath: away/new}'), /leads out of the volume/);
      assert.deepEqual(readdirSync(elsewhere), []);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
  test('a part that leads out is refused', () => {
    mkdirSync(join(directory, 'in'));
    symlinkSync('/etc', join(directory, 'out'));
    assert.throws(() => mounts('{name: v, mountPath: /a, subPath: out}'), /leads out of the volume/);
    assert.throws(() => mounts('{name: v, mountPath: /a, subPath: ../..}'), /does not stay inside/);
  });
  test('a volume that the pod does not have is refused', () =>
    assert.throws(
      () => mounts('{name: w, mountPath: /a}'),
      /cannot find volume "w" to mount into container/,
    ));
});

test('tokens are asked for once, and again when 80% of their time is over', async () => {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const client = {
    post: async (
      _resource: unknown,
      target: unknown,
      _sub: string,
      body: { spec: { expirationSeconds: number } },
    ) => {
      asked.push([target, body.spec]);
      const expirationTimestamp = new Date(clock.now() + body.spec.expirationSeconds * 1000).toISOString();
      return { status: { token: `t${asked.length}`, expirationTimestamp } };
    },
  } as unknown as Client;
  const tokens = serviceAccountTokens(client, clock);
  const pod = podOf('spec: {serviceAccountName: robot}');
  assert.equal(await tokens.get(pod, undefined, 1000), 't1');
  assert.equal(tokens.refreshAtMs('uid-1'), clock.now() + 800_000);
  clock.advance(799_999);
  assert.equal(await tokens.get(pod, undefined, 1000), 't1');
  clock.advance(1);
  assert.equal(await tokens.get(pod, undefined, 1000), 't2');
  assert.deepEqual(asked[0], [
    { name: 'robot', namespace: 'default' },
    {
      audiences: [],
      expirationSeconds: 1000,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'uid-1' },
    },
  ]);
});
