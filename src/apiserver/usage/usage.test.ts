import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { asStatus, podYaml, type TestApi, testApi } from '../testing/testApi.ts';
import type { NodeUsage } from './contract.ts';

const metrics = '/apis/metrics.k8s.io/v1beta1';
const time = '2026-01-01T00:00:00Z';
const stats = (nanoCores: number, bytes: number) => ({
  cpu: { time, usageNanoCores: nanoCores, windowSeconds: 15 },
  memory: { workingSetBytes: bytes },
});

let api: TestApi;
let asked: string[];

/** Pods by node: what each node's kubelet says. Node `b` has lost its plug. */
const usageOf = (nodeName: string): NodeUsage => {
  if (nodeName === 'b') throw new Error('no answer');
  return {
    node: stats(250_000_000, 4096 * 1024),
    pods: [
      {
        podRef: { name: 'web', namespace: 'default', uid: 'uid-3' },
        containers: [
          { name: 'web', ...stats(100_000_000, 2048 * 1024) },
          { name: 'side', ...stats(1, 1) },
        ],
      },
      { podRef: { name: 'gone', namespace: 'default', uid: 'another' }, containers: [] },
    ],
  };
};

beforeEach(async () => {
  asked = [];
  api = testApi({
    askUsage: async (nodeName) => {
      asked.push(nodeName);
      return usageOf(nodeName);
    },
  });
  for (const [name, zone] of [
    ['a', 'east'],
    ['b', 'west'],
  ])
    await api.post('/api/v1/nodes', `metadata: {name: ${name}, labels: {zone: ${zone}}}`);
  await api.post(
    '/api/v1/namespaces/default/pods',
    podYaml('web', '  labels: {app: web}').replace('spec:', 'spec:\n  nodeName: a'),
  );
  await api.post('/api/v1/namespaces/default/pods', podYaml('far').replace('spec:', 'spec:\n  nodeName: b'));
  await api.post('/api/v1/namespaces/default/pods', podYaml('new'));
});
afterEach(() => api.close());

describe('metrics.k8s.io', () => {
  test('nodes that answer tell what they use', async () => {
    const { object } = await api.get(`${metrics}/nodes`);
    assert.equal(object['kind'], 'NodeMetricsList');
    assert.deepEqual(object['items'], [
      {
        kind: 'NodeMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        metadata: { name: 'a', labels: { zone: 'east' }, creationTimestamp: time },
        timestamp: time,
        window: '15s',
        usage: { cpu: '250000000n', memory: '4096Ki' },
      },
    ]);
    assert.deepEqual(asked, ['a', 'b']);
  });

  test('pods tell it for each container', async () => {
    const { object } = await api.get(`${metrics}/namespaces/default/pods/web`);
    assert.deepEqual(object['containers'], [
      { name: 'web', usage: { cpu: '100000000n', memory: '2048Ki' } },
      { name: 'side', usage: { cpu: '1n', memory: '1Ki' } },
    ]);
    assert.deepEqual(asked, ['a']);
  });

  test('only nodes that have a pod that is asked about are asked', async () => {
    const { object } = await api.get(`${metrics}/pods?labelSelector=app%3Dweb`);
    assert.deepEqual(
      object['items'].map((item: { metadata: { name: string } }) => item.metadata.name),
      ['web'],
    );
    assert.deepEqual(asked, ['a']);
    await api.get(`${metrics}/pods?labelSelector=app%3Dnone`);
    assert.deepEqual(asked, ['a']);
  });

  test('nodes are selected by label and by name', async () => {
    await api.get(`${metrics}/nodes?labelSelector=zone%3Dwest`);
    await api.get(`${metrics}/nodes?fieldSelector=metadata.name%3Da`);
    assert.deepEqual(asked, ['b', 'a']);
  });

  test('of what is not there, or does not answer, nothing is found', async () => {
    for (const [path, name] of [
      ['nodes/none', 'nodemetrics.metrics.k8s.io "none"'],
      ['nodes/b', 'nodemetrics.metrics.k8s.io "b"'],
      ['namespaces/default/pods/new', 'podmetrics.metrics.k8s.io "default/new"'],
      ['namespaces/default/pods/far', 'podmetrics.metrics.k8s.io "default/far"'],
    ]) {
      const reply = await api.get(`${metrics}/${path}`);
      assert.equal(reply.code, 404);
      assert.equal(asStatus(reply).message, `${name} not found`);
    }
  });

  test('is printed as a table', async () => {
    const { object } = await api.get(`${metrics}/namespaces/default/pods`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.deepEqual(object['rows'][0].cells, ['web', '101m', '2049Ki', '15s']);
  });

  test('can only be read', async () => {
    const reply = await api.post(`${metrics}/nodes`, 'metadata: {name: a}');
    assert.equal(reply.code, 405);
  });

  test('is told by discovery', async () => {
    const { object } = await api.get(metrics);
    assert.deepEqual(
      object['resources'].map(({ name, kind, verbs }: Record<string, unknown>) => [name, kind, verbs]),
      [
        ['nodes', 'NodeMetrics', ['get', 'list']],
        ['pods', 'PodMetrics', ['get', 'list']],
      ],
    );
  });
});
