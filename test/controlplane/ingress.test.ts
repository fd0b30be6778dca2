/** The Ingress controller and its sleep, against the real API and all controllers; only the proxy is not there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  deployments,
  endpointSlices,
  events,
  ingressClasses,
  ingresses,
  namespaces,
  services,
} from '../../src/api/resource.ts';
import { applyAddons, parseAddon } from '../../src/cluster/controlplane/addons.ts';
import { packageRoot } from '../../src/cluster/paths.ts';
import type { Files } from '../../src/ingress/configuration.ts';
import type { Proxy } from '../../src/ingress/proxy.ts';
import { serveIngress } from '../../src/ingress/serve.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);
const addon = parseAddon(readFileSync(`${packageRoot}/addons/ingress.yaml`, 'utf8'), {
  httpNodePort: '32080',
  httpsNodePort: '32443',
});
const replicas = async (plane: ControlPlane) =>
  (await plane.client.get(deployments, 'ingress-nginx-controller', 'ingress-nginx')).spec?.replicas;

const shop = (name: string) => ({
  metadata: { name, namespace: 'default' },
  spec: {
    rules: [
      {
        host: `${name}.example.com`,
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
});

async function withAddon(plane: ControlPlane): Promise<void> {
  await within(() => plane.client.get(namespaces, 'kube-node-lease'));
  await applyAddons(plane.client, addon, systemClock, new AbortController().signal);
}

test('the first Ingress wakes the controller, and whoever scales it afterwards has the last word', async () => {
  await using plane = new ControlPlane();
  await withAddon(plane);
  assert.equal(await replicas(plane), 0);
  await plane.client.create(ingresses, shop('one'));
  await within(async () => assert.equal(await replicas(plane), 1));
  const target = { name: 'ingress-nginx-controller', namespace: 'ingress-nginx' };
  await plane.client.patch(deployments, target, { spec: { replicas: 0 } });
  await plane.client.create(ingresses, shop('two'));
  await plane.client.create(services, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { ports: [{ port: 80 }], selector: { app: 'web' } },
  });
  // What came after the second Ingress has been worked on.
  await within(async () => {
    const { items } = await plane.client.list(endpointSlices, { namespace: 'default' });
    assert.ok(items.some(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web'));
  });
  const asleep = await plane.client.get(deployments, target.name, target.namespace);
  assert.equal(asleep.spec?.replicas, 0);
  assert.equal(asleep.metadata.annotations?.['switchboard.dev/sleeps'], undefined);
});

test('what changes is loaded, reached addresses are written, and owners are told', async () => {
  await using plane = new ControlPlane();
  await withAddon(plane);
  await plane.addNode('node-1');
  const loaded: Files[] = [];
  const proxy: Proxy = {
    async load(files) {
      loaded.push(files);
    },
    async tell() {},
    async stop() {},
  };
  const stop = new AbortController();
  try {
    await serveIngress({
      client: plane.client,
      proxy,
      place: { directory: '/run/ingress', bind: { http: ':80', https: ':443', health: ':10254' } },
      publishService: 'ingress-nginx/ingress-nginx-controller',
      identity: 'controller-1',
      clock: systemClock,
      signal: stop.signal,
    });
    assert.equal(loaded.length, 1);
    assert.equal(loaded[0]?.get('hosts.map'), '');
    await plane.client.create(ingresses, shop('one'));
    await within(() => assert.equal(loaded.at(-1)?.get('hosts.map'), 'one.example.com one.example.com\n'));
    await within(async () => {
      const { items } = await plane.client.list(events, { namespace: 'default' });
      const [told] = items.filter(({ involvedObject }) => involvedObject.kind === 'Ingress');
      assert.equal(told?.message, 'Service default/web does not exist');
    });
    const status = { loadBalancer: { ingress: [{ ip: '172.30.15.1' }] } };
    const target = { name: 'ingress-nginx-controller', namespace: 'ingress-nginx' };
    await plane.client.patch(services, target, { status }, { subresource: 'status' });
    await within(async () => {
      const found = await plane.client.get(ingresses, 'one', 'default');
      assert.equal(found.status?.loadBalancer?.ingress?.[0]?.ip, '172.30.15.1');
    });
    await plane.client.delete(ingressClasses, { name: 'nginx' });
    await within(() => assert.equal(loaded.at(-1)?.get('hosts.map'), ''));
  } finally {
    stop.abort();
  }
});
