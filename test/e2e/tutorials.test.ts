/** What tutorials of Kubernetes networking have their readers try, word for word where it is a command. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints, Pod, Service } from '../../src/api/types.ts';
import { packageRoot } from '../../src/cluster/paths.ts';
import { execute } from '../../src/lib/exec.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { rowsOf } from '../support/columns.ts';
import { eventually } from '../support/eventually.ts';
import { fetchFrom } from '../support/http.ts';
import { spawnInTerminal } from '../support/pty.ts';

const example = (path: string) => `${packageRoot}/examples/${path}`;

let cluster: TestCluster;
const kubectl = (...args: string[]) => cluster.kubectl(...args);
const inPod = (pod: string, ...command: string[]) => kubectl('exec', pod, '--', ...command);
const rolledOut = (...deployments: string[]) =>
  Promise.all(deployments.map((name) => kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s')));
const service = async (name: string) =>
  (await cluster.kubectl.json<Service>('get', 'service', name)).spec ?? {};
const addressesOf = async (label: string) =>
  (await cluster.kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', label)).items
    .map(({ status }) => status?.podIP ?? '')
    .sort();
const readyAddresses = async (name: string) =>
  (await cluster.kubectl.json<Endpoints>('get', 'endpoints', name)).subsets?.flatMap(
    (s) => s.addresses ?? [],
  ) ?? [];

/** The addresses in an answer of nslookup; the server's own stands before the first name. */
const answersOf = (text: string): string[] =>
  [...text.slice(text.indexOf('\nName:')).matchAll(/^Address(?: \d+)?:\s*([\d.]+)/gm)]
    .map((m) => m[1] ?? '')
    .sort();

const slicesOf = (name: string) => [
  'endpointslices.discovery.k8s.io',
  '-l',
  `kubernetes.io/service-name=${name}`,
];

/** `10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...` are five. */
const counted = (endpoints = ''): number =>
  endpoints.split(',').length + Number(/\+ (\d+) more/.exec(endpoints)?.[1] ?? 0);

