/** Ingresses as tutorials show them: applied with the real kubectl, asked for from outside the cluster. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { Deployment, Ingress, Node, Service } from '../../src/api/types.ts';
import { createAuthority, issueServerCertificate } from '../../src/lib/pki/certificate.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { apply } from '../support/pods.ts';

const ports = { http: 32080, https: 32443 };
let cluster: TestCluster;

const controller = () =>
  cluster.kubectl.json<Deployment>('-n', 'ingress-nginx', 'get', 'deployment', 'ingress-nginx-controller');

before(async () => {
  cluster = await startCluster({ name: 'e2e-ingress', nodes: 2 });
});
after(() => cluster?.down());

/** A Deployment of web servers that say `page`, and its Service. */
const site = (name: string, page: string, replicas = 1) => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { 'default.conf': `server { listen 80; location / { return 200 "${page} $request_uri"; } }` },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'nginx',
              image: 'nginx',
              ports: [{ name: 'http', containerPort: 80 }],
              readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
              volumeMounts: [{ name: 'conf', mountPath: '/etc/nginx/conf.d' }],
            },
          ],
          volumes: [{ name: 'conf', configMap: { name } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
];

const ingress = (name: string, spec: object, annotations: Record<string, string> = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, annotations },
  spec,
});
const path = (at: string, service: string, port: object = { number: 80 }, pathType = 'Prefix') => ({
  path: at,
  pathType,
  backend: { service: { name: service, port } },
});

interface Answer {
  status: number;
  body: string;
  location?: string;
  certificate?: string;
}

function ask(host: string, at = '/', tls = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (tls ? https : http).request({
      host: cluster.hostAddress,
      port: tls ? ports.https : ports.http,
      path: at,
      agent: false,
      timeout: 5_000,
      headers: { host },
      servername: host,
      rejectUnauthorized: false,
    } as https.RequestOptions);
    request.on('timeout', () => request.destroy(new Error(`${host}${at}: no answer`)));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      const certificate = tls && (response.socket as TLSSocket).getPeerCertificate().subject?.CN;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({
          ...{ status, body: Buffer.concat(chunks).toString() },
          ...(headers.location && { location: headers.location }),
          ...(certificate && { certificate: String(certificate) }),
        });
      });
    });
    request.end();
  });
}

const says = (host: string, at: string, wanted: string, tls = false) =>
  eventually(async () => assert.equal((await ask(host, at, tls)).body, wanted), 30_000);

