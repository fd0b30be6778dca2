/** Names as pods see them: the Kubernetes DNS specification, the pod's own settings, and the Corefile that people edit. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import packet from 'dns-packet';
import type { ConfigMap } from '../../src/api/types.ts';
import { packageRoot } from '../../src/cluster/paths.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { freePort } from '../../src/lib/testing/freePort.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { killHard } from '../support/faults.ts';
import { apply, podOf, ready } from '../support/pods.ts';

const name = 'e2e-dns';
const domain = 'default.svc.cluster.local';

let cluster: TestCluster;

before(async () => {
  cluster = await startCluster({ name, nodes: 2 });
  const { kubectl } = cluster;
  await apply(
    kubectl,
    service('web', { ports: [{ name: 'http', port: 80 }] }),
    service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
    service('early', { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ port: 80 }] }),
    service('late', { clusterIP: 'None', selector: { app: 'early' }, ports: [{ port: 80 }] }),
    external('alias', `web.${domain}`),
    external('outside', 'www.example.com'),
    statefulSet('db'),
    podOf({ name: 'web', script: 'sleep infinity' }),
    podOf({
      name: 'early',
      script: 'sleep infinity',
      container: { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } },
      spec: { hostname: 'early-host', subdomain: 'early' },
    }),
    podOf({ name: 'dig', image: 'tutum/dnsutils', script: 'sleep infinity' }),
  );
  await ready(kubectl, 'dig', 'web');
  await kubectl('rollout', 'status', 'statefulset/db', '--timeout=60s');
});
after(() => cluster?.down());

const service = (own: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: own },
  spec: { selector: { app: own }, ...spec },
});

const external = (own: string, externalName: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: own },
  spec: { type: 'ExternalName', externalName },
});

const statefulSet = (own: string) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: own },
  spec: {
    serviceName: own,
    replicas: 2,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: own } },
    template: {
      metadata: { labels: { app: own } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'] }],
      },
    },
  },
});

const inPod = (pod: string, ...command: string[]) => cluster.kubectl('exec', pod, '--', ...command);
const answerLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).join(' '))
    .filter((line) => line !== '');

/** Records of the answer, without their ttl and class. */
const dig = async (...question: string[]) =>
  answerLines(await inPod('dig', 'dig', '+noall', '+answer', ...question)).map((line) =>
    line.replace(/ \d+ IN /, ' '),
  );
const status = async (...question: string[]) =>
  /status: (\w+)/.exec(await inPod('dig', 'dig', ...question))?.[1];
const ipOf = (pod: string) => cluster.kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');
const clusterIPOf = (own: string) =>
  cluster.kubectl('get', 'service', own, '-o', 'jsonpath={.spec.clusterIP}');

describe('a Service', () => {
  test('has its cluster address, also by its short name and backwards', async () => {
    const address = await clusterIPOf('web');
    assert.deepEqual(await dig(`web.${domain}`), [`web.${domain}. A ${address}`]);
    assert.equal((await inPod('dig', 'dig', '+short', '+search', 'web')).trim(), address);
    assert.equal((await inPod('dig', 'dig', '+short', '-x', address)).trim(), `web.${domain}.`);
    assert.equal(await status(`web.${domain}`, 'AAAA'), 'NOERROR');
    assert.equal(await status(`nope.${domain}`), 'NXDOMAIN');
  });
  test('has SRV records for its named ports', async () => {
    assert.deepEqual(await dig(`_http._tcp.web.${domain}`, 'SRV'), [
      `_http._tcp.web.${domain}. SRV 0 100 80 web.${domain}.`,
    ]);
  });
  test('that is headless is the pods of its StatefulSet, each with a name', async () => {
    const addresses = await Promise.all(['db-0', 'db-1'].map(ipOf));
    await eventually(async () => {
      const found = (await dig(`db.${domain}`)).map((line) => line.split(' ').at(-1));
      assert.deepEqual(found.toSorted(), addresses.toSorted());
    });
    assert.deepEqual(await dig(`db-1.db.${domain}`), [`db-1.db.${domain}. A ${addresses[1]}`]);
    const targets = (await dig(`_sql._tcp.db.${domain}`, 'SRV')).toSorted();
    assert.deepEqual(
      targets.map((line) => line.split(' ').slice(-2).join(' ')),
      [`5432 db-0.db.${domain}.`, `5432 db-1.db.${domain}.`],
    );
    assert.equal(
      (await inPod('dig', 'dig', '+short', '-x', addresses[0] ?? '')).trim(),
      `db-0.db.${domain}.`,
    );
  });
  test('has pods that are not ready only where it publishes them', async () => {
    const address = await ipOf('early');
    await eventually(async () =>
      assert.deepEqual(await dig(`early-host.early.${domain}`), [`early-host.early.${domain}. A ${address}`]),
    );
    assert.equal(await status(`late.${domain}`), 'NXDOMAIN');
  });
  test('of type ExternalName is an alias', async () => {
    assert.deepEqual(await dig(`alias.${domain}`), [
      `alias.${domain}. CNAME web.${domain}.`,
      `web.${domain}. A ${await clusterIPOf('web')}`,
    ]);
    assert.deepEqual(await dig(`outside.${domain}`, 'CNAME'), [`outside.${domain}. CNAME www.example.com.`]);
  });
  test('that is gone has no name any more', async () => {
    await apply(cluster.kubectl, service('short', { ports: [{ port: 80 }] }));
    await eventually(async () => assert.equal(await status(`short.${domain}`), 'NOERROR'));
    await cluster.kubectl('delete', 'service', 'short');
    await eventually(async () => assert.equal(await status(`short.${domain}`), 'NXDOMAIN'));
  });
});

