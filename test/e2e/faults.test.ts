/** Any one process of ours may be killed at any time: it comes back, and pods and packets do not notice. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointSlice, Lease, List } from '../../src/api/types.ts';
import { keepCalling } from '../support/calls.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { backAgain, killHard, processesRunning } from '../support/faults.ts';
import { fetchFrom } from '../support/http.ts';
import { asking } from '../support/https.ts';
import { processesOf } from '../support/leftovers.ts';
import { apply, lifeOf, nodePortService, podBecomes, podNamed, podOf, ready } from '../support/pods.ts';

const name = 'e2e-faults';
const second = `${name}-2`;
const nodePort = 31810;
/** Far beyond the second or two that it takes: this is about whether, not how fast. */
const patienceMs = 60_000;

let cluster: TestCluster;
let clusterIP = '';
/** The network namespace of a pod on the second node. */
let podNetns = '';

const counting = 'i=0; while true; do echo $i; i=$((i+1)); sleep 0.1; done';

before(async () => {
  cluster = await startCluster({ name, nodes: 2 });
  const { kubectl } = cluster;
  await apply(
    kubectl,
    podOf({ name: 'counter', node: second, script: counting }),
    podOf({ name: 'web', node: second, image: 'nginx' }),
    nodePortService('web', 80, nodePort),
  );
  await ready(kubectl, 'counter', 'web');
  clusterIP = await kubectl('get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}');
  const shell = processesOf(name).find(({ command }) => command === `sh -c ${counting}`);
  podNetns = `/proc/${shell?.pid}/ns/net`;
  await eventually(throughClusterIP);
  await eventually(throughNodePort);
});
after(() => cluster?.down());

async function answers(netns: string | undefined, host: string, port: number): Promise<void> {
  const { status } = await fetchFrom(netns, host, port);
  assert.equal(status, 200);
}
const addressOf = (node: string) => cluster.record().nodes.find((n) => n.name === node)?.addresses[0] ?? '';
const throughClusterIP = () => answers(podNetns, clusterIP, 80);
const throughNodePort = () => answers(cluster.lanNetns, addressOf(second), nodePort);
const apiAnswers = () => cluster.kubectl('get', '--raw', '/readyz');

/** What of the pods must be the same afterwards. */
const lives = async () =>
  (await Promise.all(['counter', 'web'].map((pod) => podNamed(cluster.kubectl, pod)))).map(lifeOf);

/** The counter's log is whole, and went on. */
async function logIsWhole(): Promise<number> {
  const numbers = (await cluster.kubectl('logs', 'counter')).trim().split('\n').map(Number);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
  );
  return numbers.length;
}

/** Kills at a moment that is another one every time. */
async function atSomeTime(t: TestContext, withinMs = 500): Promise<void> {
  const ms = Math.round(Math.random() * withinMs);
  t.diagnostic(`killed after ${ms} ms`);
  await sleep(ms);
}

