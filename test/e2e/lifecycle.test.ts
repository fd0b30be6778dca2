/** Clusters come and go: whole, twice, beside each other, after a crash; and leave nothing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiPort, hostAddressOf } from '../../src/cluster/addresses.ts';
import { packageRoot } from '../../src/cluster/paths.ts';
import { existingRecord, freeIndex, listRecords, readRecord, writeRecord } from '../../src/cluster/record.ts';
import { execute } from '../../src/lib/exec.ts';
import { ended, identify, isAlive, signalProcess } from '../../src/lib/process.ts';
import { keepCalling } from '../support/calls.ts';
import { startCluster, switchboard, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { cgroupOf } from '../support/faults.ts';
import { fetchFrom } from '../support/http.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { endLeft, footprintOf, hostNetwork, leftOf } from '../support/leftovers.ts';
import { apply, lifeOf, nodePortService, podBecomes, podNamed, podOf, ready } from '../support/pods.ts';

const program = `${packageRoot}/bin/switchboard`;

/** Nothing of the cluster is there any more, nor comes after all. */
async function assertGone(name: string, was: ReturnType<typeof footprintOf>): Promise<void> {
  assert.deepEqual(leftOf(name, was), []);
  await sleep(300);
  assert.deepEqual(leftOf(name, was), []);
}

