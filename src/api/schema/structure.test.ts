import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '../core/service/fields.ts';
import '../apps/deployment/fields.ts';
import '../core/serviceaccount/fields.ts';
import { leaf, messageStructure, type Structure, set, structureOf, untyped } from './structure.ts';

/** The structure at the end of a path: `spec.ports[].protocol`; `*` is any key of a map. */
function at(message: string, path: string): Structure | undefined {
  let found: Structure | undefined = messageStructure(message);
  for (const step of path.split('.')) {
    const name = step.replace('[]', '');
    if (found?.type !== 'fields') return undefined;
    found = name === '*' ? found.rest : found.named(name);
    if (step.endsWith('[]')) found = found?.type === 'keyed' ? found.item : undefined;
  }
  return found;
}

describe('how a Service is put together', () => {
  const service = (path: string) => at('core/v1.Service', path);

  test('scalars are leaves, and so are fields of the metadata that stand inline', () => {
    assert.equal(service('spec.clusterIP'), leaf);
    assert.equal(service('apiVersion'), leaf);
  });
  test('labels are a map, the selector is written as a whole', () => {
    assert.equal(service('metadata.labels.*'), leaf);
    assert.equal(service('spec.selector'), leaf);
  });
  test('ports are told apart by number and protocol, which is TCP when left out', () => {
    const ports = service('spec.ports');
    assert.equal(ports?.type, 'keyed');
    assert.deepEqual(ports.keys, ['port', 'protocol']);
    assert.deepEqual(ports.defaults, { protocol: 'TCP' });
    assert.equal(service('spec.ports[].targetPort'), leaf);
  });
  test('finalizers are a set, a list of which the table says nothing more is a leaf', () => {
    assert.equal(service('metadata.finalizers'), set);
    assert.equal(service('spec.clusterIPs'), leaf);
  });
  test('a name that is no field has no structure', () => {
    assert.equal(service('spec.colour'), undefined);
    assert.equal(service('spec.constructor'), undefined);
  });
});

describe('references and selectors are written as a whole', () => {
  test('where they stand alone', () => {
    assert.equal(at('apps/v1.Deployment', 'spec.selector'), leaf);
    assert.equal(at('core/v1.PodSpec', 'containers[].env[].valueFrom.fieldRef'), leaf);
  });
  test('where they are the items of a list', () => {
    assert.equal(at('meta/v1.ObjectMeta', 'ownerReferences[]'), leaf);
    assert.equal(at('core/v1.ServiceAccount', 'secrets[]'), leaf);
  });
});

test('a structure is made once, so that one may contain itself', () => {
  assert.equal(messageStructure('core/v1.PodSpec'), at('apps/v1.Deployment', 'spec.template.spec'));
});

test('a kind may bring its own structure', () => {
  assert.equal(structureOf({ message: 'core/v1.PodSpec', structure: () => untyped }), untyped);
  assert.equal(structureOf({ message: 'core/v1.PodSpec' }), messageStructure('core/v1.PodSpec'));
});