describe('an Ingress', { timeout: 240_000 }, () => {
  test('is carried out by a controller that sleeps until it is needed', async () => {
    assert.equal((await controller()).spec?.replicas, 0);
    await apply(
      cluster.kubectl,
      ...site('web', 'web', 2),
      ...site('api', 'api'),
      ingress('shop', {
        rules: [
          {
            host: 'shop.example.com',
            http: { paths: [path('/api', 'api'), path('/', 'web', { name: 'http' })] },
          },
        ],
      }),
    );
    await says('shop.example.com', '/api/v1?x=1', 'api /api/v1?x=1');
    await says('shop.example.com', '/apis', 'web /apis');
    assert.deepEqual(await ask('other.example.com'), { status: 404, body: 'default backend - 404' });
    assert.equal((await controller()).spec?.replicas, 1);
    await cluster.kubectl(
      ...['wait', '-n', 'ingress-nginx', '--for=condition=ready', 'pod', '--timeout=60s'],
      '--selector=app.kubernetes.io/component=controller',
    );
  });

  test('has the default class, and the addresses where it is reached', async () => {
    const { items } = await cluster.kubectl.json<{ items: Node[] }>('get', 'nodes');
    await eventually(async () => {
      const service = await cluster.kubectl.json<Service>(
        ...['-n', 'ingress-nginx', 'get', 'service', 'ingress-nginx-controller'],
      );
      const balanced = service.status?.loadBalancer?.ingress?.map(({ ip = '' }) => ip) ?? [];
      const ofNodes = items.map(
        ({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
      );
      const wanted = (balanced.length > 0 ? balanced : ofNodes).join(',');
      const line = (await cluster.kubectl('get', 'ingress', 'shop', '--no-headers')).trim().split(/\s+/);
      assert.deepEqual(line.slice(0, 5), ['shop', 'nginx', 'shop.example.com', wanted, '80']);
    });
  });

  test('says in its events what is not carried out, also of what does not exist', async () => {
    const backend = { paths: [path('/', 'missing')] };
    await apply(
      cluster.kubectl,
      ingress(
        'odd',
        { rules: [{ host: 'odd.example.com', http: backend }] },
        { 'nginx.ingress.kubernetes.io/limit-rps': '5' },
      ),
    );
    await eventually(async () => {
      const text = await cluster.kubectl('describe', 'ingress', 'odd');
      assert.match(text, /Warning\s+Annotation\s.*limit-rps is not supported and ignored/);
      assert.match(text, /Warning\s+Backend\s.*Service default\/missing does not exist/);
    });
    await eventually(async () => assert.equal((await ask('odd.example.com')).status, 503));
    await apply(cluster.kubectl, ...site('missing', 'found'));
    await says('odd.example.com', '/', 'found /');
  });

  test('has TLS by a Secret that may come later', async () => {
    await apply(
      cluster.kubectl,
      ingress('secure', {
        tls: [{ hosts: ['app.example.com'], secretName: 'app-tls' }],
        rules: [{ host: 'app.example.com', http: { paths: [path('/', 'web')] } }],
      }),
    );
    await says('app.example.com', '/', 'web /', true);
    assert.equal(
      (await ask('app.example.com', '/', true)).certificate,
      'Kubernetes Ingress Controller Fake Certificate',
    );
    const plain = await ask('app.example.com', '/cart?id=1');
    assert.deepEqual([plain.status, plain.location], [308, 'https://app.example.com/cart?id=1']);

    const directory = mkdtempSync(join(tmpdir(), 'switchboard-e2e-'));
    try {
      const nowMs = Date.now();
      const authority = await createAuthority({ commonName: 'test', nowMs });
      const pair = await issueServerCertificate(authority, { commonName: 'app.example.com', nowMs });
      const [cert, key] = [join(directory, 'cert'), join(directory, 'key')];
      writeFileSync(cert, pair.certificate);
      writeFileSync(key, pair.privateKey);
      await cluster.kubectl('create', 'secret', 'tls', 'app-tls', `--cert=${cert}`, `--key=${key}`);
    } finally {
      rmSync(directory, { recursive: true });
    }
    await eventually(async () =>
      assert.equal((await ask('app.example.com', '/', true)).certificate, 'app.example.com'),
    );
  });

  test('rewrites paths as the tutorials of ingress-nginx do', async () => {
    await apply(
      cluster.kubectl,
      ingress(
        'rewrite',
        {
          rules: [
            {
              host: 're.example.com',
              http: { paths: [path('/some(/|$)(.*)', 'api', { number: 80 }, 'ImplementationSpecific')] },
            },
          ],
        },
        { 'nginx.ingress.kubernetes.io/rewrite-target': '/$2' },
      ),
    );
    await says('re.example.com', '/some/thing', 'api /thing');
  });

  test('with all that a tutorial puts into one works as it reads', async () => {
    const yaml = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-ingress
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    cert-manager.io/cluster-issuer: letsencrypt-prod
spec:
  ingressClassName: nginx
  tls:
  - hosts:
    - all.example.com
    secretName: all-tls
  rules:
  - host: all.example.com
    http:
      paths:
      - path: /api
        pathType: Prefix
        backend:
          service:
            name: api
            port:
              number: 80
      - path: /
        pathType: Prefix
        backend:
          service:
            name: web
            port:
              number: 80
`;
    await cluster.kubectl.input(yaml, 'apply', '-f', '-');
    await says('all.example.com', '/api/users', 'api /', true);
    assert.equal((await ask('all.example.com', '/apis', true)).body, 'web /');
    assert.equal((await ask('all.example.com')).status, 308);
    assert.match(await cluster.kubectl('get', 'ingress', 'app-ingress', '--no-headers'), /80, 443/);
  });

  test('is carried out again when the proxy was killed', async () => {
    const inPod = ['-n', 'ingress-nginx', 'exec', 'deploy/ingress-nginx-controller', '--', 'sh', '-c'];
    // Its main process is the controller; whatever else is called haproxy is the proxy.
    const script = 'for p in /proc/[0-9]*; do if grep -q haproxy $p/comm; then kill -9 ${p#/proc/}; fi; done';
    await cluster.kubectl.attempt(...inPod, script);
    await eventually(async () => {
      const text = await cluster.kubectl(
        ...['-n', 'ingress-nginx', 'get', 'pods', '-l', 'app.kubernetes.io/component=controller'],
        ...['-o', 'jsonpath={.items[*].status.containerStatuses[0].restartCount}'],
      );
      assert.equal(text, '1');
    });
    await says('shop.example.com', '/', 'web /');
  });

  test('without rules is the default backend of all', async () => {
    await cluster.kubectl('create', 'ingress', 'all', '--default-backend=api:80');
    await says('nobody.example.com', '/x', 'api /x');
    await cluster.kubectl('delete', 'ingress', 'all');
    await eventually(async () => assert.equal((await ask('nobody.example.com')).status, 404));
  });

  test('answers every request while its pods are rolled and scaled', async () => {
    let done = false;
    const statuses = new Set<number | string>();
    const client = (async () => {
      while (!done) {
        statuses.add(
          await ask('shop.example.com').then(
            ({ status }) => status,
            (err: unknown) => String(err),
          ),
        );
        // A port of the client's is free again only a minute after its connection.
        await sleep(5);
      }
    })();
    try {
      await cluster.kubectl('rollout', 'restart', 'deployment/web');
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await cluster.kubectl('scale', 'deployment/web', '--replicas=6');
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await cluster.kubectl('scale', 'deployment/web', '--replicas=1');
      await eventually(async () => {
        const pods = await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'name');
        assert.equal(pods.trim().split('\n').length, 1);
      });
    } finally {
      done = true;
      await client;
    }
    assert.deepEqual(statuses, new Set([200]));
  });

  test('of another class is left alone', async () => {
    await apply(
      cluster.kubectl,
      ingress('foreign', {
        ingressClassName: 'other',
        rules: [{ host: 'foreign.example.com', http: { paths: [path('/', 'web')] } }],
      }),
      ingress('after', { rules: [{ host: 'after.example.com', http: { paths: [path('/', 'web')] } }] }),
    );
    await says('after.example.com', '/', 'web /');
    assert.equal((await ask('foreign.example.com')).status, 404);
    const foreign = await cluster.kubectl.json<Ingress>('get', 'ingress', 'foreign');
    assert.equal(foreign.status?.loadBalancer?.ingress, undefined);
  });
});
