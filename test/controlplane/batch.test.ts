/** Jobs, CronJobs, DaemonSets and ReplicationControllers over the real API, with pods that do as they are told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  controllerRevisions,
  cronJobs,
  daemonSets,
  jobs,
  namespaces,
  nodes,
  pods,
  replicationControllers,
} from '../../src/api/resource.ts';
import type { Job, Pod } from '../../src/api/types.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);

async function cluster(...names: string[]): Promise<ControlPlane> {
  const plane = new ControlPlane();
  await within(() => plane.client.get(namespaces, 'kube-node-lease'));
  for (const name of names) {
    await plane.addNode(name);
    plane.beat(name);
  }
  return plane;
}

const template = (labels?: object) => ({
  ...(labels && { metadata: { labels } }),
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] },
});

const job = (spec: object = {}, name = 'work') => ({
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { template: template(), ...spec },
});

const daemon = (spec: object = {}, image = 'one') => ({
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'c', image }] },
    },
    ...spec,
  },
});

const podsOf = async ({ client }: ControlPlane): Promise<Pod[]> =>
  (await client.list(pods, { namespace: 'default' })).items;

const theJob = ({ client }: ControlPlane, name = 'work') => client.get(jobs, name, 'default');

const conditions = ({ status }: Job) =>
  (status?.conditions ?? []).filter((c) => c.status === 'True').map((c) => c.type);

const running = (plane: ControlPlane, count: number) =>
  within(async () => {
    const found = (await podsOf(plane)).filter((p) => p.status?.phase === 'Running');
    assert.equal(found.length, count);
    return found;
  });

/** The pod ends by itself. */
async function end({ client }: ControlPlane, pod: Pod, exitCode: number): Promise<void> {
  const finishedAt = new Date().toISOString();
  const containerStatuses = [
    {
      name: 'c',
      image: 'busybox',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt } },
    },
  ];
  const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses };
  const { name, namespace = '' } = pod.metadata;
  await client.patch(pods, { name, namespace }, { status }, { subresource: 'status' });
}

