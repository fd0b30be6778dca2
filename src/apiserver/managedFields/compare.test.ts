import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import '../../api/core/node/fields.ts';
import '../../api/core/pod/fields.ts';
import '../../api/core/service/fields.ts';
import { messageStructure, type Structure, untyped } from '../../api/schema/structure.ts';
import { compare } from './compare.ts';
import { pathsOf } from './fieldSet.ts';
import { showPath } from './steps.ts';

/** `~ path` for what is new or other, `- path` for what is gone. */
function differences(structure: Structure | string, old: string, next: string): string[] {
  const found = compare(
    parse(old) as object,
    parse(next) as object,
    typeof structure === 'string' ? messageStructure(structure) : structure,
  );
  return [
    ...[...pathsOf(found.changed)].map((path) => `~ ${showPath(path)}`),
    ...[...pathsOf(found.removed)].map((path) => `- ${showPath(path)}`),
  ];
}

describe('what differs between two Services', () => {
  const service = (old: string, next: string) => differences('core/v1.Service', old, next);

  test('is nothing when they are the same', () => {
    assert.deepEqual(service('spec: {type: ClusterIP}', 'spec: {type: ClusterIP}'), []);
  });
  test('is a field that changed, one that is new, one that is gone', () => {
    assert.deepEqual(
      service(
        'spec: {type: ClusterIP, clusterIP: 10.0.0.1}',
        'spec: {type: NodePort, externalName: example.com}',
      ),
      ['~ .spec.externalName', '~ .spec.type', '- .spec.clusterIP'],
    );
  });
  test('is a map as such when it appears or goes, and each of its keys', () => {
    assert.deepEqual(service('metadata: {}', 'metadata: {labels: {app: a}}'), [
      '~ .metadata.labels',
      '~ .metadata.labels.app',
    ]);
    assert.deepEqual(service('metadata: {labels: {app: a}}', 'metadata: {}'), [
      '- .metadata.labels',
      '- .metadata.labels.app',
    ]);
    assert.deepEqual(service('metadata: {labels: {app: a}}', 'metadata: {labels: {app: b}}'), [
      '~ .metadata.labels.app',
    ]);
  });
  test('is a selector as a whole', () => {
    assert.deepEqual(service('spec: {selector: {app: a}}', 'spec: {selector: {app: a, tier: b}}'), [
      '~ .spec.selector',
    ]);
  });
  test('is a port by its number and protocol, wherever it stands in the list', () => {
    assert.deepEqual(
      service(
        'spec: {ports: [{port: 80, name: web}, {port: 53, protocol: UDP}]}',
        'spec: {ports: [{port: 53}, {port: 80, protocol: TCP, name: http}]}',
      ),
      [
        '~ .spec.ports[port=53,protocol="TCP"]',
        '~ .spec.ports[port=53,protocol="TCP"].port',
        '~ .spec.ports[port=80,protocol="TCP"].name',
        '~ .spec.ports[port=80,protocol="TCP"].protocol',
        '- .spec.ports[port=53,protocol="UDP"]',
        '- .spec.ports[port=53,protocol="UDP"].port',
        '- .spec.ports[port=53,protocol="UDP"].protocol',
      ],
    );
  });
  test('is a finalizer by its name', () => {
    assert.deepEqual(service('metadata: {finalizers: [a/a, b/b]}', 'metadata: {finalizers: [c/c, b/b]}'), [
      '~ .metadata.finalizers[="c/c"]',
      '- .metadata.finalizers[="a/a"]',
    ]);
  });
  test('is not what nobody owns', () => {
    assert.deepEqual(
      service(
        '{kind: Service, metadata: {name: a, uid: x, resourceVersion: "1", generation: 1}}',
        '{apiVersion: v1, metadata: {namespace: default, uid: y, resourceVersion: "2", managedFields: [{}]}}',
      ),
      [],
    );
  });
  test('is not a member that is on the way to every object', () => {
    assert.deepEqual(service('metadata: {labels: {constructor: a}}', 'metadata: {labels: {toString: a}}'), [
      '~ .metadata.labels.toString',
      '- .metadata.labels.constructor',
    ]);
  });
});

test('several addresses of one type are compared together', () => {
  const addresses = (...texts: string[]) =>
    `status: {addresses: [${texts.map((a) => `{type: InternalIP, address: "${a}"}`).join(', ')}]}`;
  const node = (old: string, next: string) => differences('core/v1.Node', old, next);
  assert.deepEqual(node(addresses('10.0.0.1', 'fd00::1'), addresses('10.0.0.1', 'fd00::1')), []);
  assert.deepEqual(node(addresses('10.0.0.1', 'fd00::1'), addresses('10.0.0.1', 'fd00::2')), [
    '~ .status.addresses[type="InternalIP"]',
  ]);
});

test('items that lack a key make the list a whole', () => {
  const ports = (text: string) => `spec: {ports: [${text}]}`;
  assert.deepEqual(differences('core/v1.Service', ports('{name: a}'), ports('{name: b}')), ['~ .spec.ports']);
});

describe('without a schema', () => {
  test('objects are maps, lists and scalars are leaves', () => {
    assert.deepEqual(differences(untyped, 'spec: {a: {b: 1}, c: [1]}', 'spec: {a: {b: 2}, c: [1, 2]}'), [
      '~ .spec.a.b',
      '~ .spec.c',
    ]);
  });
  test('what was an object and is none is another value, and has lost its members', () => {
    assert.deepEqual(differences(untyped, 'a: {b: 1}', 'a: 1'), ['~ .a', '- .a', '- .a.b']);
  });
});