describe('a cluster of two nodes', () => {
  const name = 'e2e-life';
  const [first, second] = [`${name}-1`, `${name}-2`];
  const nodePort = 31800;
  const hostBefore = hostNetwork();
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster({ name, nodes: 2 });
    const files = { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] };
    const mounted = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
    await apply(
      cluster.kubectl,
      podOf({ name: 'web', node: first, image: 'nginx' }),
      podOf({ name: 'far', node: second, image: 'nginx', container: mounted, spec: files }),
      nodePortService('web', 80, nodePort),
      nodePortService('far', 80, nodePort + 1),
    );
    await ready(cluster.kubectl, 'web', 'far');
    for (const node of [first, second])
      for (const port of [nodePort, nodePort + 1]) await eventually(() => reach(node, port));
  });
  after(() => cluster?.down());

  const lanAddress = (node: string) =>
    cluster.record().nodes.find((n) => n.name === node)?.addresses[0] ?? '';
  /** Through a node's own NodePort, from a neighbour on the LAN. */
  const reach = async (node: string, port: number) => {
    const { status } = await fetchFrom(cluster.lanNetns, lanAddress(node), port);
    assert.equal(status, 200);
  };
  const reachGone = () => fetchFrom(cluster.lanNetns, lanAddress(first), nodePort + 1, '/', 500);
  const reachFromHost = async (port: number) => {
    const { status } = await fetchFrom(undefined, cluster.hostAddress, port);
    assert.equal(status, 200);
  };

  test('brought up again is the same: processes, pods, access', async () => {
    const was = { record: cluster.record(), access: readFileSync(cluster.kubeconfig, 'utf8') };
    const pods = [await podNamed(cluster.kubectl, 'web'), await podNamed(cluster.kubectl, 'far')];
    const again = ['up', '--hermetic', '--name', name, '--kubeconfig', cluster.kubeconfig];
    for (const options of [[], ['--nodes', '2']]) {
      const { code, stderr } = await switchboard(...again, ...options);
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(cluster.record(), was.record);
    assert.equal(readFileSync(cluster.kubeconfig, 'utf8'), was.access);
    const now = [await podNamed(cluster.kubectl, 'web'), await podNamed(cluster.kubectl, 'far')];
    assert.deepEqual(now.map(lifeOf), pods.map(lifeOf));
  });

  test('is not changed by an up that asks for something else', async () => {
    const was = cluster.record();
    for (const [options, sentence] of [
      [['--hermetic', '--nodes', '3'], /Cannot change cluster e2e-life from 2 to 3 nodes: .* down --name/],
      [[], /Cannot change whether cluster e2e-life is hermetic: .* down --name/],
    ] as const) {
      const { code, stderr } = await switchboard('up', '--name', name, ...options);
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    }
    assert.deepEqual(cluster.record(), was);
  });

  test('says in status and list what runs, and where', async () => {
    const status = await cluster.switchboard('status');
    for (const line of [
      new RegExp(
        `^${first} +control plane, worker +172\\.30\\..*running \\(pid \\d+\\) +Ready, \\d+ pod`,
        'm',
      ),
      new RegExp(`^${second} +worker +172\\.30\\..*running \\(pid \\d+\\) +Ready, \\d+ pod`, 'm'),
      new RegExp(`^relay: running \\(pid \\d+\\), on ${cluster.hostAddress}$`, 'm'),
    ])
      assert.match(status, line);
    const list = (await switchboard('list')).stdout;
    assert.match(list, new RegExp(`^${name} +2 +https://${cluster.hostAddress}:6443 .*running$`, 'm'));
  });

  test('loses with a pulled plug only what was on that node', async (t) => {
    const web = await podNamed(cluster.kubectl, 'web');
    const pid = cluster.nodePid(second);
    const onNode = footprintOf(name).processes.filter(({ pid: of }) => cgroupOf(of).includes(`/${second}`));
    assert.ok(onNode.length > 5 && onNode.some((p) => p.pid === pid));
    const fromHost = keepCalling(t, () => reachFromHost(nodePort));
    const calls = [
      keepCalling(t, () => reach(first, nodePort)),
      keepCalling(t, () => cluster.kubectl('get', '--raw', '/readyz')),
      fromHost,
    ];
    await cluster.switchboard('node', 'stop', second);
    assert.deepEqual(onNode.filter(isAlive), [], 'everything on it is gone at once');
    assert.equal(cluster.record().nodes[1]?.process, undefined);
    assert.match(await cluster.switchboard('status'), new RegExp(`^${second} .* stopped `, 'm'));
    await assert.rejects(reachGone(), /no answer in time|EHOSTUNREACH/);
    const counts = calls.map((call) => call.count());
    for (const [i, call] of calls.entries()) {
      await eventually(() => assert.ok(call.count() > (counts[i] ?? 0) + 2));
      await call.stop();
      // What the relay had under way by the node that was lost is lost with it; the next goes elsewhere.
      const mayLose = call === fromHost ? 1 : 0;
      assert.ok(call.failures.length <= mayLose, call.failures.join('\n'));
    }
    assert.deepEqual(lifeOf(await podNamed(cluster.kubectl, 'web')), lifeOf(web));
  });

  test('has the node back, with its pods, when it is plugged in again', async () => {
    const before = await podNamed(cluster.kubectl, 'far');
    await cluster.switchboard('node', 'start', second);
    const now = await podBecomes(
      cluster.kubectl,
      'far',
      ({ status }) =>
        (status?.containerStatuses?.[0]?.ready ?? false) &&
        status?.containerStatuses?.[0]?.restartCount === 1,
    );
    assert.equal(now.metadata.uid, before.metadata.uid);
    await cluster.kubectl('wait', '--for=condition=Ready', `node/${second}`, '--timeout=60s');
    await eventually(() => reach(first, nodePort + 1));
    await eventually(() => reach(second, nodePort));
    const twice = await cluster.switchboard('node', 'start', second);
    assert.equal(twice, '');
  });

  test('goes on without the node of its control plane, which finds everything again', async (t) => {
    const far = await podNamed(cluster.kubectl, 'far');
    const calls = keepCalling(t, () => reach(second, nodePort + 1));
    await cluster.switchboard('node', 'stop', first);
    const { code, stdout } = await switchboard('status', '--name', name);
    assert.equal(code, 1);
    assert.match(stdout, /the API does not answer/);
    await reachFromHost(nodePort + 1);
    await cluster.switchboard('node', 'start', first);
    await eventually(() => cluster.kubectl('get', '--raw', '/readyz'));
    await podBecomes(
      cluster.kubectl,
      'web',
      ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) === 1,
    );
    await eventually(() => reach(second, nodePort));
    await calls.stop();
    assert.deepEqual(calls.failures, []);
    assert.deepEqual(lifeOf(await podNamed(cluster.kubectl, 'far')), lifeOf(far));
  });

  test('has another beside it, on addresses of its own, that goes without it', async () => {
    const other = await startCluster({ name: 'e2e-beside' });
    const was = footprintOf('e2e-beside');
    try {
      const { index } = other.record();
      assert.notEqual(index, cluster.record().index);
      assert.equal(other.hostAddress, index === 0 ? '127.0.0.1' : `127.30.${index}.1`);
      await apply(
        other.kubectl,
        podOf({ name: 'web', image: 'nginx' }),
        nodePortService('web', 80, nodePort),
      );
      await ready(other.kubectl, 'web');
      for (const { hostAddress } of [cluster, other])
        await eventually(() => fetchFrom(undefined, hostAddress, nodePort));
      const names = async ({ kubectl }: TestCluster) => kubectl('get', 'nodes', '-o', 'name');
      assert.equal(await names(other), 'node/e2e-beside-1\n');
      assert.equal(await names(cluster), `node/${first}\nnode/${second}\n`);
    } finally {
      await other.down();
    }
    await assertGone('e2e-beside', was);
    await reachFromHost(nodePort);
  });

  test('taken down leaves no namespace, mount, cgroup, process, interface or route', async () => {
    const was = footprintOf(name);
    assert.ok(was.namespaces.length > 10 && was.processes.length > 10 && was.cgroups.length > 0);
    await cluster.switchboard('down');
    await assertGone(name, was);
    assert.deepEqual(hostNetwork(), hostBefore);
    assert.doesNotMatch(readFileSync(cluster.kubeconfig, 'utf8'), /switchboard-e2e-life/);
    const { code, stderr } = await switchboard('down', '--name', name);
    assert.deepEqual([code, stderr], [0, `There is no cluster ${name}\n`]);
  });
});