describe('kill -9 of an agent', () => {
  test('is not noticed by pods, their addresses, their logs and their packets', async (t) => {
    const [before, logged] = [await lives(), await logIsWhole()];
    const calls = [keepCalling(t, throughClusterIP), keepCalling(t, throughNodePort)];
    await atSomeTime(t);
    const killed = await killHard(cluster, 'agent', second);
    const follows = () => cluster.kubectl('exec', 'counter', '--', 'true');
    t.diagnostic(`back after ${await backAgain(cluster, 'agent', killed, follows, patienceMs)} ms`);
    await sleep(1_000);
    for (const call of calls) {
      await call.stop();
      assert.deepEqual(call.failures, []);
      t.diagnostic(`${call.count()} calls, the slowest took ${Math.round(call.slowestMs())} ms`);
    }
    assert.deepEqual(await lives(), before);
    assert.ok((await logIsWhole()) > logged);
  });

  test('loses no exit code of a container that ended meanwhile', async (t) => {
    const signal = '/var/tmp/end';
    const untilTold = 'while ! test -e /signal/end; do sleep 0.01; done; echo told; exit 3';
    const volumes = [{ name: 'signal', hostPath: { path: '/var/tmp' } }];
    const container = { volumeMounts: [{ name: 'signal', mountPath: '/signal' }] };
    const spec = { volumes, restartPolicy: 'Never' } as const;
    await apply(cluster.kubectl, podOf({ name: 'three', node: second, script: untilTold, container, spec }));
    await ready(cluster.kubectl, 'three');
    await atSomeTime(t);
    await killHard(cluster, 'agent', second);
    await cluster.inNode(second, 'touch', signal);
    await eventually(() => assert.ok(!processesOf(name).some((p) => p.command === `sh -c ${untilTold}`)));
    assert.deepEqual(processesRunning(cluster, 'agent', second).length <= 1, true);
    const { status } = await podBecomes(cluster.kubectl, 'three', (pod) => pod.status?.phase === 'Failed');
    assert.equal(status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 3);
    assert.equal(await cluster.kubectl('logs', 'three'), 'told\n');
  });

  test('amid a burst of pods leaves each of them running once', async (t) => {
    const names = Array.from({ length: 12 }, (_, i) => `burst-${i}`);
    const script = (pod: string) => `echo ${pod}; sleep 100000 & wait`;
    await apply(
      cluster.kubectl,
      ...names.map((pod) => podOf({ name: pod, node: second, script: script(pod) })),
    );
    // About as long as it takes to make them all.
    await atSomeTime(t, 250);
    await killHard(cluster, 'agent', second);
    await ready(cluster.kubectl, ...names);
    for (const pod of names)
      await eventually(async () => assert.equal(await cluster.kubectl('logs', pod), `${pod}\n`));
    const running = processesOf(name).map(({ command }) => command);
    for (const pod of names) {
      assert.equal(running.filter((command) => command === `sh -c ${script(pod)}`).length, 1, pod);
    }
    await cluster.kubectl('delete', 'pods', ...names, '--wait=false');
    await eventually(async () => {
      const left = processesOf(name).filter(({ command }) => command.startsWith('sh -c echo burst-'));
      assert.deepEqual(left, []);
    }, patienceMs);
  });
});

describe('kill -9 of the control plane', () => {
  test('is not noticed by pods and packets, and it comes back', async (t) => {
    const [before, logged] = [await lives(), await logIsWhole()];
    const calls = [keepCalling(t, throughClusterIP), keepCalling(t, throughNodePort)];
    await atSomeTime(t);
    const killed = await killHard(cluster, 'controlplane');
    t.diagnostic(`back after ${await backAgain(cluster, 'controlplane', killed, apiAnswers, patienceMs)} ms`);
    for (const call of calls) {
      await call.stop();
      assert.deepEqual(call.failures, []);
    }
    assert.deepEqual(await lives(), before);
    assert.ok((await logIsWhole()) > logged);
  });

  test('loses no write that it acknowledged', async (t) => {
    const ask = asking(cluster.kubeconfig);
    const path = '/api/v1/namespaces/default/configmaps';
    const acknowledged = new Map<string, string>();
    let going = true;
    const writer = async (n: number) => {
      for (let i = 0; going && i < 2_000; i++) {
        const [key, value] = [`burst-${n}-${i}`, String(Math.random())];
        const metadata = { name: key, labels: { burst: 'yes' } };
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
        const answer = await ask('POST', path, JSON.stringify(body)).catch(() => undefined);
        if (answer?.code === 201) acknowledged.set(key, value);
        if (answer === undefined) return;
      }
    };
    const writers = Promise.all([1, 2, 3, 4].map(writer));
    await eventually(() => assert.ok(acknowledged.size > 20), 30_000, 5);
    await sleep(Math.random() * 500);
    const killed = await killHard(cluster, 'controlplane');
    going = false;
    await writers;
    await backAgain(cluster, 'controlplane', killed, apiAnswers, patienceMs);
    t.diagnostic(`${acknowledged.size} writes were acknowledged`);
    const { body } = await ask('GET', `${path}?labelSelector=burst%3Dyes`);
    const stored = new Map(
      (JSON.parse(body) as List<{ metadata: { name: string }; data: { value: string } }>).items.map(
        ({ metadata, data }) => [metadata.name, data.value],
      ),
    );
    const lost = [...acknowledged].filter(([key, value]) => stored.get(key) !== value);
    assert.deepEqual(lost, []);
    await cluster.kubectl('delete', 'configmaps', '-l', 'burst=yes', '--wait=false');
  });

  test('amid a rollout only delays it', async (t) => {
    await cluster.kubectl('create', 'deployment', 'many', '--image=nginx', '--replicas=6');
    await atSomeTime(t);
    const killed = await killHard(cluster, 'controlplane');
    await backAgain(cluster, 'controlplane', killed, apiAnswers, patienceMs);
    await cluster.kubectl('rollout', 'status', 'deployment/many', '--timeout=60s');
    const pods = await cluster.kubectl('get', 'pods', '-l', 'app=many', '-o', 'name');
    assert.equal(pods.trim().split('\n').length, 6);
    await cluster.kubectl('delete', 'deployment', 'many');
  });
});

