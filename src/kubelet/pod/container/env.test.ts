import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { ConfigMap, Secret, Service } from '../../../api/types.ts';
import { containerOf, podOf } from '../../testing/pod.ts';
import { type EnvSources, environment } from './env.ts';
import { expand } from './expand.ts';

const services: Service[] = parse(`
- {metadata: {name: kubernetes, namespace: default}, spec: {clusterIP: 10.96.0.1, ports: [{name: https, port: 443}]}}
- metadata: {name: redis-primary, namespace: shop}
  spec: {clusterIP: 10.0.0.11, ports: [{name: db, port: 6379}, {name: stats, port: 90, protocol: UDP}]}
- {metadata: {name: headless, namespace: shop}, spec: {clusterIP: None, ports: [{port: 80}]}}
- {metadata: {name: six, namespace: shop}, spec: {clusterIP: "fd96::7", ports: [{port: 80}]}}
`) as Service[];

const sources = (own: Partial<EnvSources> = {}): EnvSources => ({
  pod: podOf(`
metadata: {name: web-0, namespace: shop, labels: {app: web}, annotations: {note: hi}}
spec: {nodeName: node1, serviceAccountName: robot, enableServiceLinks: false}
`),
  podIPs: ['10.244.0.5', 'fd44::5'],
  hostIPs: ['172.30.0.2'],
  allocatable: { cpu: '2', memory: '1Gi' },
  services: (namespace) => services.filter((s) => s.metadata.namespace === namespace),
  configMap: async (name) =>
    name === 'settings' ? ({ metadata: { name }, data: { color: 'red' } } as ConfigMap) : undefined,
  secret: async (name) =>
    name === 'keys' ? ({ metadata: { name }, data: { password: 'aHVzaA==' } } as Secret) : undefined,
  ...own,
});

/** The variables without those of the API's own Service. */
async function env(yaml: string, own: Partial<EnvSources> = {}): Promise<Record<string, string>> {
  const all = await environment(containerOf(yaml), sources(own));
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('KUBERNETES_')));
}