describe('a Job', () => {
  test('runs so many pods at a time until enough have succeeded, and counts each once', async () => {
    await using plane = await cluster('a');
    await plane.create(job({ completions: 3, parallelism: 2 }));
    for (const left of [2, 2, 1]) {
      const [pod] = await running(plane, left);
      assert.deepEqual(pod?.metadata.finalizers, ['batch.kubernetes.io/job-tracking']);
      assert.equal(pod.metadata.labels?.['job-name'], 'work');
      await end(plane, pod, 0);
    }
    const done = await within(async () => {
      const found = await theJob(plane);
      assert.deepEqual(conditions(found), ['SuccessCriteriaMet', 'Complete']);
      return found;
    });
    assert.equal(done.status?.succeeded, 3);
    assert.equal(done.status.failed, undefined);
    assert.ok(done.status.completionTime);
    assert.deepEqual(
      (await podsOf(plane)).map((p) => p.metadata.finalizers),
      [undefined, undefined, undefined],
    );
  });

  test('gives up beyond its backoffLimit, and ends what still runs', async () => {
    await using plane = await cluster('a');
    await plane.create(job({ completions: 2, parallelism: 2, backoffLimit: 0 }));
    const [pod] = await running(plane, 2);
    await end(plane, pod as Pod, 3);
    const failed = await within(async () => {
      const found = await theJob(plane);
      assert.deepEqual(conditions(found), ['FailureTarget', 'Failed']);
      return found;
    });
    assert.equal(failed.status?.conditions?.at(-1)?.reason, 'BackoffLimitExceeded');
    assert.equal(failed.status.failed, 2);
    await within(async () => assert.equal((await podsOf(plane)).length, 1));
  });

  test('in mode Indexed gives every pod a number, and says which are done', async () => {
    await using plane = await cluster('a');
    await plane.create(job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }));
    const found = await running(plane, 3);
    const hostnames = found.map((p) => p.spec?.hostname).sort();
    assert.deepEqual(hostnames, ['work-0', 'work-1', 'work-2']);
    const env = found[0]?.spec?.containers[0]?.env?.[0];
    assert.equal(env?.name, 'JOB_COMPLETION_INDEX');
    for (const pod of found.filter((p) => p.spec?.hostname !== 'work-1')) await end(plane, pod, 0);
    await within(async () => assert.equal((await theJob(plane)).status?.completedIndexes, '0,2'));
    await end(plane, found.find((p) => p.spec?.hostname === 'work-1') as Pod, 0);
    await within(async () => assert.ok(conditions(await theJob(plane)).includes('Complete')));
    assert.equal((await theJob(plane)).status?.completedIndexes, '0-2');
  });

  test('that is suspended has no pods, and goes on when it is resumed', async () => {
    await using plane = await cluster('a');
    const { client } = plane;
    await plane.create(job());
    await running(plane, 1);
    const target = { name: 'work', namespace: 'default' };
    await client.patch(jobs, target, { spec: { suspend: true } });
    await within(async () => {
      assert.deepEqual(conditions(await theJob(plane)), ['Suspended']);
      assert.equal((await podsOf(plane)).length, 0);
    });
    assert.equal((await theJob(plane)).status?.startTime, undefined);
    await client.patch(jobs, target, { spec: { suspend: false } });
    const [pod] = await running(plane, 1);
    await end(plane, pod as Pod, 0);
    await within(async () => assert.ok(conditions(await theJob(plane)).includes('Complete')));
    assert.equal((await theJob(plane)).status?.failed, undefined);
  });

  test('that is deleted lets its pods go, in the background, in the foreground and as orphans', async () => {
    await using plane = await cluster('a');
    const { client } = plane;
    for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
      await plane.create(job());
      await running(plane, 1);
      await client.delete(jobs, { name: 'work', namespace: 'default' }, { propagationPolicy });
      if (propagationPolicy !== 'Orphan') {
        await within(async () => assert.equal((await podsOf(plane)).length, 0));
        await within(async () => assert.rejects(theJob(plane)));
        continue;
      }
      await within(async () => {
        const [pod] = await podsOf(plane);
        assert.deepEqual(
          [pod?.metadata.finalizers, pod?.metadata.ownerReferences?.length ?? 0],
          [undefined, 0],
        );
      });
    }
  });

  test('goes some time after it has finished when it says so', async () => {
    await using plane = await cluster('a');
    await plane.create(job({ ttlSecondsAfterFinished: 0 }));
    const [pod] = await running(plane, 1);
    await end(plane, pod as Pod, 0);
    await within(async () => assert.rejects(theJob(plane)));
    await within(async () => assert.equal((await podsOf(plane)).length, 0));
  });

  test('fails at once when its pod failure policy says so', async () => {
    await using plane = await cluster('a');
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }];
    await plane.create(job({ podFailurePolicy: { rules } }));
    const [pod] = await running(plane, 1);
    await end(plane, pod as Pod, 42);
    await within(async () => {
      const found = await theJob(plane);
      assert.equal(found.status?.conditions?.find((c) => c.type === 'Failed')?.reason, 'PodFailurePolicy');
    });
  });
});

describe('a CronJob', () => {
  test('makes a Job when its time comes, keeps a history, and tells what runs', async () => {
    await using plane = await cluster('a');
    const { client } = plane;
    await plane.create({
      kind: 'CronJob',
      metadata: { name: 'tick', namespace: 'default' },
      spec: {
        schedule: '@every 1s',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { metadata: { labels: { of: 'tick' } }, spec: { template: template() } },
      },
    });
    const [pod] = await running(plane, 1);
    const [made] = (await client.list(jobs, { labelSelector: 'of=tick' })).items;
    assert.match(made?.metadata.name ?? '', /^tick-\d+$/);
    const cron = await within(async () => {
      const found = await client.get(cronJobs, 'tick', 'default');
      assert.equal(found.status?.active?.[0]?.name, made?.metadata.name);
      return found;
    });
    assert.ok(cron.status?.lastScheduleTime);
    await client.patch(cronJobs, { name: 'tick', namespace: 'default' }, { spec: { suspend: true } });
    await end(plane, pod as Pod, 0);
    await within(async () => {
      const { status } = await client.get(cronJobs, 'tick', 'default');
      assert.equal(status?.active, undefined);
      assert.ok(status?.lastSuccessfulTime);
    });
  });
});

