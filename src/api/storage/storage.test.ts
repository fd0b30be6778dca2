import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statefulSet } from '../apps/statefulset/kind.ts';
import { persistentVolume } from '../core/persistentvolume/kind.ts';
import { persistentVolumeClaim } from '../core/persistentvolumeclaim/kind.ts';
import { pod } from '../core/pod/kind.ts';
import type { Kind } from '../kind.ts';
import { tableOf } from '../table.ts';
import { fromYaml, said } from '../testObjects.ts';
import type { KubeObject } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { defaultClassOf } from './defaultClass.ts';
import { storageClass } from './storageclass/kind.ts';

const wrong = <T extends KubeObject>(kind: Kind<T>, yaml: string) =>
  said(validateCreate(kind, fromYaml(kind, yaml)));
const wrongChange = <T extends KubeObject>(kind: Kind<T>, now: string, before: string) =>
  said(validateUpdate(kind, fromYaml(kind, now), fromYaml(kind, before)));
const row = <T extends KubeObject>(kind: Kind<T>, yaml: string) =>
  tableOf(kind, [fromYaml(kind, yaml)], Date.now()).rows[0]?.cells;

const claimSpec = (more = '') =>
  `{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}${more && `, ${more}`}}}`;

describe('a claim', () => {
  test('says how much it wants, and how', () => {
    assert.deepEqual(wrong(persistentVolumeClaim, claimSpec()), []);
    assert.deepEqual(wrong(persistentVolumeClaim, '{spec: {}}'), [
      'spec.accessModes: Required value: at least 1 access mode is required',
      'spec.resources[storage]: Required value',
    ]);
    assert.deepEqual(
      wrong(
        persistentVolumeClaim,
        '{spec: {accessModes: [ReadWriteOncePod, Often], resources: {requests: {storage: 0}}, volumeMode: Tape}}',
      ),
      [
        'spec.accessModes: Unsupported value: "Often": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
        'spec.resources[storage]: Invalid value: "0": must be greater than zero',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
    );
  });

  const immutable =
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
  const bound = (size: string) =>
    `{spec: {accessModes: [ReadWriteOnce], volumeName: v, resources: {requests: {storage: ${size}}}}, status: {phase: Bound, capacity: {storage: 2Gi}}}`;

  test('is given a volume and a class once, and is otherwise as it was', () => {
    assert.deepEqual(wrongChange(persistentVolumeClaim, claimSpec('volumeName: v'), claimSpec()), []);
    assert.deepEqual(wrongChange(persistentVolumeClaim, claimSpec('storageClassName: s'), claimSpec()), []);
    const [named, other] = [claimSpec('volumeName: v'), claimSpec('volumeName: w')];
    assert.deepEqual(wrongChange(persistentVolumeClaim, other, named), [immutable]);
    assert.deepEqual(wrongChange(persistentVolumeClaim, bound('3Gi'), claimSpec('volumeName: v')), [
      immutable,
    ]);
  });

  test('that is bound may ask for more, not for less', () => {
    assert.deepEqual(wrongChange(persistentVolumeClaim, bound('3Gi'), bound('2Gi')), []);
    assert.deepEqual(wrongChange(persistentVolumeClaim, bound('1Gi'), bound('2Gi')), [
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ]);
  });

  test('prints what it has, and nothing while it has nothing', () => {
    const cells = ['web', 'Bound', 'v', '2Gi', 'RWO,ROX', 'fast', '<unset>', '<unknown>', 'Filesystem'];
    const spec = 'accessModes: [ReadWriteOnce], volumeName: v, storageClassName: fast';
    const status = 'phase: Bound, capacity: {storage: 2Gi}, accessModes: [ReadOnlyMany, ReadWriteOnce]';
    assert.deepEqual(row(persistentVolumeClaim, `{spec: {${spec}}, status: {${status}}}`), cells);
    assert.deepEqual(row(persistentVolumeClaim, claimSpec())?.slice(1, 5), ['Pending', '', '', '']);
  });
});

describe('a volume', () => {
  const volume = (more: string) =>
    `{spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], ${more}}}`;

  test('has a size, a way to be mounted, and one source', () => {
    assert.deepEqual(wrong(persistentVolume, volume('hostPath: {path: /data}')), []);
    assert.deepEqual(wrong(persistentVolume, '{spec: {}}'), [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec: Required value: must specify a volume type',
    ]);
    assert.deepEqual(
      wrong(persistentVolume, volume('hostPath: {path: /a/../b}, nfs: {server: s, path: /}')),
      [
        'spec.nfs: Forbidden: may not specify more than 1 volume type',
        'spec.hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
      ],
    );
  });

  test('of another type says where it is', () => {
    assert.deepEqual(wrong(persistentVolume, volume('nfs: {path: data}')), [
      'spec.nfs.server: Required value',
      'spec.nfs.path: Invalid value: "data": must be an absolute path',
    ]);
    assert.deepEqual(wrong(persistentVolume, volume('csi: {driver: d}')), [
      'spec.csi.volumeHandle: Required value',
    ]);
    assert.deepEqual(wrong(persistentVolume, volume('nfs: {server: s, path: /}')), []);
  });

  test('of type local says on which nodes it is', () =>
    assert.deepEqual(wrong(persistentVolume, volume('local: {path: /mnt/disk}')), [
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ]));

  test('keeps its source', () =>
    assert.deepEqual(
      wrongChange(persistentVolume, volume('hostPath: {path: /b}'), volume('hostPath: {path: /a}')),
      ['spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation'],
    ));

  test('prints who has it', () => {
    const yaml = `{metadata: {name: v}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOncePod], storageClassName: s,
      hostPath: {path: /a}, claimRef: {namespace: shop, name: data}}, status: {phase: Bound}}`;
    assert.deepEqual(row(persistentVolume, yaml)?.slice(0, 9), [
      ...['v', '1Gi', 'RWOP', 'Retain', 'Bound', 'shop/data', 's', '<unset>', ''],
    ]);
  });
});

describe('a StorageClass', () => {
  const made = (more = '') => `{provisioner: example.com/disks${more && `, ${more}`}}`;

  test('says who makes volumes, and what becomes of them', () => {
    assert.deepEqual(wrong(storageClass, made()), []);
    assert.deepEqual(
      wrong(storageClass, '{provisioner: "", reclaimPolicy: Recycle, volumeBindingMode: Soon}'),
      [
        'provisioner: Required value',
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "Soon": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    );
  });

  test('stays as it is, but for whether claims may grow', () => {
    assert.deepEqual(wrongChange(storageClass, made('allowVolumeExpansion: true'), made()), []);
    const [now, before] = ['reclaimPolicy: Retain, volumeBindingMode: WaitForFirstConsumer', ''];
    assert.deepEqual(wrongChange(storageClass, made(now), made(before)), [
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ]);
  });

  const isDefault = 'annotations: {storageclass.kubernetes.io/is-default-class: "true"}';

  test('that is the default one says so in its name', () =>
    assert.deepEqual(row(storageClass, `{metadata: {name: s, ${isDefault}}, provisioner: p}`)?.slice(0, 5), [
      ...['s (default)', 'p', 'Delete', 'Immediate', false],
    ]));

  test('is the default one if it is the newest of those that want to be', () => {
    const of = (name: string, year: number, more: string) =>
      fromYaml(
        storageClass,
        `{metadata: {name: ${name}, creationTimestamp: '${year}-01-01T00:00:00Z', ${more}}, provisioner: p}`,
      );
    const classes = [of('old', 2020, isDefault), of('new', 2024, isDefault), of('plain', 2026, 'labels: {}')];
    assert.equal(defaultClassOf(classes)?.metadata.name, 'new');
    assert.equal(defaultClassOf(classes.slice(2)), undefined);
  });
});

describe('a pod template', () => {
  const spec = (volumes: string) =>
    `{spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}], volumes: ${volumes}}}`;

  test('names its claim, or has the whole of one', () => {
    assert.deepEqual(wrong(pod, spec('[{name: data, persistentVolumeClaim: {claimName: data}}]')), []);
    assert.deepEqual(wrong(pod, spec('[{name: data, persistentVolumeClaim: {claimName: ""}}]')), [
      'spec.volumes[0].persistentVolumeClaim.claimName: Required value',
    ]);
    assert.deepEqual(wrong(pod, spec('[{name: data, ephemeral: {volumeClaimTemplate: {spec: {}}}}]')), [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
    ]);
  });

  test('of a StatefulSet mounts the claims of the set', () => {
    const set = (claims: string) =>
      `{spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, ${spec('[]').slice(1, -1)}}, volumeClaimTemplates: ${claims}}}`;
    assert.deepEqual(wrong(statefulSet, set(`[{metadata: {name: data}, ${claimSpec().slice(1)}]`)), []);
    assert.deepEqual(wrong(statefulSet, set('[]')), [
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ]);
  });
});
