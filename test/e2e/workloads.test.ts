/** Jobs, CronJobs, DaemonSets and ReplicationControllers: real pods, and what kubectl of several versions makes of them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DaemonSet, Job, Pod } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';

let cluster: TestCluster;
let oldest: Kubectl;
const kubectl = (...args: string[]) => cluster.kubectl(...args);
const image = '--image=busybox:1.28';

const podsOf = async (label: string): Promise<Pod[]> =>
  (await cluster.kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', label)).items;

before(async () => {
  cluster = await startCluster({ name: 'e2e-workloads', nodes: 2 });
  const [first] = await kubectls();
  oldest = kubectlWith(cluster.kubeconfig, first?.path);
});
after(() => cluster?.down());

const apply = (...manifests: object[]) =>
  cluster.kubectl.input(manifests.map((m) => JSON.stringify(m)).join('\n---\n'), 'apply', '-f', '-');

const job = (name: string, spec: object, command: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: {
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'busybox:1.28', command: ['sh', '-c', command] }],
      },
    },
  },
});

describe('a job', () => {
  test('runs to completion, for the oldest kubectl too, and its pods stay to be read', async () => {
    for (const [i, { path, version }] of (await kubectls()).entries()) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const name = `hello-${i}`;
      await own('create', 'job', name, image, '--', 'sh', '-c', `echo from ${version}`);
      await own('wait', '--for=condition=complete', `job/${name}`, '--timeout=60s');
      assert.equal(await own('logs', `job/${name}`), `from ${version}\n`);
      assert.match(await own('get', 'job', name), /1\/1/);
      await eventually(async () => {
        const described = await own('describe', 'job', name);
        assert.match(described, /Pods Statuses:\s+0 (Running|Active).* \/ 1 Succeeded \/ 0 Failed/);
        assert.match(described, /SuccessfulCreate.*Created pod: hello-/);
        assert.match(described, /Completed.*Job completed/);
      });
    }
  });

  test('that fails more often than its backoffLimit is Failed, and kubectl wait sees it', async () => {
    await apply(job('failing', { backoffLimit: 0 }, 'exit 3'));
    await kubectl('wait', '--for=condition=failed', 'job/failing', '--timeout=60s');
    const { status } = await cluster.kubectl.json<Job>('get', 'job', 'failing');
    assert.equal(status?.failed, 1);
    assert.equal(status.conditions?.find((c) => c.type === 'Failed')?.reason, 'BackoffLimitExceeded');
    await eventually(async () =>
      assert.match(await kubectl('describe', 'job', 'failing'), /Warning\s+BackoffLimitExceeded/),
    );
  });

  test('with indexes tells each pod its own, in the environment and in its host name', async () => {
    const say = 'echo "$JOB_COMPLETION_INDEX $(hostname)"';
    await apply(job('indexed', { completions: 3, parallelism: 3, completionMode: 'Indexed' }, say));
    await kubectl('wait', '--for=condition=complete', 'job/indexed', '--timeout=60s');
    const pods = await podsOf('batch.kubernetes.io/job-name=indexed');
    const logs = await Promise.all(pods.map(({ metadata }) => kubectl('logs', metadata.name)));
    assert.deepEqual(logs.sort(), ['0 indexed-0\n', '1 indexed-1\n', '2 indexed-2\n']);
    const { status } = await cluster.kubectl.json<Job>('get', 'job', 'indexed');
    assert.equal(status?.completedIndexes, '0-2');
  });

  test('that is suspended ends its pods, and runs on when it is resumed', async () => {
    await apply(job('pausing', {}, 'trap exit TERM; sleep 1000 & wait'));
    // Its controller makes the pod, and `kubectl wait` ends at once where there is none yet.
    const podIsReady = () =>
      eventually(() =>
        kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'job-name=pausing', '--timeout=60s'),
      );
    await podIsReady();
    await kubectl('patch', 'job', 'pausing', '-p', '{"spec":{"suspend":true}}');
    await kubectl('wait', '--for=condition=suspended', 'job/pausing', '--timeout=60s');
    await eventually(async () => assert.deepEqual(await podsOf('job-name=pausing'), []));
    await kubectl('patch', 'job', 'pausing', '-p', '{"spec":{"suspend":false}}');
    await podIsReady();
    await kubectl('delete', 'job', 'pausing');
    await eventually(async () => assert.deepEqual(await podsOf('job-name=pausing'), []));
  });
});

describe('a cron job', () => {
  test('makes a job when its time comes; one can be made by hand from it', async () => {
    const newest = (await kubectls()).at(-1);
    const own = kubectlWith(cluster.kubeconfig, newest?.path);
    const { apiVersion, metadata, spec } = job('tick', {}, 'date');
    const jobTemplate = { spec };
    await apply({ apiVersion, kind: 'CronJob', metadata, spec: { schedule: '@every 2s', jobTemplate } });
    await eventually(async () => assert.match(await own('get', 'jobs'), /^tick-\d+ /m));
    await own('patch', 'cronjob', 'tick', '-p', '{"spec":{"suspend":true}}');
    // 1.20 asks for cron jobs in a version that is gone.
    if (newest?.version !== '1.20') {
      await own('create', 'job', 'by-hand', '--from=cronjob/tick');
      await own('wait', '--for=condition=complete', 'job/by-hand', '--timeout=60s');
      await eventually(async () => {
        const described = await own('describe', 'cronjob', 'tick');
        assert.match(described, /Schedule:\s+@every 2s/);
        assert.match(described, /SuccessfulCreate.*Created job tick-\d+/);
      });
    }
    await own('delete', 'cronjob', 'tick');
    await eventually(async () => assert.doesNotMatch(await own('get', 'jobs'), /^(tick-|by-hand)/m));
  });
});

describe('a daemon set', () => {
  const container = { name: 'c', image: 'busybox:1.28', command: ['sleep', 'infinity'] };
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
    },
  };
  const rolledOut = (own: Kubectl) => own('rollout', 'status', 'daemonset/agent', '--timeout=60s');

  test('is on both nodes, rolls out, rolls back and restarts, with the oldest kubectl', async () => {
    await apply(manifest);
    await rolledOut(oldest);
    const nodes = (await podsOf('app=agent')).map(({ spec }) => spec?.nodeName);
    assert.equal(new Set(nodes).size, 2);
    await oldest('set', 'env', 'daemonset/agent', 'A=b');
    await rolledOut(oldest);
    assert.match(await oldest('rollout', 'history', 'daemonset/agent'), /^1\s.*\n2\s/m);
    await oldest('rollout', 'undo', 'daemonset/agent');
    await rolledOut(oldest);
    const pods = await podsOf('app=agent');
    assert.deepEqual(
      pods.map(({ spec }) => spec?.containers[0]?.env),
      [undefined, undefined],
    );
    await oldest('rollout', 'restart', 'daemonset/agent');
    await rolledOut(oldest);
    assert.match(await oldest('describe', 'daemonset', 'agent'), /Desired Number of Nodes Scheduled: 2/);
  });

  test('stays on a node that is drained', async () => {
    const node = 'e2e-workloads-2';
    await kubectl('drain', node, '--ignore-daemonsets', '--force', '--delete-emptydir-data', '--timeout=60s');
    const there = (await podsOf('app=agent')).filter(({ spec }) => spec?.nodeName === node);
    assert.equal(there.length, 1);
    const { status } = await cluster.kubectl.json<DaemonSet>('get', 'daemonset', 'agent');
    assert.equal(status?.desiredNumberScheduled, 2);
    await kubectl('uncordon', node);
    await kubectl('delete', 'daemonset', 'agent');
  });
});

describe('a replication controller', () => {
  test('is scaled, and listed among all', async () => {
    await apply({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'c', image: 'busybox:1.28', command: ['sleep', 'infinity'] }],
          },
        },
      },
    });
    await oldest('scale', 'rc', 'web', '--replicas=3');
    await eventually(async () => assert.equal((await podsOf('app=web')).length, 3));
    await kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=60s');
    await eventually(async () =>
      assert.match(await oldest('describe', 'rc', 'web'), /Replicas:\s+3 current \/ 3 desired/),
    );
    await eventually(async () =>
      assert.match(await kubectl('get', 'all'), /^replicationcontroller\/web\s+3\s+3\s+3/m),
    );
    await kubectl('delete', 'rc', 'web');
  });
});

describe('a horizontal pod autoscaler', () => {
  test('is made by kubectl of any age, whichever version it speaks', async () => {
    for (const [i, { path, version }] of (await kubectls()).entries()) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const name = `hpa-${i}`;
      await own('create', 'deployment', name, image, '--replicas=0');
      await own('autoscale', 'deployment', name, '--min=1', '--max=3', '--cpu-percent=50');
      assert.match(
        await own('get', 'hpa', name),
        new RegExp(`Deployment/${name}\\s+.*50%\\s+1\\s+3`),
        version,
      );
      assert.match(await own('describe', 'hpa', name), /Max replicas:\s+3/, version);
      await own('delete', 'hpa,deployment', name);
    }
  });

  test('scales a deployment by what its pods really use', async () => {
    await kubectl('create', 'deployment', 'grows', image, '--', 'sleep', 'infinity');
    await kubectl('rollout', 'status', 'deployment/grows', '--timeout=60s');
    const target = { type: 'AverageValue', averageValue: '1Ki' };
    await apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'grows' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'grows' },
        maxReplicas: 3,
        metrics: [{ type: 'Resource', resource: { name: 'memory', target } }],
      },
    });
    await eventually(async () => {
      const rows = await kubectl('get', 'deployment', 'grows', '--no-headers');
      assert.match(rows, /^grows\s+3\/3/);
    }, 120_000);
    await eventually(async () =>
      assert.match(await kubectl('describe', 'hpa', 'grows'), /SuccessfulRescale.*New size: 3/),
    );
    await kubectl('delete', 'hpa,deployment', 'grows');
  });
});

describe('events', () => {
  test('are those of the core group in another form', async () => {
    type Told = { items: { regarding?: { name?: string }; note?: string; reason?: string }[] };
    const { items } = await cluster.kubectl.json<Told>(
      ...['get', 'events.v1.events.k8s.io', '--field-selector', 'reason=Completed'],
    );
    assert.ok(items.some(({ regarding, note }) => regarding?.name === 'hello-0' && note === 'Job completed'));
  });
});
