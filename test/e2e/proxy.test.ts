/** Through the API server to what runs in the cluster, as `kubectl proxy` and `kubectl get --raw` do it. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { run } from '../../src/lib/exec.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    command: [sh, -c, "mkdir -p /www/sub && echo hello > /www/index.html && echo deeper > /www/sub/index.html && httpd -f -p 8080 -h /www"]
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {ports: [{port: 80}]}
`;

describe('through the API server', { timeout: 200_000 }, () => {
  let cluster: TestCluster;
  let proxy: ChildProcess;
  let url: string;

  before(async () => {
    cluster = await startCluster({ name: 'e2e-proxy', nodes: 2 });
    await cluster.kubectl.input(manifest, 'apply', '-f', '-');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
    proxy = cluster.kubectl.start('proxy', '--port=0');
    assert.ok(proxy.stdout);
    for await (const line of createInterface({ input: proxy.stdout })) {
      url = `http://${/127\.0\.0\.1:\d+/.exec(line)?.[0]}`;
      break;
    }
  });
  after(async () => {
    if (proxy) {
      const ended = once(proxy, 'exit');
      proxy.kill();
      await ended;
    }
    await cluster?.down();
  });

  const raw = (path: string) => cluster.kubectl('get', '--raw', path);
  const refusal = async (path: string) => (await cluster.kubectl.attempt('get', '--raw', path)).stderr.trim();
  const curl = (...args: string[]) =>
    run('curl', ['-sS', '--max-time', '10', ...args], { timeoutMs: 20_000 });
  const namespace = '/api/v1/namespaces/default';

  test('kubectl get --raw reaches a pod, by its port’s number and name', async () => {
    for (const id of ['web', 'web:8080', 'web:http', 'http:web:8080'])
      assert.equal(await raw(`${namespace}/pods/${id}/proxy/`), 'hello\n');
    assert.equal(await raw(`${namespace}/pods/web/proxy/sub/index.html`), 'deeper\n');
  });

  test('kubectl get --raw reaches a Service, by its port’s number and name', async () => {
    await eventually(async () => assert.equal(await raw(`${namespace}/services/web:80/proxy/`), 'hello\n'));
    for (const id of ['web:http', 'http:web:http'])
      assert.equal(await raw(`${namespace}/services/${id}/proxy/sub/index.html`), 'deeper\n');
  });

  test('kubectl get --raw reaches the kubelet of each node', async () => {
    for (const node of ['e2e-proxy-1', 'e2e-proxy-2']) {
      assert.equal((await raw(`/api/v1/nodes/${node}/proxy/healthz`)).trim(), 'ok');
      const { kind } = JSON.parse(await raw(`/api/v1/nodes/${node}:10250/proxy/pods`)) as { kind: string };
      assert.equal(kind, 'PodList');
    }
  });

  test('kubectl says why there is nothing', async () => {
    assert.match(
      await refusal(`${namespace}/services/empty/proxy/`),
      /\(ServiceUnavailable\): no endpoints available for service "empty"$/,
    );
    assert.match(
      await refusal(`${namespace}/services/none/proxy/`),
      /\(NotFound\): services "none" not found$/,
    );
    assert.match(
      await refusal(`${namespace}/pods/web:81/proxy/`),
      /error trying to reach service: dial tcp 10\.\d+\.\d+\.\d+:81: connect: connection refused/,
    );
  });

  test('curl through kubectl proxy reaches pods, Services and nodes', async () => {
    assert.equal(await curl(`${url}${namespace}/pods/web:8080/proxy/`), 'hello\n');
    assert.equal(await curl(`${url}${namespace}/services/web:http/proxy/sub/`), 'deeper\n');
    assert.equal((await curl(`${url}/api/v1/nodes/e2e-proxy-2/proxy/healthz`)).trim(), 'ok');
    const code = await curl(
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      `${url}${namespace}/pods/web/proxy/none`,
    );
    assert.equal(code, '404');
  });

  test('a redirection leads back through the API server', async () => {
    assert.equal(await curl('-L', `${url}${namespace}/pods/web/proxy`), 'hello\n');
    // httpd sends a directory's name on to the directory.
    assert.equal(await curl('-L', `${url}${namespace}/pods/web/proxy/sub`), 'deeper\n');
  });

  test('a right is needed for it', async () => {
    const as = ['--as=system:serviceaccount:default:default'];
    const { stderr } = await cluster.kubectl.attempt(
      'get',
      '--raw',
      `${namespace}/services/web:80/proxy/`,
      ...as,
    );
    assert.match(stderr, /cannot get resource "services\/proxy" in API group "" in the namespace "default"/);
  });

  test('a WebSocket goes through kubectl proxy and the API server to a pod', async () => {
    const path = `${namespace}/pods/web/portforward?ports=8080`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, ['v4.channel.k8s.io']);
    await once(socket, 'open');
    socket.send(Buffer.from('\0GET / HTTP/1.0\r\n\r\n'));
    let said = '';
    for await (const [message] of on(socket, 'message', { close: ['close'] })) {
      said += (message as Buffer).subarray(1).toString();
      if (said.endsWith('hello\n')) break;
    }
    socket.terminate();
    assert.match(said, /HTTP\/1\.[01] 200 OK[^]*hello\n$/);
  });

  test('a long body in YAML is read, and told in YAML again', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `  k${i}: value ${i}`).join('\n');
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: long}\ndata:\n${lines}\n`;
    const yaml = 'application/yaml';
    const made = await fetch(`${url}${namespace}/configmaps`, {
      method: 'POST',
      headers: { 'content-type': yaml, accept: yaml },
      body,
    });
    assert.equal(made.status, 201);
    assert.match(await made.text(), /^ {2}k2999: value 2999$/m);
    assert.equal(
      await cluster.kubectl('get', 'configmap', 'long', '-o', 'jsonpath={.data.k1234}'),
      'value 1234',
    );
  });

  test('health and metrics have their names', async () => {
    assert.match(await raw('/readyz?verbose'), /^\[\+\]ping ok\n\[\+\]etcd ok\n[^]*readyz check passed\n$/);
    assert.equal(await raw('/livez/ping'), 'ok');
    const metrics = await raw('/metrics');
    for (const name of [
      'apiserver_request_total',
      'apiserver_request_duration_seconds_bucket',
      'apiserver_current_inflight_requests',
      'apiserver_longrunning_requests',
      'apiserver_watch_events_total',
      'apiserver_storage_objects',
      'process_resident_memory_bytes',
    ])
      assert.match(metrics, new RegExp(`^${name}[{ ]`, 'm'));
  });
});