test('kill -9 of the relay: it is back on the API and on node ports, and nobody inside notices', async (t) => {
  const before = await lives();
  const inside = keepCalling(t, throughClusterIP);
  await atSomeTime(t);
  const killed = await killHard(cluster, 'relay');
  const relays = async () => {
    await apiAnswers();
    await answers(undefined, cluster.hostAddress, nodePort);
  };
  t.diagnostic(`back after ${await backAgain(cluster, 'relay', killed, relays, patienceMs)} ms`);
  await inside.stop();
  assert.deepEqual(inside.failures, []);
  assert.deepEqual(await lives(), before);
});

test('kill -9 of a DNS server: it is started again, and names are answered meanwhile', async (t) => {
  const lookUp = () =>
    cluster.kubectl('exec', 'counter', '--', 'nslookup', 'kubernetes.default.svc.cluster.local');
  await lookUp();
  await atSomeTime(t);
  const killed = await killHard(cluster, 'dns');
  await eventually(lookUp, patienceMs);
  const all = async () => {
    const ready = '{.status.readyReplicas}';
    const path = `jsonpath=${ready}`;
    const count = await cluster.kubectl('-n', 'kube-system', 'get', 'deployment', 'coredns', '-o', path);
    assert.equal(count, '2');
    assert.equal(processesRunning(cluster, 'dns').length, 2);
  };
  t.diagnostic(`back after ${await backAgain(cluster, 'dns', killed, all, patienceMs)} ms`);
  await lookUp();
});

test('a node without a Lease is NotReady after 40 s, its endpoints go, and come back with it', async (t) => {
  const endpointsReady = async () => {
    const slices = await cluster.kubectl.json<List<EndpointSlice>>(
      ...['get', 'endpointslices', '-l', 'kubernetes.io/service-name=web'],
    );
    return slices.items.flatMap((slice) => slice.endpoints ?? []).filter((e) => e.conditions?.ready);
  };
  assert.equal((await endpointsReady()).length, 1);
  await cluster.switchboard('node', 'stop', second);
  const { spec } = await cluster.kubectl.json<Lease>('get', 'lease', second, '-n', 'kube-node-lease');
  await sleep(15_000);
  const waitFor = ['wait', `node/${second}`, '--timeout=60s'];
  assert.equal((await endpointsReady()).length, 1, 'a short outage changes nothing');
  await cluster.kubectl(...waitFor, '--for=condition=Ready=Unknown');
  const seconds = (Date.now() - Date.parse(spec?.renewTime ?? '')) / 1_000;
  t.diagnostic(`NotReady ${seconds.toFixed(1)} s after its last sign of life`);
  assert.ok(seconds >= 40, `it took ${seconds} s`);
  await eventually(async () => assert.deepEqual(await endpointsReady(), []));
  await cluster.switchboard('node', 'start', second);
  await cluster.kubectl(...waitFor, '--for=condition=Ready');
  await eventually(async () => assert.equal((await endpointsReady()).length, 1), patienceMs);
  await eventually(throughNodePort, patienceMs);
});
