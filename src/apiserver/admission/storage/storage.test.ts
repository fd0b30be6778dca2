import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { persistentVolume } from '../../../api/core/persistentvolume/kind.ts';
import { persistentVolumeClaim } from '../../../api/core/persistentvolumeclaim/kind.ts';
import type { Kind } from '../../../api/kind.ts';
import type { KubeObject, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import type { Operation } from '../contract.ts';
import { nodeRestriction } from '../nodeRestriction.ts';
import { storage } from './index.ts';

const jane = { name: 'jane', groups: [] };

const classNamed = (name: string, more: object = {}): StorageClass => ({
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'p',
  ...more,
});

/** The object as all plugins leave it. */
async function admitted(
  kind: Kind,
  yaml: string,
  { classes = [], ...more }: Partial<Operation> & { classes?: StorageClass[] } = {},
): Promise<PersistentVolumeClaim> {
  const object = parse(yaml) as KubeObject;
  const operation: Operation = { verb: 'create', kind, user: jane, dryRun: false, object, ...more };
  for (const plugin of storage({ storageClasses: async () => classes }))
    if (plugin.handles(operation)) await plugin.admit(operation);
  return object as PersistentVolumeClaim;
}

describe('a new claim', () => {
  const classOf = async (spec: string, ...classes: StorageClass[]) => {
    const claim = await admitted(persistentVolumeClaim, `{metadata: {name: data}, spec: ${spec}}`, {
      classes,
    });
    return claim.spec?.storageClassName;
  };

  test('that names no class asks for the default one, if there is one', async () => {
    assert.equal(await classOf('{}', classNamed('standard')), 'standard');
    assert.equal(await classOf('{}'), undefined);
  });

  test('keeps the class that it names, and the empty one', async () => {
    assert.equal(await classOf('{storageClassName: fast}', classNamed('standard')), 'fast');
    assert.equal(await classOf('{storageClassName: ""}', classNamed('standard')), '');
  });
});

test('claims and volumes are protected from the first', async () => {
  const claim = await admitted(persistentVolumeClaim, '{metadata: {name: data}, spec: {}}');
  assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
  const volume = await admitted(persistentVolume, '{metadata: {name: v, finalizers: [a/b]}, spec: {}}');
  assert.deepEqual(volume.metadata.finalizers, ['a/b', 'kubernetes.io/pv-protection']);
});

describe('a claim that wants to grow', () => {
  const sized = (size: string, phase = 'Bound') =>
    `{metadata: {name: data}, spec: {storageClassName: s, resources: {requests: {storage: ${size}}}}, status: {phase: ${phase}}}`;
  const grow = (more: object, phase?: string) =>
    admitted(persistentVolumeClaim, sized('2Gi', phase), {
      verb: 'update',
      old: parse(sized('1Gi', phase)) as KubeObject,
      classes: [classNamed('s', more)],
    });

  test('may, if its class allows it', async () => {
    assert.ok(await grow({ allowVolumeExpansion: true }));
    await assert.rejects(
      grow({}),
      /^StatusError: persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize$/,
    );
  });

  test('must be bound', () =>
    assert.rejects(
      grow({ allowVolumeExpansion: true }, 'Pending'),
      /Only bound persistent volume claims can be expanded$/,
    ));
});

describe('a node', () => {
  const volume = (finalizers: string, size = '1Gi') =>
    parse(
      `{metadata: {name: v, finalizers: [${finalizers}]}, spec: {capacity: {storage: ${size}}}}`,
    ) as KubeObject;
  const change = async (object: KubeObject) =>
    nodeRestriction.admit({
      verb: 'update',
      kind: persistentVolume,
      user: { name: 'system:node:a', groups: ['system:nodes'] },
      dryRun: false,
      object,
      old: volume('kubernetes.io/pv-protection, switchboard.dev/directory'),
    });

  test('lets go of its directory, and changes nothing else of a volume', async () => {
    await change(volume('kubernetes.io/pv-protection'));
    await assert.rejects(
      change(volume('switchboard.dev/directory')),
      /node "a" can only add and remove the finalizer switchboard\.dev\/directory$/,
    );
    await assert.rejects(change(volume('kubernetes.io/pv-protection', '2Gi')), /can only add and remove/);
  });
});