before(async () => {
  cluster = await startCluster({ name: 'e2e-tutorials', nodes: 2 });
  const tools: [string, string][] = [
    ['tool', 'nicolaka/netshoot'],
    ['small', 'busybox:1.28'],
    ['digger', 'tutum/dnsutils'],
  ];
  for (const [name, image] of tools)
    await kubectl('run', name, `--image=${image}`, '--restart=Never', '--', 'sleep', 'infinity');
  await kubectl('wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
});
after(() => cluster?.down());

describe('a deployment that is exposed on a node port', () => {
  let port: number;
  before(async () => {
    await kubectl('create', 'deployment', 'nginx', '--image=nginx', '--replicas=2');
    // Without one a pod is ready as soon as it runs, which is a moment before its server listens: here as anywhere.
    const readinessProbe = { tcpSocket: { port: 80 } };
    const spec = { template: { spec: { containers: [{ name: 'nginx', readinessProbe }] } } };
    await kubectl('patch', 'deployment', 'nginx', '-p', JSON.stringify({ spec }));
    await rolledOut('nginx');
    await kubectl('expose', 'deployment', 'nginx', '--name=nginxsvc', '--type=NodePort', '--port=80');
    port = (await service('nginxsvc')).ports?.[0]?.nodePort ?? 0;
    await eventually(async () => assert.equal((await readyAddresses('nginxsvc')).length, 2));
  });

  test('answers outside the cluster on every node, and on the host', async () => {
    for (const { addresses } of cluster.record().nodes)
      await eventually(async () =>
        assert.match(
          await cluster.onLan('curl', '-sS', '--max-time', '5', `http://${addresses[0]}:${port}`),
          /Welcome to nginx/,
        ),
      );
    await eventually(async () =>
      assert.match((await fetchFrom(undefined, cluster.hostAddress, port)).body, /Welcome to nginx/),
    );
  });

  test('answers by its name in a pod of busybox', async () => {
    assert.match(await inPod('small', 'wget', '-qO-', 'http://nginxsvc'), /Welcome to nginx/);
    const once = await kubectl(
      ...['run', 'once', '--image=busybox', '-i', '--rm', '--restart=Never', '--'],
      ...['wget', '-qO-', 'nginxsvc'],
    );
    assert.match(once, /Welcome to nginx/);
  });

  test('is in the variables of pods that came later, and not of those that were there', async () => {
    await kubectl('create', 'deployment', 'newer', '--image=nginx');
    await kubectl('expose', 'deployment', 'newer', '--name=newersvc', '--type=NodePort', '--port=80');
    await rolledOut('newer');
    const [older, newer] = await Promise.all(
      ['nginx', 'newer'].map((name) => inPod(`deployment/${name}`, 'env')),
    );
    assert.match(
      newer ?? '',
      new RegExp(`^NGINXSVC_SERVICE_HOST=${(await service('nginxsvc')).clusterIP}$`, 'm'),
    );
    assert.match(newer ?? '', /^NGINXSVC_PORT_80_TCP=tcp:/m);
    assert.doesNotMatch(older ?? '', /NEWERSVC/);
  });

  test('and another find each other by name, whichever came first', async () => {
    for (const [from, to] of [
      ['nginx', 'newersvc'],
      ['newer', 'nginxsvc'],
    ] as const)
      await eventually(async () => {
        const answered = await inPod(`deployment/${from}`, 'curl', '-sS', '--max-time', '5', `http://${to}`);
        assert.match(answered, /Welcome to nginx/);
      });
  });

  for (const replicas of [5, 1]) {
    test(`is scaled to ${replicas}: its endpoints follow, and no call fails meanwhile`, async () => {
      const failed: string[] = [];
      let going = true;
      const calling = (async () => {
        while (going) {
          const answer = await fetchFrom(
            cluster.lanNetns,
            cluster.record().nodes[0]?.addresses[0] ?? '',
            port,
          ).catch((err: Error) => err);
          if (answer instanceof Error || answer.status !== 200)
            failed.push(answer instanceof Error ? answer.message : `status ${answer.status}`);
          // A port of the client's is free again only a minute after its connection.
          await sleep(5);
        }
      })();
      try {
        await kubectl('scale', 'deployment', 'nginx', `--replicas=${replicas}`);
        await eventually(async () => assert.equal((await readyAddresses('nginxsvc')).length, replicas));
        await rolledOut('nginx');
      } finally {
        going = false;
        await calling;
      }
      assert.deepEqual(failed, []);
      // Pods that end are in the slices until they are gone.
      await eventually(async () => {
        const [slice] = rowsOf(await kubectl('get', ...slicesOf('nginxsvc')));
        assert.equal(counted(slice?.['ENDPOINTS']), replicas);
      });
    });
  }
});

describe('three greeting web servers', () => {
  before(async () => {
    await kubectl('apply', '-f', example('greeting'));
    await rolledOut('greeting');
  });

  test('answer in turn, each with the page that its init container wrote', async () => {
    const pods = (await kubectl('get', 'pods', '-l', 'app=greeting', '-o', 'name')).trim().split('\n');
    const expected = pods.map((pod) => pod.replace('pod/', 'Hello from '));
    const loop = 'for i in $(seq 40); do curl -sS --max-time 5 greeting; done';
    await eventually(async () => {
      const pages = await inPod('tool', 'sh', '-c', loop);
      assert.deepEqual([...new Set(pages.trim().split('\n'))].sort(), expected.sort());
    });
  });

  test('have one address behind the one name, and all of theirs behind the headless one', async () => {
    const { clusterIP } = await service('greeting');
    const told = await inPod('tool', 'nslookup', 'greeting');
    assert.match(told, /Server:\s+10\.96\.0\.10\n/);
    assert.match(told, /Name:\s+greeting\.default\.svc\.cluster\.local\n/);
    assert.deepEqual(answersOf(told), [clusterIP]);
    await eventually(async () =>
      assert.deepEqual(
        answersOf(await inPod('tool', 'nslookup', 'greeting-pods')),
        await addressesOf('app=greeting'),
      ),
    );
    assert.match(await kubectl('get', 'service', 'greeting-pods'), /ClusterIP +None +<none> +80\/TCP/);
    const [slice] = rowsOf(await kubectl('get', ...slicesOf('greeting')));
    assert.deepEqual(
      [slice?.['PORTS'], slice?.['ENDPOINTS']?.split(',').sort()],
      ['80', await addressesOf('app=greeting')],
    );
  });

  test('are met from a shell that is gone afterwards', async () => {
    const shell = [
      'run',
      'tmp-shell',
      '--rm',
      '-i',
      '--tty',
      '--image',
      'nicolaka/netshoot',
      '--',
      '/bin/bash',
    ];
    const { child, stream } = spawnInTerminal([process.env['KUBECTL'] ?? 'kubectl', ...shell], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    });
    let seen = '';
    stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await eventually(() => assert.match(seen, /[#$] $|try pressing enter/));
    stream.write('curl -sS greeting; exit\r');
    assert.equal(await ended, 0, seen);
    // Its last words may come after its end.
    await eventually(() => assert.match(seen, /Hello from greeting-[^]*pod "tmp-shell" deleted/));
    stream.destroy();
  });

  test('have names of every length', async () => {
    const { clusterIP } = await service('greeting');
    for (const name of [
      'greeting',
      'greeting.default',
      'greeting.default.svc',
      'greeting.default.svc.cluster.local',
    ]) {
      assert.deepEqual(answersOf(await inPod('small', 'nslookup', name)), [clusterIP], name);
      assert.match(await inPod('small', 'wget', '-qO-', name), /Hello from greeting-/, name);
    }
    assert.equal(
      (await inPod('digger', 'dig', '+short', 'greeting.default.svc.cluster.local')).trim(),
      clusterIP,
    );
    assert.deepEqual(answersOf(await inPod('digger', 'nslookup', 'kubernetes.default')), ['10.96.0.1']);
    const missing = await cluster.kubectl.attempt('exec', 'small', '--', 'nslookup', 'nobody');
    assert.notEqual(missing.code, 0);
  });

  test('are found from another namespace by their own', async () => {
    await kubectl('create', 'namespace', 'elsewhere');
    await kubectl(
      '-n',
      'elsewhere',
      'run',
      'far',
      '--image=busybox',
      '--restart=Never',
      '--',
      'sleep',
      'infinity',
    );
    await kubectl('-n', 'elsewhere', 'wait', '--for=condition=Ready', 'pod/far', '--timeout=60s');
    const far = (name: string) =>
      cluster.kubectl.attempt('-n', 'elsewhere', 'exec', 'far', '--', 'wget', '-qO-', '-T', '5', name);
    assert.match((await far('greeting.default')).stdout, /Hello from greeting-/);
    assert.notEqual((await far('greeting')).code, 0);
  });
});

describe('services of other shapes', () => {
  before(async () => {
    await kubectl('apply', '-f', example('services'), '-f', example('dns'));
    await rolledOut('sticky', 'shop');
    await kubectl('wait', '--for=condition=Ready', 'pod/several-ports', 'pod/own-resolver', '--timeout=60s');
  });

  test('several ports lead to several places', async () => {
    await eventually(async () =>
      assert.equal(await inPod('small', 'wget', '-qO-', 'several-ports'), 'pages\n'),
    );
    assert.equal(await inPod('small', 'wget', '-qO-', 'several-ports:9090'), 'metrics\n');
    assert.match(await kubectl('get', 'service', 'several-ports'), /80\/TCP,9090\/TCP/);
    assert.match(
      await kubectl('describe', 'service', 'several-ports'),
      /Port: +metrics {2}9090\/TCP\nTargetPort: +metrics\/TCP/,
    );
  });

  test('a client stays with its pod', async () => {
    for (const client of ['tool', 'digger']) {
      const met = await inPod(
        client,
        'sh',
        '-c',
        'for i in $(seq 10); do curl -sS --max-time 5 sticky; done',
      );
      assert.equal(new Set(met.trim().split('\n')).size, 1, met);
    }
    assert.match(await kubectl('describe', 'service', 'sticky'), /Session Affinity: +ClientIP/);
  });

  test('a chosen node port', async () => {
    await eventually(async () =>
      assert.match((await fetchFrom(undefined, cluster.hostAddress, 30_180)).body, /Welcome to nginx/),
    );
  });

  test('a pod with resolver settings of its own', async () => {
    const lines = (await inPod('own-resolver', 'cat', '/etc/resolv.conf')).trim().split('\n');
    assert.deepEqual(lines.toSorted(), [
      'nameserver 10.96.0.10',
      'nameserver 192.0.2.53',
      'options ndots:2 edns0',
      'search default.svc.cluster.local svc.cluster.local',
    ]);
    assert.match(await inPod('own-resolver', 'wget', '-qO-', 'several-ports'), /pages/);
  });
});

describe('looking around', () => {
  test('the logs and the settings of the DNS', async () => {
    assert.match(await kubectl('logs', '--namespace=kube-system', '-l', 'k8s-app=kube-dns'), /\S/);
    assert.match(
      await kubectl('get', 'configmap', 'coredns', '-n', 'kube-system', '-o', 'yaml'),
      /Corefile: \|\n +\.:53 \{\n(.*\n)* +kubernetes cluster\.local/,
    );
    assert.match(
      await kubectl('get', 'service', 'kube-dns', '-n', 'kube-system'),
      /10\.96\.0\.10 +<none> +53\/UDP,53\/TCP/,
    );
  });

  test('a loop of calls from the shell is spread over the pods', async () => {
    await kubectl('create', 'deployment', 'test-app', '--image=nginx', '--replicas=3');
    await kubectl('expose', 'deployment', 'test-app', '--port=80');
    await rolledOut('test-app');
    await kubectl('run', 'test-client', '--image=busybox', '--', 'sleep', 'infinity');
    await kubectl('wait', '--for=condition=Ready', 'pod/test-client', '--timeout=60s');
    await eventually(async () => {
      const begun = await kubectl('logs', '-l', 'app=test-app', '--tail=-1');
      assert.equal(begun.match(/start worker processes/g)?.length, 3);
    });
    const loop =
      'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do kubectl exec test-client -- wget -qO- test-app | grep "Welcome to nginx!</h1>" || exit 1; done';
    const { code, stdout } = await execute('bash', ['-c', loop], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      timeoutMs: 120_000,
    });
    assert.deepEqual([code, stdout.trim().split('\n').length], [0, 16]);
    const callers = await eventually(async () => {
      const logs = await kubectl('logs', '-l', 'app=test-app', '--prefix', '--tail=-1');
      const found = [...logs.matchAll(/^\[pod\/(\S+)\/nginx\] (10\.244\.\S+) .*"GET \/ HTTP/gm)];
      assert.equal(found.length, 16);
      return found;
    });
    assert.ok(new Set(callers.map((m) => m[1])).size > 1, 'more than one pod was called');
    assert.deepEqual(
      [...new Set(callers.map((m) => m[2]))],
      [await kubectl('get', 'pod', 'test-client', '-o', 'jsonpath={.status.podIP}')],
    );
  });
});

describe('a LoadBalancer', () => {
  test('written for a cloud gets an address here, and answers on its other ones too', async () => {
    const manifest = `
apiVersion: v1
kind: Service
metadata:
  name: front
  annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb}
spec:
  type: LoadBalancer
  selector: {app: greeting}
  loadBalancerSourceRanges: [10.0.0.0/8, 172.16.0.0/12]
  ports: [{name: http, port: 80, targetPort: 80}]
`;
    await cluster.kubectl.input(manifest, 'apply', '-f', '-');
    await eventually(async () =>
      assert.match(
        await kubectl('get', 'service', 'front'),
        /LoadBalancer +10\.\S+ +172\.30\.\S+ +80:3\d{4}\/TCP/,
      ),
    );
    await eventually(async () =>
      assert.match(await inPod('small', 'wget', '-qO-', 'front'), /Hello from greeting-/),
    );
  });
});