describe('other names', () => {
  test('are the version of the specification, the zone, and pods by their addresses', async () => {
    assert.deepEqual(await dig('dns-version.cluster.local', 'TXT'), [
      'dns-version.cluster.local. TXT "1.1.0"',
    ]);
    assert.match(
      (await dig('cluster.local', 'SOA'))[0] ?? '',
      /^cluster\.local\. SOA ns\.dns\.cluster\.local\. /,
    );
    assert.deepEqual(await dig('10-1-2-3.default.pod.cluster.local'), [
      '10-1-2-3.default.pod.cluster.local. A 10.1.2.3',
    ]);
  });
  test('of the outside are SERVFAIL at once where there is no upstream', async () => {
    assert.equal(await status('+tries=1', '+timeout=2', 'www.example.com'), 'SERVFAIL');
  });
  test('are answered over TCP, and in the class CHAOS refused', async () => {
    assert.equal((await dig('+tcp', `web.${domain}`)).length, 1);
    assert.equal(await status('version.bind', 'CH', 'TXT'), 'REFUSED');
    const { stdout } = await cluster.kubectl.attempt(
      'exec',
      'dig',
      '--',
      'dig',
      '+tcp',
      'AXFR',
      'cluster.local',
    );
    assert.match(stdout, /Transfer failed/);
  });
});

describe('in the pod', () => {
  const file = (pod: string, path: string) => inPod(pod, 'cat', path);

  test('`dnsPolicy` and `dnsConfig` say what is in resolv.conf', async () => {
    const dns = await cluster.kubectl(
      '-n',
      'kube-system',
      'get',
      'service',
      'kube-dns',
      '-o',
      'jsonpath={.spec.clusterIP}',
    );
    const dnsConfig = {
      nameservers: ['192.0.2.53'],
      searches: ['example.org'],
      options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    };
    const pod = (own: string, spec: object) => podOf({ name: own, script: 'sleep infinity', spec });
    await apply(
      cluster.kubectl,
      pod('default', { dnsPolicy: 'Default' }),
      pod('first', { dnsPolicy: 'ClusterFirst', dnsConfig }),
      pod('host', { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }),
      pod('none', { dnsPolicy: 'None', dnsConfig }),
    );
    await ready(cluster.kubectl, 'default', 'first', 'host', 'none');
    const first = answerLines(await file('first', '/etc/resolv.conf'));
    assert.ok(
      first.includes(`search ${domain} svc.cluster.local cluster.local example.org`),
      first.join('\n'),
    );
    assert.deepEqual(
      first.filter((line) => line.startsWith('nameserver')),
      [`nameserver ${dns}`, 'nameserver 192.0.2.53'],
    );
    assert.ok(first.includes('options ndots:2 edns0'), first.join('\n'));
    assert.match(await file('host', '/etc/resolv.conf'), new RegExp(`nameserver ${dns}`));
    const node = await cluster.kubectl('get', 'pod', 'host', '-o', 'jsonpath={.spec.nodeName}');
    assert.equal((await file('host', '/etc/hostname')).trim(), node, 'it is on the network of its node');
    assert.deepEqual(answerLines(await file('none', '/etc/resolv.conf')).toSorted(), [
      'nameserver 192.0.2.53',
      'options ndots:2 edns0',
      'search example.org',
    ]);
    assert.doesNotMatch(await file('default', '/etc/resolv.conf'), /cluster\.local/);
  });
  test('names of its own are in /etc/hosts and where `hostname` looks', async () => {
    await apply(
      cluster.kubectl,
      podOf({
        name: 'named',
        script: 'sleep infinity',
        spec: {
          hostname: 'h',
          subdomain: 'early',
          setHostnameAsFQDN: true,
          hostAliases: [{ ip: '192.0.2.9', hostnames: ['one.example', 'two.example'] }],
        },
      }),
    );
    await ready(cluster.kubectl, 'named');
    const hosts = answerLines(await file('named', '/etc/hosts'));
    assert.ok(hosts.includes(`${await ipOf('named')} h.early.${domain} h`), hosts.join('\n'));
    assert.ok(
      hosts.some((line) => line.startsWith('192.0.2.9 one.example two.example')),
      hosts.join('\n'),
    );
    assert.equal((await inPod('named', 'hostname')).trim(), `h.early.${domain}`);
  });
});

