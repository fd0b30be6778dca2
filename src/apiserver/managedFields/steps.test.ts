import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyed, leaf } from '../../api/schema/structure.ts';
import { itemStep, readFieldSet, showPath, valueStep } from './steps.ts';

describe('the step to an item', () => {
  const ports = keyed(['protocol', 'port'], leaf, { protocol: 'TCP' });

  test('names its keys in the order of the alphabet, left out ones by their default', () => {
    assert.equal(itemStep({ port: 80, name: 'web' }, ports), 'k:{"port":80,"protocol":"TCP"}');
    assert.equal(itemStep({ protocol: 'UDP', port: 53 }, ports), 'k:{"port":53,"protocol":"UDP"}');
  });
  test('is none when a key is missing that has no default', () => {
    assert.deepEqual(itemStep({ protocol: 'UDP' }, ports), { lacks: 'port' });
    assert.deepEqual(itemStep('80', ports), { lacks: 'port' });
  });
});

test('a path is shown as Kubernetes shows it', () => {
  assert.equal(
    showPath([
      'f:spec',
      'f:containers',
      'k:{"name":"web"}',
      'f:ports',
      'k:{"containerPort":80,"protocol":"TCP"}',
    ]),
    '.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]',
  );
  assert.equal(showPath(['f:metadata', 'f:finalizers', valueStep('a/b')]), '.metadata.finalizers[="a/b"]');
  assert.equal(showPath(['f:args', 'i:3']), '.args[3]');
});

describe('a set that a client sends', () => {
  test('gets the keys of its items in order', () => {
    assert.deepEqual(readFieldSet({ 'f:ports': { 'k:{ "protocol": "TCP", "port": 80 }': { '.': {} } } }), {
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {} } },
    });
  });
  for (const [what, set] of [
    ['a text', 'f:spec'],
    ['a list', []],
    ['a step of no kind', { spec: {} }],
    ['a step that is no JSON', { 'k:{name': {} }],
    ['keys that are no object', { 'k:1': {} }],
    ['a place that is no number', { 'i:x': {} }],
    ['a leaf that is not empty', { 'f:spec': 1 }],
  ] as const)
    test(`is none when it is ${what}`, () => assert.equal(readFieldSet(set), undefined));

  test('is none when it is deeper than any object', () => {
    let deep = {};
    for (let i = 0; i < 2000; i++) deep = { 'f:a': deep };
    assert.equal(readFieldSet(deep), undefined);
  });
});