describe('after a crash', () => {
  const name = 'e2e-crash';
  const kubeconfig = `${mkdtempSync(join(tmpdir(), 'switchboard-e2e-'))}/kubeconfig`;
  const up = ['up', '--hermetic', '--name', name, '--kubeconfig', kubeconfig];
  const kubectl = kubectlWith(kubeconfig);
  const seen: ReturnType<typeof footprintOf>[] = [];

  /** What there is now must be gone later. */
  const look = () => seen.push(footprintOf(name));
  const bringUp = async () => {
    const { code, stderr } = await switchboard(...up);
    assert.equal(code, 0, stderr);
    look();
  };
  const takeDown = async () => {
    const { code, stderr } = await switchboard('down', '--name', name);
    assert.equal(code, 0, stderr);
    for (const was of seen) await assertGone(name, was);
  };
  const killed = async (pid = 0) => {
    const id = identify(pid);
    assert.ok(id, `there is no process ${pid}`);
    signalProcess(id, 'SIGKILL');
    assert.ok(await ended(id, 5_000));
  };

  afterEach(async () => {
    await switchboard('down', '--name', name);
    for (const was of seen.splice(0)) endLeft(name, was);
  });
  after(() => rmSync(dirname(kubeconfig), { recursive: true }));

  test("of the relay's supervisor, up mends it and down leaves nothing", async () => {
    await bringUp();
    await killed(readRecord(name)?.relay?.pid);
    await bringUp();
    await kubectl('get', 'nodes');
    assert.match((await switchboard('status', '--name', name)).stdout, /^relay: running/m);
    await killed(readRecord(name)?.relay?.pid);
    await takeDown();
  });

  test("of a node's first process, up starts the node anew and down leaves nothing", async () => {
    await bringUp();
    await killed(readRecord(name)?.nodes[0]?.process?.pid);
    await bringUp();
    await kubectl('wait', '--for=condition=Ready', `node/${name}-1`, '--timeout=60s');
    await killed(readRecord(name)?.nodes[0]?.process?.pid);
    await takeDown();
  });

  test('of up before it wrote down what it had started, down leaves nothing', async () => {
    await bringUp();
    const record = existingRecord(name);
    delete record.relay;
    for (const node of record.nodes) delete node.process;
    writeRecord(record);
    await takeDown();
  });

  /** Kills `up` so long after it said that this step was done. */
  async function cutOff(step: string, afterMs: number): Promise<void> {
    const child = spawn(program, up, { stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    try {
      await eventually(() => assert.ok(said.includes(`✓ ${step} `), said), 60_000, 1);
      await sleep(afterMs);
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
  }

  const moments: [string, number][] = [
    ['certificates', 0],
    ['certificates', 4],
    ['network', 0],
    ['network', 10],
    ['network', 25],
    ['network', 50],
    [`node ${name}-1`, 0],
    [`node ${name}-1`, 150],
    ['nodes Ready', 0],
  ];
  for (const [step, afterMs] of moments) {
    test(`of up, ${afterMs} ms after "${step}", down leaves nothing`, async () => {
      await cutOff(step, afterMs);
      look();
      await takeDown();
    });
  }

  test('of up, up goes on from there', async () => {
    await cutOff('network', 30);
    look();
    await bringUp();
    await kubectl('get', 'nodes');
    await takeDown();
  });
});

describe('what cannot be is refused in one sentence, and nothing is left', () => {
  const name = 'e2e-refused';
  const refused = async (program: string, args: string[], sentence: RegExp) => {
    const hostBefore = hostNetwork();
    const { code, stdout, stderr } = await execute(program, args, { timeoutMs: 30_000 });
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('✓'));
    assert.equal(lines.length, 1, stderr);
    assert.match(lines[0] ?? '', sentence);
    assert.equal(readRecord(name), undefined);
    assert.deepEqual(leftOf(name, { processes: [], namespaces: [], cgroups: [] }), []);
    assert.deepEqual(hostNetwork(), hostBefore);
  };

  test('a port of the host that somebody else has', async () => {
    const hostAddress = hostAddressOf(freeIndex(listRecords().map((r) => r.index)));
    const squatter = createServer().listen(apiPort, hostAddress);
    await once(squatter, 'listening');
    try {
      await refused(
        program,
        ['up', '--hermetic', '--name', name],
        new RegExp(`^switchboard: Cannot use ${hostAddress}:6443 for the API: .* ss -ltnp`),
      );
    } finally {
      squatter.close();
    }
  });

  for (const bad of ['Dev', 'a_b', '-a', '', '../a', 'x'.repeat(33)]) {
    test(`the name "${bad}"`, () =>
      refused(
        program,
        ['up', '--hermetic', `--name=${bad}`],
        /^switchboard: Cannot name a cluster ".*": use up to 32 lower-case letters, digits and '-'/,
      ));
  }

  for (const count of ['0', '-1', 'two', '1.5']) {
    test(`${count} nodes`, () =>
      refused(
        program,
        ['up', '--hermetic', '--name', name, `--nodes=${count}`],
        /^switchboard: Cannot make .* nodes: give a whole number from 1/,
      ));
  }
  test('more nodes than a LAN has addresses for', () =>
    refused(program, ['up', '--hermetic', '--name', name, '--nodes=251'], /^switchboard: .*1 to 250 nodes/));

  for (const command of [['up', '--hermetic'], ['down'], ['lan', '--', 'true'], ['image', 'rm', 'a']]) {
    const args = command[0] === 'image' ? command : [command[0] ?? '', '--name', name, ...command.slice(1)];
    test(`${command[0]} by an ordinary user`, () =>
      refused(
        'setpriv',
        ['--reuid', '65534', '--regid', '65534', '--clear-groups', program, ...args],
        /^switchboard: Cannot do this as an ordinary user: run it as root/,
      ));
  }

  for (const args of [
    ['status', '--name', name],
    ['lan', '--name', name, '--', 'true'],
    ['node', 'stop', `${name}-1`, '--name', name],
    ['node', 'exec', '--name', name, `${name}-1`, '--', 'true'],
  ]) {
    test(`${args.slice(0, 2).join(' ')} of a cluster that is not there`, () =>
      refused(program, args, /^switchboard: Cannot find cluster e2e-refused: /));
  }
});