describe('what a pod asks for and cannot have', () => {
  const warnings = (pod: string) =>
    cluster.kubectl(
      ...['get', 'events', '--field-selector', `involvedObject.name=${pod},type=Warning`],
      ...['-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}'],
    );
  test('is told as events', async () => {
    await apply(
      cluster.kubectl,
      podOf({
        name: 'four',
        script: 'sleep infinity',
        spec: { dnsConfig: { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] } },
      }),
      podOf({
        name: 'long',
        script: 'sleep infinity',
        spec: { hostname: 'h'.repeat(40), subdomain: 'early', setHostnameAsFQDN: true },
      }),
    );
    await eventually(async () =>
      assert.match(
        await warnings('four'),
        /^DNSConfigForming: Nameserver limits were exceeded, .* line is: \S+ 192\.0\.2\.1 192\.0\.2\.2$/m,
      ),
    );
    await eventually(async () =>
      assert.match(
        await warnings('long'),
        /^FailedCreatePodSandBox: .* is too long \(64 characters is the max, 72 characters requested\)$/m,
      ),
    );
  });
});

describe('the Corefile', () => {
  const corefile = async () =>
    (await cluster.kubectl.json<ConfigMap>('-n', 'kube-system', 'get', 'configmap', 'coredns')).data?.[
      'Corefile'
    ] ?? '';
  const change = async (to: (text: string) => string) => {
    const patch = JSON.stringify({ data: { Corefile: to(await corefile()) } });
    await cluster.kubectl('-n', 'kube-system', 'patch', 'configmap', 'coredns', '-p', patch);
  };
  const logs = () => cluster.kubectl('-n', 'kube-system', 'logs', '-l', 'k8s-app=kube-dns', '--tail=-1');
  let original = '';
  before(async () => {
    original = await corefile();
  });
  after(() => change(() => original));

  test('that is changed is served, and questions are in the logs', async () => {
    await change((text) =>
      text.replace(
        'errors\n',
        'errors\n        log\n        hosts {\n            192.0.2.7 seven.example\n            fallthrough\n        }\n',
      ),
    );
    const servers = await cluster.kubectl(
      ...['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns'],
      ...['-o', 'jsonpath={.items[*].status.podIP}'],
    );
    for (const server of servers.split(' '))
      await eventually(async () =>
        assert.deepEqual(await dig(`@${server}`, 'seven.example'), ['seven.example. A 192.0.2.7']),
      );
    await dig('seven.example');
    await eventually(async () =>
      assert.match(
        await logs(),
        /\[INFO\] 10\.\S+:\d+ - \d+ "A IN seven\.example\. udp \d+ \w+ \d+" NOERROR qr,aa,rd,ra \d+ 0\.\d+s/,
      ),
    );
  });
  test('that is broken is refused by name and line, and the old one goes on', async () => {
    await change((text) => text.replace('errors\n', 'errors\n        frobnicate\n'));
    await eventually(async () =>
      assert.match(await logs(), /\[ERROR\] .*Corefile:3: unknown plugin "frobnicate"/),
    );
    assert.deepEqual(await dig('seven.example'), ['seven.example. A 192.0.2.7']);
    const metrics = async (pod: string) =>
      cluster.kubectl('get', '--raw', `/api/v1/namespaces/kube-system/pods/${pod}:9153/proxy/metrics`);
    const pods = await cluster.kubectl(
      ...[
        '-n',
        'kube-system',
        'get',
        'pods',
        '-l',
        'k8s-app=kube-dns',
        '-o',
        'jsonpath={.items[*].metadata.name}',
      ],
    );
    for (const pod of pods.split(' '))
      await eventually(async () => assert.match(await metrics(pod), /coredns_reload_failed_total [1-9]/));
  });
});

