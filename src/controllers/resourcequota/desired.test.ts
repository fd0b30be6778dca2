import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaims, pods, type Resource } from '../../api/resource.ts';
import type { ResourceQuota } from '../../api/types.ts';
import { aPod } from '../testing/objects.ts';
import { kindNames, statusOf } from './desired.ts';

const quota = (hard: Record<string, string>, more: object = {}): ResourceQuota => ({
  metadata: { name: 'q', namespace: 'default' },
  spec: { hard, ...more },
});
const container = (name: string, requests: Record<string, string>, limits: Record<string, string> = {}) => ({
  name,
  resources: { requests, limits },
});

test('the kinds that a quota is about are known by what it limits', () => {
  const names = kindNames(
    quota({
      'requests.cpu': '1',
      pods: '1',
      'services.nodeports': '1',
      'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
      'count/widgets.example.com': '2',
      'requests.example.com/gpu': '1',
      unheard: '1',
    }),
  );
  assert.deepEqual([...names].toSorted(), [
    'persistentvolumeclaims',
    'pods',
    'services',
    'widgets.example.com',
  ]);
});

test('pods use what their containers ask for at the worst moment, and ended ones nothing', () => {
  const objects = [
    aPod({
      name: 'a',
      spec: {
        containers: [
          container('x', { cpu: '100m', memory: '1Gi' }, { cpu: '1' }),
          container('y', { cpu: '200m' }),
        ],
        initContainers: [container('i', { cpu: '1', memory: '512Mi' })],
      },
    }),
    aPod({ name: 'b', phase: 'Succeeded', spec: { containers: [container('x', { cpu: '8' })] } }),
  ];
  const hard = { cpu: '2000m', 'requests.memory': '4Gi', 'limits.cpu': '4', pods: '5', 'count/pods': '5' };
  assert.deepEqual(statusOf(quota(hard), [{ resource: pods, objects }]), {
    hard: { ...hard, cpu: '2' },
    used: { cpu: '1', 'requests.memory': '1Gi', 'limits.cpu': '1', pods: '1', 'count/pods': '2' },
  });
});

test('claims use storage, also that of their class', () => {
  const claim = (name: string, storage: string, storageClassName: string) => ({
    metadata: { name, namespace: 'default' },
    spec: { storageClassName, resources: { requests: { storage } } },
  });
  const fast = 'fast.storageclass.storage.k8s.io/requests.storage';
  const objects = [claim('a', '1Gi', 'fast'), claim('b', '2Gi', 'slow')];
  const { used } = statusOf(quota({ 'requests.storage': '9Gi', [fast]: '9Gi' }), [
    { resource: persistentVolumeClaims, objects },
  ]);
  assert.deepEqual(used, { 'requests.storage': '3Gi', [fast]: '1Gi' });
});

test('custom resources are counted, and nothing that is out of scope', () => {
  const widgets: Resource = {
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: true,
  };
  const objects = [{ metadata: { name: 'a', namespace: 'default' } }];
  const counted = [{ resource: widgets, objects }];
  assert.deepEqual(statusOf(quota({ 'count/widgets.example.com': '3' }), counted).used, {
    'count/widgets.example.com': '1',
  });
  const bestEffort = quota({ pods: '3' }, { scopes: ['BestEffort'] });
  const both = [
    aPod({ name: 'a' }),
    aPod({ name: 'b', spec: { containers: [container('c', { cpu: '1' })] } }),
  ];
  assert.deepEqual(statusOf(bestEffort, [{ resource: pods, objects: both }]).used, { pods: '1' });
});
