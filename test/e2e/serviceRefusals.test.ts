/** Services that are refused, with the field's path and the reason as kubectl shows them, and those of which an event tells. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Event } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

let cluster: TestCluster;
before(async () => {
  cluster = await startCluster({ name: 'e2e-service-refusals' });
});
after(() => cluster?.down());

const ports = [{ port: 80 }];
const service = (name: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec: { ports, ...spec },
});
const create = (...objects: object[]) =>
  cluster.kubectl.input(
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    'create',
    '-f',
    '-',
  );
const patch = (name: string, spec: object, kind = 'service') =>
  cluster.kubectl('patch', kind, name, '--type=merge', '-p', JSON.stringify({ spec }));

/** What kubectl prints of why the object is not good: one line for each field. */
async function faults(asked: Promise<string>): Promise<string[]> {
  const said = await asked.then(
    () => assert.fail('it was accepted'),
    (err: Error) => err.message,
  );
  const [, text = said] = /is invalid: ([^]*)/.exec(said) ?? [];
  return text
    .split('\n')
    .map((line) => line.replace(/^\* /, '').trim())
    .filter(Boolean);
}

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const required = 'endpoints[0].addresses: Required value: must contain at least 1 address';
const balanced = { type: 'LoadBalancer' };
const local = { ...balanced, externalTrafficPolicy: 'Local' };
const affinity = (timeoutSeconds: number) => ({
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds } },
});

