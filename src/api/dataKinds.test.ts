/** Kinds that are kept for others to read, and do nothing here: they are validated all the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { kindFor } from './kinds.ts';
import { setDefaults } from './schema/defaults.ts';
import { said } from './testObjects.ts';
import type { KubeObject } from './types.ts';
import { validateCreate, validateUpdate } from './validate.ts';

function made(text: string) {
  const object = parse(text) as KubeObject;
  const kind = kindFor(object.apiVersion ?? '', object.kind ?? '');
  if (!kind) throw new Error(`no kind ${object.kind}`);
  if (kind.resource.namespaced) object.metadata.namespace = 'default';
  return { kind, object: setDefaults(kind, object) };
}

function wrong(text: string): string[] {
  const { kind, object } = made(text);
  return said(validateCreate(kind, object));
}

const accepted = [
  '{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: x }, handler: runc }',
  '{ apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: { name: x }, spec: { attacher: a, nodeName: n, source: { persistentVolumeName: p } } }',
  '{ apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: { name: x }, spec: { volumeLifecycleModes: [Ephemeral] } }',
  '{ apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: { name: x }, spec: { drivers: [{ name: a, nodeID: b }] } }',
  '{ apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: { name: x }, storageClassName: s }',
  '{ apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: { name: x }, driverName: d, parameters: { a: b } }',
  '{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: { name: x }, spec: { priorityLevelConfiguration: { name: exempt } } }',
  '{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration, metadata: { name: x }, spec: { type: Limited, limited: { limitResponse: { type: Reject } } } }',
  '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.a.io }, spec: { group: a.io, version: v1, groupPriorityMinimum: 1, versionPriority: 1 } }',
  '{ apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: { name: x }, spec: { selectors: [{ cel: { expression: "true" } }] } }',
  '{ apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: { name: x }, spec: { devices: { requests: [{ name: gpu, exactly: { deviceClassName: d } }] } } }',
  '{ apiVersion: resource.k8s.io/v1, kind: ResourceClaimTemplate, metadata: { name: x }, spec: { spec: { devices: { requests: [] } } } }',
  '{ apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: { name: x }, spec: { driver: d, nodeName: n, pool: { name: p } } }',
];

describe('a good object of a kind that is only kept', () => {
  for (const text of accepted)
    test(`is accepted: ${made(text).kind.resource.kind}`, () => {
      assert.deepEqual(wrong(text), []);
    });
});

describe('what is wrong is said', () => {
  const refused: [string, ...string[]][] = [
    ['{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: x } }', 'handler: Required value'],
    [
      '{ apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: { name: x } }',
      'spec.attacher: Required value',
      'spec.nodeName: Required value',
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ],
    [
      '{ apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: { name: x }, spec: { fsGroupPolicy: Never, volumeLifecycleModes: [Long] } }',
      'spec.fsGroupPolicy: Unsupported value: "Never": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.volumeLifecycleModes[0]: Unsupported value: "Long": supported values: "Ephemeral", "Persistent"',
    ],
    [
      '{ apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: { name: x }, spec: { drivers: [{ name: a }, { name: a, nodeID: b }] } }',
      'spec.drivers[0].nodeID: Required value',
      'spec.drivers[1].name: Duplicate value: "a"',
    ],
    [
      '{ apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: { name: x } }',
      'storageClassName: Required value',
    ],
    [
      '{ apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: { name: x }, driverName: d }',
      'parameters: Required value: must contain at least one key/value pair',
    ],
    [
      '{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: { name: x }, spec: { matchingPrecedence: 20000, rules: [{}] } }',
      'spec.matchingPrecedence: Invalid value: 20000: must be between 1 and 10000, inclusive',
      'spec.priorityLevelConfiguration.name: Required value',
      'spec.rules[0].subjects: Required value: subjects must contain at least one value',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
    ],
    [
      '{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration, metadata: { name: x }, spec: { type: Limited } }',
      'spec.limited: Required value: must not be empty when type is Limited',
    ],
    [
      '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: x }, spec: { group: a.io, version: v1, groupPriorityMinimum: 1, versionPriority: 0 } }',
      'metadata.name: Invalid value: "x": `spec.version+"."+spec.group` must be the name of the object',
      'spec.versionPriority: Invalid value: 0: must be between 1 and 1000, inclusive',
    ],
    [
      '{ apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: { name: x }, spec: { selectors: [{}] } }',
      'spec.selectors[0].cel: Required value',
    ],
    [
      '{ apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: { name: x }, spec: { devices: { requests: [{ name: GPU }] } } }',
      'spec.devices.requests[0].name: Invalid value: "GPU": ' +
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
    ],
    [
      '{ apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: { name: x }, spec: { driver: d, pool: { name: p } } }',
      'spec: Invalid value: 0: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
  ];
  for (const [text, ...errors] of refused)
    test(`of a ${made(text).kind.resource.kind}`, () => {
      assert.deepEqual(wrong(text), errors);
    });
});

test('what others rely on does not change', () => {
  const before = '{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: x }, handler: runc }';
  const { kind, object } = made(before.replace('runc', 'crun'));
  const errors = validateUpdate(kind, object, made(before).object);
  assert.deepEqual(said(errors), ['handler: Invalid value: "crun": field is immutable']);
});

describe('the columns that people know of what is only kept', () => {
  const row = (text: string) => {
    const { kind, object } = made(text);
    return Object.fromEntries(kind.columns.map(({ name, value }) => [name, value(object, 0)]));
  };

  test('an APIService says who answers, and whether somebody does', () => {
    const local = row(
      '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.a.io } }',
    );
    assert.deepEqual([local['Service'], local['Available']], ['Local', 'Unknown']);
    const remote =
      row(`{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.a.io },
      spec: { service: { namespace: kube-system, name: metrics } },
      status: { conditions: [{ type: Available, status: "False", reason: MissingEndpoints }] } }`);
    assert.deepEqual(
      [remote['Service'], remote['Available']],
      ['kube-system/metrics', 'False (MissingEndpoints)'],
    );
  });

  test('a PriorityLevelConfiguration says how it queues', () => {
    const level = (spec: string) => {
      const columns = row(`{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration,
        metadata: { name: x }, spec: ${spec} }`);
      return ['Queues', 'HandSize', 'QueueLengthLimit'].map((name) => columns[name]);
    };
    assert.deepEqual(level('{ type: Exempt }'), ['<none>', '<none>', '<none>']);
    const queuing = '{ queues: 8, handSize: 2, queueLengthLimit: 50 }';
    assert.deepEqual(
      level(`{ type: Limited, limited: { limitResponse: { type: Queue, queuing: ${queuing} } } }`),
      [8, 2, 50],
    );
  });

  test('a FlowSchema says whether its level is missing', () => {
    const dangling = (status: string) =>
      row(
        `{ apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: { name: x }, status: ${status} }`,
      )['MissingPL'];
    assert.equal(dangling('{}'), '?');
    assert.equal(dangling('{ conditions: [{ type: Dangling, status: "True" }] }'), 'True');
  });
});