describe('$(NAME)', () => {
  const lookup = (name: string) => ({ A: '1', B: '$(A)' })[name];
  const cases: [text: string, expected: string][] = [
    ['$(A)-$(A)', '1-1'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$(UNKNOWN) $A $', '$(UNKNOWN) $A $'],
    ['$(B)', '$(A)'],
    ['$(open', '$(open'],
  ];
  for (const [text, expected] of cases)
    test(`${text} is ${expected}`, () => assert.equal(expand(text, lookup), expected));
});

describe('the environment', () => {
  test('values refer to those before them', async () => {
    const yaml = 'env: [{name: A, value: "1"}, {name: B, value: "$(A)$(A) $$(A) $(C)"}, {name: C, value: c}]';
    assert.deepEqual(await env(yaml), { A: '1', B: '11 $(A) $(C)', C: 'c' });
  });

  test('fields of the pod', async () => {
    const paths = [
      'metadata.name',
      'metadata.namespace',
      'metadata.uid',
      "metadata.labels['app']",
      "metadata.annotations['note']",
      'spec.nodeName',
      'spec.serviceAccountName',
      'status.podIP',
      'status.podIPs',
      'status.hostIP',
    ];
    const yaml = `env: [${paths.map((p, i) => `{name: "V${i}", valueFrom: {fieldRef: {fieldPath: "${p}"}}}`).join(', ')}]`;
    assert.deepEqual(Object.values(await env(yaml)), [
      'web-0',
      'shop',
      'uid-1',
      'web',
      'hi',
      'node1',
      'robot',
      '10.244.0.5',
      '10.244.0.5,fd44::5',
      '172.30.0.2',
    ]);
  });

  test('resources in units of a divisor, rounded up; without a limit what the node has', async () => {
    const yaml = `
resources: {limits: {cpu: 250m, memory: 64Mi}, requests: {cpu: 100m}}
env:
- {name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
- {name: B, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
- {name: C, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
- {name: D, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
- {name: E, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}
`;
    assert.deepEqual(await env(yaml), { A: '1', B: '250', C: '64', D: '100', E: '0' });
    const unlimited = 'env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "0"}}}]';
    assert.deepEqual(await env(unlimited), { A: '2' });
  });

  test('keys of ConfigMaps and Secrets; own values win over whole ones', async () => {
    const yaml = `
envFrom: [{prefix: P_, configMapRef: {name: settings}}, {secretRef: {name: keys}}, {secretRef: {name: no, optional: true}}]
env:
- {name: password, value: mine}
- {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}
- {name: NONE, valueFrom: {configMapKeyRef: {name: settings, key: none, optional: true}}}
`;
    assert.deepEqual(await env(yaml), { P_color: 'red', password: 'mine', COLOR: 'red' });
  });

  test('what is missing is named in the words of Kubernetes', async () => {
    const from = (ref: string) => env(`env: [{name: A, valueFrom: {${ref}}}]`);
    await assert.rejects(from('configMapKeyRef: {name: no, key: a}'), {
      message: 'configmap "no" not found',
    });
    await assert.rejects(from('secretKeyRef: {name: keys, key: a}'), {
      message: "couldn't find key a in Secret shop/keys",
    });
    await assert.rejects(env('envFrom: [{secretRef: {name: no}}]'), { message: 'secret "no" not found' });
    await assert.rejects(from('fieldRef: {fieldPath: spec.color}'), /unsupported fieldPath: spec.color/);
  });
});

describe('Services', () => {
  const linked = { pod: podOf('{metadata: {namespace: shop}}') };

  test('of the own namespace, in both styles; none of a headless one', async () => {
    assert.deepEqual(await env('{}', linked), {
      REDIS_PRIMARY_SERVICE_HOST: '10.0.0.11',
      REDIS_PRIMARY_SERVICE_PORT: '6379',
      REDIS_PRIMARY_SERVICE_PORT_DB: '6379',
      REDIS_PRIMARY_SERVICE_PORT_STATS: '90',
      REDIS_PRIMARY_PORT: 'tcp://10.0.0.11:6379',
      REDIS_PRIMARY_PORT_6379_TCP: 'tcp://10.0.0.11:6379',
      REDIS_PRIMARY_PORT_6379_TCP_PROTO: 'tcp',
      REDIS_PRIMARY_PORT_6379_TCP_PORT: '6379',
      REDIS_PRIMARY_PORT_6379_TCP_ADDR: '10.0.0.11',
      REDIS_PRIMARY_PORT_90_UDP: 'udp://10.0.0.11:90',
      REDIS_PRIMARY_PORT_90_UDP_PROTO: 'udp',
      REDIS_PRIMARY_PORT_90_UDP_PORT: '90',
      REDIS_PRIMARY_PORT_90_UDP_ADDR: '10.0.0.11',
      SIX_SERVICE_HOST: 'fd96::7',
      SIX_SERVICE_PORT: '80',
      SIX_PORT: 'tcp://[fd96::7]:80',
      SIX_PORT_80_TCP: 'tcp://[fd96::7]:80',
      SIX_PORT_80_TCP_PROTO: 'tcp',
      SIX_PORT_80_TCP_PORT: '80',
      SIX_PORT_80_TCP_ADDR: 'fd96::7',
    });
  });

  test('enableServiceLinks: false leaves only the API', async () => {
    const all = await environment(containerOf('{}'), sources());
    assert.equal(all['KUBERNETES_SERVICE_HOST'], '10.96.0.1');
    assert.equal(
      Object.keys(all).every((name) => name.startsWith('KUBERNETES_')),
      true,
    );
  });

  test("the container's own value wins, and may refer to a Service's", async () => {
    const yaml = 'env: [{name: SIX_PORT, value: mine}, {name: URL, value: "$(REDIS_PRIMARY_PORT)/0"}]';
    const all = await env(yaml, linked);
    assert.deepEqual([all['SIX_PORT'], all['URL']], ['mine', 'tcp://10.0.0.11:6379/0']);
  });
});
