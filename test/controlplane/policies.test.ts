/** Budgets, priorities, quotas and limits through the real API, controllers and scheduler, with pretended nodes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from '../../src/api/errors.ts';
import {
  deployments,
  events,
  namespaces,
  podDisruptionBudgets,
  pods,
  priorityClasses,
  resourceQuotas,
} from '../../src/api/resource.ts';
import type { Pod } from '../../src/api/types.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);

async function cluster(...nodes: string[]): Promise<ControlPlane> {
  const plane = new ControlPlane();
  await eventually(() => plane.client.get(namespaces, 'kube-node-lease'), 30_000, 5);
  for (const cpu of nodes) await plane.addNode(`node-${nodes.indexOf(cpu) + 1}`, { cpu });
  return plane;
}

const web = { app: 'web' };
const container = (cpu?: string) => ({
  name: 'web',
  image: 'nginx:1',
  ...(cpu && { resources: { requests: { cpu } } }),
});

const deployment = (replicas: number) => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: web },
    template: { metadata: { labels: web }, spec: { containers: [container()] } },
  },
});

const budget = (spec: object) => ({
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: web }, ...spec },
});

const pod = (name: string, spec: object) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [container()], ...spec },
});

const evict = ({ client }: ControlPlane, name: string) =>
  client.post(pods, { name, namespace: 'default' }, 'eviction', {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: 'default' },
  });

const says = (code: number, message: RegExp) => (err: unknown) => {
  assert.ok(err instanceof StatusError, String(err));
  assert.equal(err.status.code, code, err.message);
  assert.match(err.message, message);
  return true;
};

const statusOf = async ({ client }: ControlPlane) =>
  (await client.get(podDisruptionBudgets, 'web', 'default')).status;

const webPods = async ({ client }: ControlPlane) =>
  (await client.list(pods, { namespace: 'default', labelSelector: 'app=web' })).items;

describe('a budget', () => {
  for (const [what, spec] of [
    ['of a share that may be missing', { maxUnavailable: '34%' }],
    ['of a number that must be there', { minAvailable: 2 }],
  ] as const)
    test(`${what} lets pods go one after the other`, async () => {
      await using plane = await cluster('8');
      await plane.create(deployment(3));
      await within(async () =>
        assert.equal((await plane.client.get(deployments, 'web', 'default')).status?.readyReplicas, 3),
      );
      await plane.create(budget(spec));
      const before = await within(async () => {
        const status = await statusOf(plane);
        assert.equal(status?.expectedPods, 3);
        assert.equal(status?.currentHealthy, 3);
        assert.equal(status?.conditions?.[0]?.reason, 'SufficientPods');
        return status;
      });
      assert.equal(before?.disruptionsAllowed, 'minAvailable' in spec ? 1 : 2);
      const names = (await webPods(plane)).map(({ metadata }) => metadata.name);
      const outcomes = await Promise.allSettled(names.map((name) => evict(plane, name)));
      assert.equal(
        outcomes.filter(({ status }) => status === 'fulfilled').length,
        'minAvailable' in spec ? 1 : 2,
        'at once no more than it allows',
      );
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      says(429, /^Cannot evict pod as it would violate the pod's disruption budget\.$/)(refused?.reason);
      await within(async () => {
        const status = await statusOf(plane);
        assert.equal(status?.currentHealthy, 3);
        assert.deepEqual(status?.disruptedPods ?? {}, {});
      });
    });

  test('of pods that nobody counts lets none go, and says why', async () => {
    await using plane = await cluster('8');
    await plane.create({
      ...pod('alone', {}),
      metadata: { name: 'alone', namespace: 'default', labels: web },
    });
    await plane.create(budget({ maxUnavailable: 1 }));
    await within(async () => {
      const [condition] = (await statusOf(plane))?.conditions ?? [];
      assert.equal(condition?.reason, 'SyncFailed');
      assert.equal(condition?.message, 'found no controller ref for pod "alone"');
      assert.equal((await plane.client.get(pods, 'alone', 'default')).status?.phase, 'Running');
    });
    await assert.rejects(evict(plane, 'alone'), says(429, /disruption budget/));
  });
});

describe('an important pod', () => {
  test('takes the place of one that is less so, which is told why', async () => {
    await using plane = await cluster('1');
    const { client } = plane;
    await within(() => client.get(priorityClasses, 'system-node-critical'));
    await plane.create({ kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 });
    await plane.create(pod('low', { containers: [container('800m')] }));
    await within(async () =>
      assert.equal((await client.get(pods, 'low', 'default')).spec?.nodeName, 'node-1'),
    );
    await plane.create(pod('high', { containers: [container('800m')], priorityClassName: 'high' }));
    await within(async () => {
      const { spec, status }: Pod = await client.get(pods, 'high', 'default');
      assert.equal(spec?.nodeName, 'node-1');
      assert.equal(spec?.priority, 1000);
      assert.equal(status?.nominatedNodeName, undefined);
    });
    await assert.rejects(client.get(pods, 'low', 'default'), says(404, /not found/));
    await within(async () => {
      const { items } = await client.list(events, { namespace: 'default' });
      const told = items.find(({ reason }) => reason === 'Preempted');
      assert.match(told?.message ?? '', /^Preempted by pod .* on node node-1$/);
      assert.equal(told?.involvedObject.name, 'low');
    });
  });
});

describe('a quota', () => {
  test('is never exceeded, however many ask at the same time, and counts what is used', async () => {
    await using plane = await cluster('8');
    const { client } = plane;
    const hard = { pods: '3', 'count/deployments.apps': '1', 'requests.cpu': '1' };
    await plane.create({
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard },
    });
    await plane.create(deployment(0));
    const asked = Array.from({ length: 12 }, (_, i) =>
      plane.create(pod(`p${i}`, { containers: [container('100m')] })),
    );
    const outcomes = await Promise.allSettled(asked);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    says(403, /exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3/)(refused?.reason);
    await within(async () => {
      const { status } = await client.get(resourceQuotas, 'q', 'default');
      assert.deepEqual(status?.used, { pods: '3', 'count/deployments.apps': '1', 'requests.cpu': '300m' });
      assert.deepEqual(status?.hard, hard);
    });
    const [first] = (await client.list(pods, { namespace: 'default' })).items;
    await client.delete(pods, { name: first?.metadata.name ?? '', namespace: 'default' });
    await within(() => plane.create(pod('again', { containers: [container('100m')] })));
  });
});

test('a quota counts custom resources, also of a kind that comes after it', async () => {
  await using plane = await cluster('8');
  const { client } = plane;
  const hard = { 'count/widgets.example.com': '1' };
  await plane.create({
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard },
  });
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await plane.create({
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  const widgets = {
    group: 'example.com',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: true,
  };
  const widget = (name: string) => client.create(widgets, { metadata: { name, namespace: 'default' } });
  await within(() => widget('a'));
  await assert.rejects(
    widget('b'),
    says(
      403,
      /exceeded quota: q, requested: count\/widgets\.example\.com=1, used: count\/widgets\.example\.com=1, limited: count\/widgets\.example\.com=1/,
    ),
  );
  await within(async () => {
    const { status } = await client.get(resourceQuotas, 'q', 'default');
    assert.deepEqual(status?.used, { 'count/widgets.example.com': '1' });
  });
});