describe('when something is away', () => {
  test('of the API server nothing is missed: what was known is answered', async (t) => {
    const clusterIP = clusterIPOf('web');
    await clusterIP;
    const killed = await killHard(cluster, 'controlplane');
    t.diagnostic(`the control plane was ${killed.pid}`);
    const address = await clusterIP;
    assert.deepEqual(await askedBy(cluster.nodeNetns(`${name}-1`), '10.96.0.10', 53), [address]);
    await eventually(() => cluster.kubectl('get', '--raw', '/readyz'));
  });
  test('of two servers one, every name is answered as the resolver tries again', async () => {
    // Each try is somebody else's by chance: with twenty it is one in a million that all meet the one that is away.
    // It may say before the answer which tries had none.
    const lookUp = async () => {
      const said = await inPod('dig', 'dig', '+short', '+tries=20', '+timeout=1', `web.${domain}`);
      return said.trim().split('\n').at(-1);
    };
    const address = await clusterIPOf('web');
    await killHard(cluster, 'dns');
    for (let i = 0; i < 10; i++) assert.equal(await lookUp(), address);
  });
});

test('name servers stand on different nodes, and there may be more of them than nodes', async () => {
  const dns = ['-n', 'kube-system'];
  const nodes = async () =>
    (
      await cluster.kubectl(
        ...[...dns, 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'jsonpath={.items[*].spec.nodeName}'],
      )
    ).split(' ');
  assert.deepEqual((await nodes()).toSorted(), [`${name}-1`, `${name}-2`]);
  await cluster.kubectl(...dns, 'scale', 'deployment/coredns', '--replicas=3');
  await cluster.kubectl(...dns, 'rollout', 'status', 'deployment/coredns', '--timeout=60s');
  assert.equal((await nodes()).length, 3);
});

/** Addresses of the Service `web` as a server tells them to somebody in a network namespace. */
async function askedBy(netns: string | undefined, server: string, port: number): Promise<string[]> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ fd: socketIn(netns, { type: 'udp', family: 4, bind: { address: '0.0.0.0', port: 0 } }) });
    const questions = [{ name: `web.${domain}`, type: 'A' as const }];
    socket.send(
      packet.encode({ type: 'query', id: 7, flags: packet.RECURSION_DESIRED, questions }),
      port,
      server,
    );
    const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
    return (packet.decode(bytes).answers ?? []).map((answer) => (answer.type === 'A' ? answer.data : ''));
  } finally {
    socket.close();
  }
}

test('`switchboard dns` serves a cluster from anywhere', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'e2e-dns-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const conf = join(directory, 'Corefile');
  writeFileSync(conf, `.:${port} {\n  errors\n  kubernetes cluster.local\n}\n`);
  const server = startServer(t, conf);
  await once(server.stdout ?? server, 'data');
  const address = await clusterIPOf('web');
  await eventually(async () => assert.deepEqual(await askedBy(undefined, '127.0.0.1', port), [address]));
  writeFileSync(conf, `.:${port} {\n  hosts {\n    192.0.2.7 web.${domain}\n  }\n}\n`);
  server.kill('SIGUSR1');
  await eventually(async () => assert.deepEqual(await askedBy(undefined, '127.0.0.1', port), ['192.0.2.7']));
  server.kill('SIGTERM');
  const [code] = await once(server, 'exit');
  assert.equal(code, 0);
});

function startServer(t: TestContext, conf: string): ChildProcess {
  const args = ['dns', '--conf', conf, '--kubeconfig', cluster.kubeconfig];
  const server = spawn(join(packageRoot, 'bin/switchboard'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill('SIGKILL'));
  return server;
}
