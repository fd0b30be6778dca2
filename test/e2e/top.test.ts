/** `kubectl top`: what the kernel counts, through the agents and `metrics.k8s.io`. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';
import { apply, podOf, ready } from '../support/pods.ts';

const programs = await kubectls();
const [first, second] = ['e2e-top-1', 'e2e-top-2'];

let cluster: TestCluster;

before(
  async () => {
    cluster = await startCluster({ name: 'e2e-top', nodes: 2 });
    const { kubectl } = cluster;
    await kubectl('create', 'namespace', 'other');
    await apply(
      kubectl,
      // Never more than a fifth of a core, whatever the machine has to do.
      podOf({
        name: 'busy',
        node: first,
        script: 'while :; do :; done',
        container: { resources: { limits: { cpu: '200m' } } },
      }),
      podOf({
        name: 'large',
        node: second,
        spec: {
          containers: [
            {
              name: 'main',
              image: 'busybox',
              command: [
                'sh',
                '-c',
                'head -c 40000000 /dev/zero > /dev/shm/zeros; touch /tmp/done; exec sleep 100000',
              ],
              readinessProbe: { exec: { command: ['cat', '/tmp/done'] } },
            },
            { name: 'side', image: 'busybox', command: ['sleep', '100000'] },
          ],
        },
      }),
    );
    await kubectl('-n', 'other', 'run', 'idle', '--image=busybox', '--', 'sleep', '100000');
    await kubectl('-n', 'other', 'wait', '--for=condition=Ready', 'pod/idle', '--timeout=60s');
    await ready(kubectl, 'busy', 'large');
  },
  { timeout: 180_000 },
);

after(() => cluster.down(), { timeout: 90_000 });

/** Rows without the head, split into words. */
async function rows(kubectl: Kubectl, ...args: string[]): Promise<string[][]> {
  const text = await kubectl('top', ...args, '--no-headers');
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}

const millicores = (text = '') => Number(/^(\d+)m$/.exec(text)?.[1]);
const mebibytes = (text = '') => Number(/^(\d+)Mi$/.exec(text)?.[1]);

for (const { version, path } of programs)
  describe(`kubectl ${version} top`, { timeout: 60_000 }, () => {
    const kubectl = () => kubectlWith(cluster.kubeconfig, path);

    test('node: cpu and memory of all, or of one', async () => {
      await eventually(async () => {
        const found = await rows(kubectl(), 'node');
        assert.deepEqual(
          found.map(([name]) => name),
          [first, second],
        );
        const [busy, large] = found;
        assert.ok(millicores(busy?.[1]) >= 50, `busy: ${busy}`);
        assert.match(busy?.[2] ?? '', /^\d+%$/);
        assert.ok(mebibytes(large?.[3]) >= 40, `large: ${large}`);
      });
      assert.deepEqual((await rows(kubectl(), 'node', second)).length, 1);
    });

    test('pod: what the limit allows, and what stands in memory', async () => {
      await eventually(async () => {
        const found = new Map((await rows(kubectl(), 'pod')).map((row) => [row[0], row]));
        assert.deepEqual([...found.keys()].toSorted(), ['busy', 'large']);
        const cores = millicores(found.get('busy')?.[1]);
        assert.ok(cores >= 50 && cores <= 260, `busy: ${cores}m`);
        const memory = mebibytes(found.get('large')?.[2]);
        assert.ok(memory >= 35 && memory <= 60, `large: ${memory}Mi`);
      });
    });

    test('pod: of every namespace, of one, by label and by name', async () => {
      const all = (await rows(kubectl(), 'pod', '-A')).map(([namespace, name]) => `${namespace}/${name}`);
      for (const one of ['default/busy', 'default/large', 'other/idle']) assert.ok(all.includes(one), one);
      assert.ok(all.some((name) => name.startsWith('kube-system/coredns-')));
      assert.deepEqual(
        (await rows(kubectl(), 'pod', '-n', 'other')).map(([name]) => name),
        ['idle'],
      );
      assert.deepEqual(
        (await rows(kubectl(), 'pod', '-l', 'app=large')).map(([name]) => name),
        ['large'],
      );
      assert.deepEqual(
        (await rows(kubectl(), 'pod', 'busy')).map(([name]) => name),
        ['busy'],
      );
    });

    test('pod --containers, sorted by cpu or memory', async () => {
      const containers = (await rows(kubectl(), 'pod', '--containers')).map(
        ([pod, name]) => `${pod}/${name}`,
      );
      assert.deepEqual(containers.toSorted(), ['busy/main', 'large/main', 'large/side']);
      const order = async (by: string) =>
        (await rows(kubectl(), 'pod', `--sort-by=${by}`)).map(([name]) => name);
      await eventually(async () => assert.deepEqual(await order('cpu'), ['busy', 'large']));
      assert.deepEqual(await order('memory'), ['large', 'busy']);
    });

    test('says that there is no such pod', async () => {
      const { code, stderr } = await kubectl().attempt('top', 'pod', 'none');
      assert.equal(code, 1);
      assert.match(stderr, /podmetrics\.metrics\.k8s\.io "default\/none" not found/);
    });
  });

describe('metrics.k8s.io', { timeout: 60_000 }, () => {
  test('is discovered, and printed as a table', async () => {
    const { kubectl } = cluster;
    const resources = await kubectl('api-resources', '--api-group=metrics.k8s.io');
    assert.match(resources, /^nodes .*metrics.k8s.io\/v1beta1 +false +NodeMetrics$/m);
    assert.match(resources, /^pods .*metrics.k8s.io\/v1beta1 +true +PodMetrics$/m);
    assert.match(await kubectl('get', 'nodes.metrics.k8s.io'), /^NAME +CPU +MEMORY +WINDOW\n/);
    assert.match(await kubectl('get', 'pods.metrics.k8s.io', 'large'), /^large +\d+\w* +\d+Ki +[\d.]+s$/m);
  });

  test('does not take the place of the pods and nodes that have the same name', async () => {
    assert.match(await cluster.kubectl('get', 'pods'), /^NAME +READY/);
    assert.match(await cluster.kubectl('get', 'nodes'), /^NAME +STATUS/);
  });

  test('leaves out a node that does not answer', async () => {
    await cluster.switchboard('node', 'stop', second);
    await eventually(async () => {
      const known = await rows(cluster.kubectl, 'pod');
      assert.deepEqual(
        known.map(([name]) => name),
        ['busy'],
      );
    });
    const text = await cluster.kubectl('top', 'node');
    assert.match(text, new RegExp(`^${first} +\\d+m`, 'm'));
    assert.doesNotMatch(text, new RegExp(`^${second} +\\d+m`, 'm'));
  });
});