describe('a DaemonSet', () => {
  test('has a pod on every node that it means, also on those that are new or cordoned', async () => {
    await using plane = await cluster('a', 'b');
    const { client } = plane;
    await client.patch(nodes, { name: 'b' }, { spec: { unschedulable: true } });
    await plane.create(daemon());
    const found = await running(plane, 2);
    assert.deepEqual(found.map((p) => p.spec?.nodeName).sort(), ['a', 'b']);
    await plane.addNode('c');
    await running(plane, 3);
    await within(async () => {
      const { status } = await client.get(daemonSets, 'agent', 'default');
      assert.deepEqual([status?.desiredNumberScheduled, status?.numberAvailable], [3, 3]);
    });
    await client.patch(nodes, { name: 'c' }, { spec: { taints: [{ key: 'no', effect: 'NoExecute' }] } });
    await running(plane, 2);
  });

  test('replaces its pods node by node, and remembers its templates', async () => {
    await using plane = await cluster('a', 'b');
    const { client } = plane;
    await plane.create(daemon());
    const before = (await running(plane, 2)).map((p) => p.metadata.name);
    const target = { name: 'agent', namespace: 'default' };
    const containers = [{ name: 'c', image: 'two' }];
    await client.patch(daemonSets, target, { spec: { template: { spec: { containers } } } });
    await within(async () => {
      const { status, metadata } = await client.get(daemonSets, 'agent', 'default');
      assert.equal(status?.observedGeneration, metadata.generation);
      assert.deepEqual([status?.updatedNumberScheduled, status?.numberAvailable], [2, 2]);
    });
    const after = await podsOf(plane);
    assert.ok(after.every((p) => !before.includes(p.metadata.name)));
    assert.deepEqual(
      after.map((p) => p.spec?.containers[0]?.image),
      ['two', 'two'],
    );
    const history = (await client.list(controllerRevisions, { namespace: 'default' })).items;
    assert.deepEqual(history.map((r) => r.revision).sort(), [1, 2]);
  });

  test('with maxSurge makes the new pod before the old one goes', async () => {
    await using plane = await cluster('a');
    const { client } = plane;
    const updateStrategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    await plane.create(daemon({ updateStrategy }));
    await running(plane, 1);
    const containers = [{ name: 'c', image: 'two' }];
    const target = { name: 'agent', namespace: 'default' };
    await client.patch(daemonSets, target, { spec: { template: { spec: { containers } } } });
    await within(async () => {
      const images = (await podsOf(plane)).map((p) => p.spec?.containers[0]?.image);
      assert.deepEqual(images, ['two']);
    });
  });
});

describe('a ReplicationController', () => {
  test('keeps so many pods, and takes its selector from the template', async () => {
    await using plane = await cluster('a');
    const { client } = plane;
    await plane.create({
      kind: 'ReplicationController',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 2,
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    });
    await running(plane, 2);
    const found = await client.get(replicationControllers, 'web', 'default');
    assert.deepEqual(found.spec?.selector, { app: 'web' });
    await client.patch(
      replicationControllers,
      { name: 'web', namespace: 'default' },
      { spec: { replicas: 1 } },
    );
    await running(plane, 1);
    await within(async () => {
      const { status } = await client.get(replicationControllers, 'web', 'default');
      assert.deepEqual([status?.replicas, status?.readyReplicas], [1, 1]);
    });
  });
});