describe('a new Service is refused', { timeout: 120_000 }, () => {
  const cases: [string, object, string][] = [
    [
      'a node port out of the range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 29999 }] },
      'spec.ports[0].nodePort: Invalid value: 29999: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'one node port twice',
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30300 },
          { name: 'b', port: 81, nodePort: 30300 },
        ],
      },
      'spec.ports[1].nodePort: Duplicate value: 30300',
    ],
    [
      'a node port of a Service that has none',
      { ports: [{ port: 80, nodePort: 30300 }] },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      'an address outside of the ranges',
      { clusterIP: '192.0.2.7' },
      'spec.clusterIPs: Invalid value: ["192.0.2.7"]: failed to allocate IP 192.0.2.7: the provided network does not match the current range',
    ],
    [
      'an address that is taken',
      { clusterIP: '10.96.0.1' },
      'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
    ],
    [
      'the first address of the range',
      { clusterIP: '10.96.0.0' },
      'spec.clusterIPs: Invalid value: ["10.96.0.0"]: failed to allocate IP 10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    [
      'something that is no address',
      { clusterIP: 'web' },
      'spec.clusterIPs[0]: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'a bad external name',
      { type: 'ExternalName', externalName: 'my_db' },
      `spec.externalName: Invalid value: "my_db": ${subdomain}`,
    ],
    ['no external name', { type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      'an external name with an address',
      { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.9' },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
    ['no ports', { ports: [] }, 'spec.ports: Required value'],
    [
      'two ports of one name',
      {
        ports: [
          { name: 'http', port: 80 },
          { name: 'http', port: 81 },
        ],
      },
      'spec.ports[1].name: Duplicate value: "http"',
    ],
    [
      'two ports of which one has no name',
      { ports: [{ name: 'http', port: 80 }, { port: 81 }] },
      'spec.ports[1].name: Required value',
    ],
    [
      'one port twice',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      },
      'spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}',
    ],
    [
      'a port that is none',
      { ports: [{ port: 70000, targetPort: 80 }] },
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'a protocol that is none',
      { ports: [{ port: 80, protocol: 'HTTP' }] },
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'a targetPort that is no name',
      { ports: [{ port: 80, targetPort: 'x--y' }] },
      'spec.ports[0].targetPort: Invalid value: "x--y": must not contain consecutive hyphens',
    ],
    [
      'a family that is none',
      { ipFamilies: ['IPv5'] },
      'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
    ],
    [
      'two families under the policy for one',
      { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] },
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
    [
      'one family twice',
      { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv4'] },
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
    ],
    [
      'an address of another family than it says',
      { clusterIP: '10.96.0.9', ipFamilies: ['IPv6'] },
      'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
    [
      'a headless one with node ports',
      { type: 'NodePort', clusterIP: 'None' },
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
    ],
    [
      'a headless one with an address',
      { clusterIP: 'None', clusterIPs: ['None', '10.96.0.9'] },
      'spec.clusterIPs: Invalid value: ["None","10.96.0.9"]: \'None\' must be the first and only value',
    ],
    [
      'an affinity without end',
      affinity(86401),
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
    [
      'an affinity of no time',
      affinity(0),
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
    [
      'an affinity that is none',
      { sessionAffinity: 'Cookie' },
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
    [
      'a policy for outside where nothing comes from there',
      { externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      'a port for health checks without need',
      { type: 'NodePort', healthCheckNodePort: 31100 },
      "spec.healthCheckNodePort: Invalid value: 31100: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      'a port for health checks out of the range',
      { ...local, healthCheckNodePort: 10256 },
      'spec.healthCheckNodePort: Invalid value: 10256: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'a bad source range',
      { ...balanced, loadBalancerSourceRanges: ['10.0.0.0/33'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      'a source range that may mean two things',
      { ...balanced, loadBalancerSourceRanges: ['10.1.2.3/8'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.1.2.3/8": must not have bits set beyond the prefix length',
    ],
    [
      'source ranges of another type',
      { loadBalancerSourceRanges: ['10.0.0.0/8'] },
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      'a load balancer class of another type',
      { loadBalancerClass: 'example.com/lb' },
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      'a wish about node ports of another type',
      { type: 'NodePort', allocateLoadBalancerNodePorts: false },
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      'an external IP that is none',
      { externalIPs: ['1.2.3'] },
      'spec.externalIPs[0]: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'an external IP that is everybody’s own',
      { externalIPs: ['127.0.0.1'] },
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'an unknown policy for inside',
      { internalTrafficPolicy: 'Near' },
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      'an unknown distribution',
      { trafficDistribution: 'PreferFar' },
      'spec.trafficDistribution: Unsupported value: "PreferFar": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [
      'an unknown type',
      { type: 'Internal' },
      'spec.type: Unsupported value: "Internal": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ];
  for (const [what, spec, fault] of cases)
    test(`for ${what}`, async () => assert.deepEqual(await faults(create(service('bad', spec))), [fault]));

  test('and nothing of what it asked for is kept', async () => {
    const spec = {
      type: 'NodePort',
      clusterIP: '10.96.0.77',
      ports: [{ port: 80, nodePort: 30377, protocol: 'X' }],
    };
    assert.match((await faults(create(service('bad', spec)))).join(), /protocol/);
    await create(service('good', { ...spec, ports: [{ port: 80, nodePort: 30377 }] }));
    const port = { port: 80, nodePort: 30377 };
    assert.deepEqual(await faults(create(service('bad', { type: 'NodePort', ports: [port] }))), [
      'spec.ports[0].nodePort: Invalid value: 30377: provided port is already allocated',
    ]);
    await cluster.kubectl('delete', 'service', 'good');
    await create(service('good', { clusterIP: spec.clusterIP }));
    await cluster.kubectl('delete', 'service', 'good');
  });
});

describe('a change of a Service is refused', { timeout: 120_000 }, () => {
  before(async () => {
    await create(
      service('plain', { clusterIP: '10.96.0.80' }),
      service('headless', { clusterIP: 'None', selector: { app: 'x' } }),
      service('both', { ipFamilyPolicy: 'RequireDualStack' }),
      service('balanced', { ...local, loadBalancerClass: 'example.com/lb', healthCheckNodePort: 31101 }),
    );
  });
  const cases: [string, string, object, string][] = [
    [
      'of its address',
      'plain',
      { clusterIP: '10.96.0.81' },
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.81"]: may not change once set',
    ],
    [
      'to none of its own',
      'plain',
      { clusterIP: 'None' },
      'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
    ],
    [
      'to an address of its own',
      'headless',
      { clusterIP: '10.96.0.82' },
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.82"]: may not change once set',
    ],
    [
      'of its family',
      'plain',
      { ipFamilies: ['IPv6'] },
      'spec.clusterIPs[0]: Invalid value: "10.96.0.80": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
    [
      'that takes the second family away, but not the policy',
      'both',
      { ipFamilies: ['IPv4'] },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family',
    ],
    [
      'of the class of its load balancer',
      'balanced',
      { loadBalancerClass: 'example.com/other' },
      'spec.loadBalancerClass: Invalid value: "example.com/other": may not change once set',
    ],
    [
      'that takes this class away',
      'balanced',
      { loadBalancerClass: null },
      'spec.loadBalancerClass: Invalid value: null: may not change once set',
    ],
    [
      'of the port of its health checks',
      'balanced',
      { healthCheckNodePort: 31102 },
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    ],
    [
      'to a name with its address',
      'plain',
      { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.83' },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
  ];
  for (const [what, name, spec, fault] of cases)
    test(what, async () => assert.deepEqual(await faults(patch(name, spec)), [fault]));
});

describe('an EndpointSlice is refused', { timeout: 120_000 }, () => {
  const slice = (addressType: string, address: string, more: object = {}) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'own', labels: { 'kubernetes.io/service-name': 'own' } },
    addressType,
    endpoints: [{ addresses: [address] }],
    ...more,
  });
  const cases: [string, object, string][] = [
    [
      'an address of another type',
      slice('IPv4', 'fd00::1'),
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address',
    ],
    [
      'an address that is everybody’s own',
      slice('IPv6', '::1'),
      'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'a name of one part',
      slice('FQDN', 'localhost'),
      'endpoints[0].addresses[0]: Invalid value: "localhost": should be a domain with at least two segments separated by dots',
    ],
    [
      'a type that is none',
      slice('IP', '10.1.1.1'),
      'addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"',
    ],
    [
      'two ports of one name',
      slice('IPv4', '10.1.1.1', { ports: [{ port: 80 }, { port: 81 }] }),
      'ports[1].name: Duplicate value: ""',
    ],
    ['no address', slice('IPv4', '', { endpoints: [{ addresses: [] }] }), required],
  ];
  for (const [what, object, fault] of cases)
    test(`for ${what}`, async () => assert.deepEqual(await faults(create(object)), [fault]));

  test('when it changes its type', async () => {
    await create(slice('IPv4', '10.1.1.1'));
    const changed = cluster.kubectl.input(JSON.stringify(slice('IPv6', 'fd00::1')), 'replace', '-f', '-');
    assert.deepEqual(await faults(changed), ['addressType: Invalid value: "IPv6": field is immutable']);
    await cluster.kubectl('delete', 'endpointslice', 'own');
  });
});

describe('what has no effect', { timeout: 120_000 }, () => {
  const reasons = async () =>
    (await cluster.kubectl.json<{ items: Event[] }>('get', 'events')).items.map(
      ({ involvedObject, reason, message }) => `${involvedObject.name} ${reason}: ${message}`,
    );

  test('is told to whoever writes it', async () => {
    await create(service('sticky', { clusterIP: 'None', sessionAffinity: 'ClientIP' }));
    const annotated = await cluster.kubectl.attempt('annotate', 'service', 'sticky', 'a=b');
    assert.match(annotated.stderr, /Warning: spec\.SessionAffinity is ignored for headless services/);
  });

  test('is told in events when it leads nowhere: no pod, and no such port', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lonely', labels: { app: 'lonely' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'busybox:1.28', command: ['sleep', '600'] }],
      },
    };
    await create(
      pod,
      service('nobody', { selector: { app: 'nobody' } }),
      service('nameless', { selector: { app: 'lonely' }, ports: [{ port: 80, targetPort: 'http' }] }),
    );
    await eventually(async () => {
      const all = await reasons();
      for (const expected of [
        'nobody NoMatchingPods: the selector app=nobody matches no pod',
        'nameless NoSuchTargetPort: no pod that the selector matches has a port named "http"',
      ])
        assert.ok(all.includes(expected), all.join('\n'));
    }, 90_000);
  });
});
