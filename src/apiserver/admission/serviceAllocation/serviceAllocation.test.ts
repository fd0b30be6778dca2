import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { service as serviceKind } from '../../../api/core/service/kind.ts';
import { StatusError } from '../../../api/errors.ts';
import type { Service } from '../../../api/types.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { serviceAllocation } from './index.ts';
import { holdings } from './needs.ts';

const user = { name: 'jane', groups: ['system:authenticated'] };
const dual = ['10.96.0.0/12', 'fd96::/112'];

/** An API server with nothing but this plugin: what it admits is stored, unless a write is told to fail. */
class Cluster {
  readonly stored = new Map<string, Service>();
  readonly plugin: AdmissionPlugin;
  constructor(serviceCIDRs = dual, existing: Service[] = [], nodePorts = { first: 30000, last: 32767 }) {
    for (const service of existing) this.stored.set(service.metadata.name, service);
    this.plugin = serviceAllocation({
      services: async () => this.stored.values(),
      ipAddresses: async () => [],
      serviceRanges: async () => [],
      serviceCIDRs,
      nodePorts,
      random: Math.random,
    });
  }

  async create(yaml: string, options: { fails?: boolean; dryRun?: boolean } = {}): Promise<Spec> {
    return this.#write({ verb: 'create', object: fromYaml(yaml) }, options);
  }

  /** A PUT of this, as `kubectl replace`. */
  async replace(yaml: string, options: { fails?: boolean; dryRun?: boolean } = {}): Promise<Spec> {
    const object = fromYaml(yaml);
    const old = this.stored.get(object.metadata.name);
    assert.ok(old);
    return this.#write({ verb: 'update', object, old }, options);
  }

  /** A merge patch of the spec. */
  async patch(
    name: string,
    change: Partial<Spec> | Record<string, null>,
    options: { fails?: boolean } = {},
  ): Promise<Spec> {
    const old = this.stored.get(name);
    assert.ok(old);
    const object = structuredClone(old);
    for (const [key, value] of Object.entries(change)) {
      if (value === null) delete object.spec?.[key as keyof Spec];
      else Object.assign(object.spec ?? {}, { [key]: value });
    }
    return this.#write({ verb: 'update', object, old }, options);
  }

  async delete(name: string): Promise<void> {
    const object = this.stored.get(name);
    assert.ok(object);
    const operation = this.#operation({ verb: 'delete', object, old: object });
    await this.plugin.admit(operation);
    this.stored.delete(name);
    this.plugin.committed?.(operation);
  }

  async #write(
    parts: Pick<Operation, 'verb' | 'object'> & { old?: Service },
    { fails, dryRun }: { fails?: boolean; dryRun?: boolean },
  ): Promise<Spec> {
    const operation = this.#operation({ ...parts, ...(dryRun && { dryRun }) });
    const object = operation.object as Service;
    const undo = await this.plugin.admit(operation);
    if (fails) undo?.();
    else if (!dryRun) {
      this.stored.set(object.metadata.name, object);
      this.plugin.committed?.(operation);
    }
    assert.ok(object.spec);
    return object.spec;
  }

  #operation(parts: Pick<Operation, 'verb' | 'object'> & { old?: Service; dryRun?: boolean }): Operation {
    const operation = { kind: serviceKind, namespace: 'default', user, dryRun: false, ...parts };
    assert.ok(this.plugin.handles(operation));
    return operation;
  }
}

type Spec = NonNullable<Service['spec']>;

function fromYaml(yaml: string): Service {
  const { name = 'web', ...spec } = parse(yaml) as Spec & { name?: string };
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) port.protocol ??= 'TCP';
  return { metadata: { name, namespace: 'default' }, spec };
}

const says = (message: string | RegExp) => (err: unknown) => {
  assert.ok(err instanceof StatusError);
  assert.equal(err.status.code, 422);
  const text = err.message.replace(/^Service "[^"]*" is invalid: /, '');
  if (typeof message === 'string') assert.equal(text, message);
  else assert.match(text, message);
  return true;
};

const selector = 'selector: {app: web}';
const nodePort = `{type: NodePort, ${selector}, ports: [{port: 80}]}`;

describe('a cluster IP', () => {
  test('is given from the range, above its reserved part', async () => {
    const spec = await new Cluster().create(`{${selector}, ports: [{port: 80}]}`);
    assert.match(spec.clusterIP ?? '', /^10\.(9[6-9]|10\d|11[01])\./);
    assert.notEqual(spec.clusterIP?.split('.').slice(0, 3).join('.'), '10.96.0');
    assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
    assert.deepEqual(spec.ipFamilies, ['IPv4']);
    assert.equal(spec.ipFamilyPolicy, 'SingleStack');
    assert.equal(spec.ports?.[0]?.nodePort, undefined);
  });

  test('is the one asked for, once', async () => {
    const cluster = new Cluster();
    const dns = await cluster.create('{name: kube-dns, clusterIP: 10.96.0.10}');
    assert.deepEqual(dns.clusterIPs, ['10.96.0.10']);
    await assert.rejects(
      cluster.create('{name: second, clusterIP: 10.96.0.10}'),
      says(
        'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
      ),
    );
  });

  for (const ip of ['10.112.0.1', '10.95.255.255']) {
    test(`is not ${ip}, which is in no range`, async () => {
      await assert.rejects(
        new Cluster().create(`{clusterIP: ${ip}}`),
        says(
          `spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: the provided network does not match the current range`,
        ),
      );
    });
  }

  for (const [ip, why] of [
    ['10.96.0.0', 'the address of the range itself'],
    ['10.111.255.255', 'its broadcast address'],
  ]) {
    test(`is not ${ip}: ${why}`, async () => {
      await assert.rejects(
        new Cluster().create(`{clusterIP: ${ip}}`),
        says(
          `spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: the provided IP (${ip}) is not in the valid range. The range of valid IPs is 10.96.0.0/12`,
        ),
      );
    });
  }

  test('must be an address', async () => {
    await assert.rejects(
      new Cluster().create('{clusterIP: web}'),
      says(
        'spec.clusterIPs[0]: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ),
    );
  });

  test('comes from a tiny range until that is full', async () => {
    const cluster = new Cluster(['10.0.0.0/30']);
    const ips = [await cluster.create('{name: a}'), await cluster.create('{name: b}')].map(
      (s) => s.clusterIP,
    );
    assert.deepEqual(new Set(ips), new Set(['10.0.0.1', '10.0.0.2']));
    await assert.rejects(cluster.create('{name: c}'), /failed to allocate a serviceIP: range is full/);
    await cluster.delete('a');
    assert.ok(ips.includes((await cluster.create('{name: c}')).clusterIP));
  });

  test('is none for a headless Service and for an ExternalName', async () => {
    const cluster = new Cluster();
    const headless = await cluster.create(`{clusterIP: None, ${selector}}`);
    assert.deepEqual(
      [headless.clusterIP, headless.clusterIPs, headless.ipFamilies],
      ['None', ['None'], ['IPv4']],
    );
    const external = await cluster.create('{name: e, type: ExternalName, externalName: example.com}');
    assert.deepEqual(external, { type: 'ExternalName', externalName: 'example.com' });
  });

  test('that stored Services have is known after a restart', async () => {
    const before = new Cluster();
    await before.create('{name: dns, clusterIP: 10.96.0.10}');
    await before.create('{name: np, type: NodePort, ports: [{port: 80, nodePort: 30080}]}');
    const after = new Cluster(dual, [...before.stored.values()]);
    await assert.rejects(after.create('{name: x, clusterIP: 10.96.0.10}'), says(/already allocated/));
    await assert.rejects(
      after.create('{name: x, type: NodePort, ports: [{port: 80, nodePort: 30080}]}'),
      says('spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'),
    );
  });

  test('can be had when the services could not be read at first', async () => {
    let attempts = 0;
    const plugin = serviceAllocation({
      services: async () => {
        if (++attempts === 1) throw new Error('the store is not there yet');
        return [];
      },
      ipAddresses: async () => [],
      serviceRanges: async () => [],
      serviceCIDRs: dual,
      nodePorts: { first: 30000, last: 32767 },
      random: Math.random,
    });
    const admit = () =>
      plugin.admit({ verb: 'create', kind: serviceKind, user, dryRun: false, object: fromYaml('{}') });
    await assert.rejects(async () => admit(), /not there yet/);
    await admit();
    assert.equal(attempts, 2);
  });
});

describe('dual stack', () => {
  test('preferred takes one of each family, the default first', async () => {
    const spec = await new Cluster().create(`{ipFamilyPolicy: PreferDualStack, ${selector}}`);
    assert.deepEqual(spec.ipFamilies, ['IPv4', 'IPv6']);
    assert.match(spec.clusterIPs?.[1] ?? '', /^fd96::/);
    assert.equal(spec.clusterIP, spec.clusterIPs?.[0]);
  });

  test('keeps the order that was asked for', async () => {
    const spec = await new Cluster().create('{ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6]}');
    assert.deepEqual(spec.ipFamilies, ['IPv6', 'IPv4']);
    assert.match(spec.clusterIP ?? '', /^fd96::/);
  });

  test('takes both addresses as asked for, and infers the families', async () => {
    const spec = await new Cluster().create(
      '{ipFamilyPolicy: PreferDualStack, clusterIP: "fd96::10", clusterIPs: ["fd96::10", 10.96.0.10]}',
    );
    assert.deepEqual(spec.ipFamilies, ['IPv6', 'IPv4']);
    assert.deepEqual(spec.clusterIPs, ['fd96::10', '10.96.0.10']);
  });

  test('is of IPv6 alone when only that is asked for', async () => {
    const spec = await new Cluster().create('{ipFamilies: [IPv6]}');
    assert.equal(spec.clusterIPs?.length, 1);
    assert.match(spec.clusterIP ?? '', /^fd96::/);
  });

  test('preferred makes do with one family, required does not', async () => {
    const cluster = new Cluster(['10.96.0.0/12']);
    assert.deepEqual((await cluster.create('{ipFamilyPolicy: PreferDualStack}')).ipFamilies, ['IPv4']);
    await assert.rejects(
      cluster.create('{name: x, ipFamilyPolicy: RequireDualStack}'),
      says(
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      ),
    );
    await assert.rejects(
      cluster.create('{name: x, ipFamilies: [IPv6]}'),
      says('spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'),
    );
    await assert.rejects(
      cluster.create('{name: x, clusterIP: "fd96::1"}'),
      says('spec.clusterIPs[0]: Invalid value: ["fd96::1"]: IPv6 is not configured on this cluster'),
    );
  });

  test('of a headless Service without selector is the rule, as somebody else writes its endpoints', async () => {
    const spec = await new Cluster(['10.96.0.0/12']).create('{clusterIP: None}');
    assert.deepEqual([spec.ipFamilyPolicy, spec.ipFamilies], ['RequireDualStack', ['IPv4', 'IPv6']]);
  });

  for (const [yaml, message] of [
    [
      '{ipFamilies: [IPv4, IPv6]}',
      /must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families/,
    ],
    ['{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, "fd96::9"]}', /when multiple cluster IPs are specified/],
    ['{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.8]}', /first value must match `clusterIP`/],
    ['{clusterIPs: [10.96.0.8]}', /must be empty when `clusterIP` is not specified/],
    ['{clusterIP: None, clusterIPs: [None, 10.96.0.8]}', /'None' must be the first and only value/],
    [
      '{clusterIP: 10.96.0.9, ipFamilies: [IPv6]}',
      /expected an IPv6 value as indicated by `ipFamilies\[0\]`/,
    ],
    [
      '{ipFamilyPolicy: PreferDualStack, clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 10.96.0.8]}',
      /may specify no more than one IP for each IP family/,
    ],
    [
      '{ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv4]}',
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
    ],
    [
      '{ipFamilies: [IPv5]}',
      'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
    ],
  ] as const) {
    test(`refuses ${yaml}`, async () => assert.rejects(new Cluster().create(yaml), says(message)));
  }

  test('comes and goes with the policy alone, and gives the second address back', async () => {
    const cluster = new Cluster(['10.96.0.0/12', 'fd96::/127']);
    const one = await cluster.create('{name: web}');
    const two = await cluster.patch('web', { ipFamilyPolicy: 'PreferDualStack' });
    assert.deepEqual(two.clusterIPs, [one.clusterIP, 'fd96::1']);
    await assert.rejects(cluster.create('{name: x, clusterIP: "fd96::1"}'), says(/already allocated/));
    const again = await cluster.patch('web', { ipFamilyPolicy: 'SingleStack' });
    assert.deepEqual([again.clusterIPs, again.ipFamilies], [[one.clusterIP], ['IPv4']]);
    await cluster.create('{name: x, clusterIP: "fd96::1"}');
  });

  test('preferred does not come by itself when the cluster has become dual-stack, nor goes', async () => {
    const single = new Cluster(['10.96.0.0/12']);
    await single.create('{ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]}');
    const grown = new Cluster(dual, [...single.stored.values()]);
    const port = [{ port: 81, protocol: 'TCP' }];
    assert.deepEqual((await grown.patch('web', { ports: port })).ipFamilies, ['IPv4']);
    const both = await grown.patch('web', { ipFamilyPolicy: 'RequireDualStack' });
    assert.deepEqual([both.ipFamilies, both.clusterIPs?.length], [['IPv4', 'IPv6'], 2]);
    await grown.patch('web', { ipFamilyPolicy: 'PreferDualStack' });
    const shrunk = new Cluster(['10.96.0.0/12'], [...grown.stored.values()]);
    assert.deepEqual((await shrunk.patch('web', { ports: port })).ipFamilies, ['IPv4', 'IPv6']);
  });

  test('may name its second address when it asks for it, if that is free', async () => {
    const cluster = new Cluster();
    const { clusterIP = '' } = await cluster.create('{name: web}');
    await cluster.create('{name: x, clusterIP: "fd96::7"}');
    const ask = (second: string) =>
      cluster.patch('web', { ipFamilyPolicy: 'PreferDualStack', clusterIPs: [clusterIP, second] });
    await assert.rejects(
      ask('fd96::7'),
      says(/^spec\.clusterIPs: .* failed to allocate IP fd96::7: provided IP is already allocated$/),
    );
    await assert.rejects(ask('10.96.0.9'), says(/may specify no more than one IP for each IP family/));
    assert.deepEqual((await ask('fd96::8')).clusterIPs, [clusterIP, 'fd96::8']);
    // It is the Service's now, and stays when nobody says anything of it.
    assert.deepEqual((await cluster.replace('{name: web}')).clusterIPs, [clusterIP, 'fd96::8']);
    await assert.rejects(
      cluster.patch('web', { clusterIPs: [clusterIP, 'fd96::9'] }),
      says(`spec.clusterIPs[1]: Invalid value: ["${clusterIP}","fd96::9"]: may not change once set`),
    );
  });

  test('cannot change the order of its families', async () => {
    const cluster = new Cluster();
    await cluster.create(
      '{ipFamilyPolicy: PreferDualStack, clusterIP: 10.96.0.5, clusterIPs: [10.96.0.5, "fd96::5"]}',
    );
    await assert.rejects(
      cluster.patch('web', { ipFamilies: ['IPv6', 'IPv4'] }),
      says(
        '[spec.clusterIPs[0]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[0]`, spec.clusterIPs[1]: Invalid value: "fd96::5": expected an IPv4 value as indicated by `ipFamilies[1]`]',
      ),
    );
  });

  test('does not go without the policy', async () => {
    const cluster = new Cluster();
    const { clusterIP = '' } = await cluster.create('{ipFamilyPolicy: PreferDualStack}');
    await assert.rejects(
      cluster.patch('web', { clusterIPs: [clusterIP] }),
      says(/spec\.ipFamilyPolicy: .*must be 'SingleStack' to release the secondary cluster IP/),
    );
  });
});

describe('node ports', () => {
  test('are given above the reserved part', async () => {
    const port = (await new Cluster().create(nodePort)).ports?.[0]?.nodePort ?? 0;
    assert.ok(port >= 30086 && port <= 32767, `${port}`);
  });

  test('are the ones asked for, in the range and once', async () => {
    const cluster = new Cluster();
    const ask = (name: string, port: number) =>
      cluster.create(`{name: ${name}, type: NodePort, ports: [{port: 80, nodePort: ${port}}]}`);
    assert.equal((await ask('a', 30080)).ports?.[0]?.nodePort, 30080);
    await assert.rejects(
      ask('b', 80),
      says(
        'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
      ),
    );
    await assert.rejects(
      ask('b', 30080),
      says('spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'),
    );
  });

  test('of one number serve TCP and UDP of one Service, asked for or not', async () => {
    const cluster = new Cluster();
    const asked = await cluster.create(
      '{name: a, type: NodePort, ports: [{name: t, port: 53, nodePort: 30053}, {name: u, port: 53, protocol: UDP, nodePort: 30053}]}',
    );
    assert.deepEqual(
      asked.ports?.map((p) => p.nodePort),
      [30053, 30053],
    );
    const given = await cluster.create(
      '{name: b, type: NodePort, ports: [{name: t, port: 53}, {name: u, port: 53, protocol: UDP}, {name: h, port: 80}]}',
    );
    const [tcp, udp, http] = given.ports?.map((p) => p.nodePort) ?? [];
    assert.equal(tcp, udp);
    assert.notEqual(tcp, http);
    await assert.rejects(
      cluster.create('{name: c, type: NodePort, ports: [{port: 53, protocol: UDP, nodePort: 30053}]}'),
      says(/already allocated/),
    );
  });

  test('are never chosen at random before those asked for in the same Service', async () => {
    const cluster = new Cluster(dual, [], { first: 30000, last: 30001 });
    const spec = await cluster.create(
      '{type: NodePort, ports: [{name: a, port: 1}, {name: b, port: 2, nodePort: 30000}]}',
    );
    assert.deepEqual(
      spec.ports?.map((p) => p.nodePort),
      [30001, 30000],
    );
  });

  test('are not given to a LoadBalancer that does not want them, except those it names', async () => {
    const spec = await new Cluster().create(
      '{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{name: a, port: 80}, {name: b, port: 81, nodePort: 30081}]}',
    );
    assert.deepEqual(
      spec.ports?.map((p) => p.nodePort),
      [undefined, 30081],
    );
  });

  test('of a LoadBalancer that wants none any more stay until a manifest leaves them out, and come back', async () => {
    const cluster = new Cluster();
    const lb = '{type: LoadBalancer, ports: [{port: 80}], allocateLoadBalancerNodePorts:';
    const given = (await cluster.create(`${lb} true}`)).ports?.[0]?.nodePort;
    assert.ok(given);
    const kept = await cluster.patch('web', { allocateLoadBalancerNodePorts: false });
    assert.equal(kept.ports?.[0]?.nodePort, given);
    assert.equal((await cluster.replace(`${lb} false}`)).ports?.[0]?.nodePort, undefined);
    assert.ok(await cluster.create(`{name: x, type: NodePort, ports: [{port: 80, nodePort: ${given}}]}`));
    assert.ok((await cluster.patch('web', { allocateLoadBalancerNodePorts: true })).ports?.[0]?.nodePort);
  });

  test('for health checks belong to a LoadBalancer with local traffic', async () => {
    const cluster = new Cluster();
    const spec = await cluster.create(
      '{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31000, ports: [{port: 80}]}',
    );
    assert.equal(spec.healthCheckNodePort, 31000);
    const other = '{name: b, type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]';
    assert.ok((await cluster.create(`${other}}`)).healthCheckNodePort);
    await assert.rejects(
      cluster.create(`${other}, healthCheckNodePort: 31000}`),
      says('spec.healthCheckNodePort: Invalid value: 31000: provided port is already allocated'),
    );
    await assert.rejects(
      cluster.create(
        '{name: d, type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31500, ports: [{port: 80, nodePort: 31500}]}',
      ),
      says('spec.healthCheckNodePort: Invalid value: 31500: provided port is already allocated'),
    );
    await cluster.patch('web', { externalTrafficPolicy: 'Cluster' });
    assert.equal(cluster.stored.get('web')?.spec?.healthCheckNodePort, undefined);
    assert.ok(await cluster.create('{name: c, type: NodePort, ports: [{port: 80, nodePort: 31000}]}'));
  });
});

describe('an update', () => {
  test('with the same manifest keeps address and ports: kubectl replace', async () => {
    const cluster = new Cluster();
    const before = await cluster.create(nodePort);
    assert.deepEqual(await cluster.replace(nodePort), before);
  });

  test('keeps the ports by name when others come and go', async () => {
    const cluster = new Cluster();
    const before = await cluster.create(
      '{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81}]}',
    );
    const after = await cluster.replace(
      '{type: NodePort, ports: [{name: c, port: 82}, {name: b, port: 8081}]}',
    );
    assert.equal(after.ports?.[1]?.nodePort, before.ports?.[1]?.nodePort);
    assert.ok(after.ports?.[0]?.nodePort);
  });

  test('that moves a node port to another port is obeyed', async () => {
    const cluster = new Cluster();
    await cluster.create('{type: NodePort, ports: [{name: a, port: 80, nodePort: 30080}]}');
    const after = await cluster.replace(
      '{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81, nodePort: 30080}]}',
    );
    assert.equal(after.ports?.[1]?.nodePort, 30080);
    assert.notEqual(after.ports?.[0]?.nodePort, 30080);
  });

  test('cannot change the cluster IP, from or to none neither', async () => {
    const cluster = new Cluster();
    await cluster.create('{clusterIP: 10.96.0.20}');
    await assert.rejects(
      cluster.replace('{clusterIP: 10.96.0.21}'),
      says('spec.clusterIPs[0]: Invalid value: ["10.96.0.21"]: may not change once set'),
    );
    await assert.rejects(cluster.patch('web', { clusterIP: 'None' }), says(/may not change once set/));
    await cluster.create('{name: h, clusterIP: None}');
    await assert.rejects(cluster.patch('h', { clusterIP: '10.96.0.22' }), says(/may not change once set/));
    assert.ok(await cluster.create('{name: x, clusterIP: 10.96.0.21}'), 'the refused one is still free');
  });

  test('from NodePort to ClusterIP gives the ports back and keeps the address', async () => {
    const cluster = new Cluster();
    const before = await cluster.create(
      '{type: NodePort, externalTrafficPolicy: Cluster, ports: [{port: 80, nodePort: 30080}]}',
    );
    const after = await cluster.patch('web', { type: 'ClusterIP' });
    assert.deepEqual(after.ports, [{ port: 80, protocol: 'TCP' }]);
    assert.equal(after.externalTrafficPolicy, undefined);
    assert.equal(after.clusterIP, before.clusterIP);
    assert.ok(await cluster.create('{name: x, type: NodePort, ports: [{port: 80, nodePort: 30080}]}'));
  });

  test('from ClusterIP to NodePort and LoadBalancer adds ports and keeps them', async () => {
    const cluster = new Cluster();
    await cluster.create('{ports: [{port: 80}]}');
    const { ports } = await cluster.patch('web', { type: 'NodePort' });
    assert.ok(ports?.[0]?.nodePort);
    assert.deepEqual((await cluster.patch('web', { type: 'LoadBalancer' })).ports, ports);
  });

  test('to ExternalName gives the address back, and from it takes a new one', async () => {
    const cluster = new Cluster();
    await cluster.create('{clusterIP: 10.96.0.30, ports: [{port: 80}]}');
    const external = await cluster.patch('web', { type: 'ExternalName', externalName: 'example.com' });
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
      assert.ok(!(field in external), field);
    await cluster.create('{name: x, clusterIP: 10.96.0.30}');
    const back = await cluster.patch('web', { type: 'ClusterIP', externalName: null as never });
    assert.ok(back.clusterIP && back.clusterIP !== '10.96.0.30');
  });

  test('to ExternalName is the same for a headless Service whose clusterIP is taken away with it', async () => {
    const cluster = new Cluster();
    await cluster.create('{clusterIP: None, ports: [{port: 80}]}');
    const change = { type: 'ExternalName', externalName: 'example.com', clusterIP: null as never };
    const external = await cluster.patch('web', change);
    for (const field of ['clusterIP', 'clusterIPs']) assert.ok(!(field in external), field);
  });

  test('that takes the external IPs away takes the policy for them too', async () => {
    const cluster = new Cluster();
    await cluster.create('{externalIPs: [203.0.113.5], externalTrafficPolicy: Cluster, ports: [{port: 80}]}');
    assert.ok(!('externalTrafficPolicy' in (await cluster.patch('web', { externalIPs: [] }))));
  });

  test('away from LoadBalancer forgets what only that had, its status too', async () => {
    const cluster = new Cluster();
    await cluster.create(
      '{type: LoadBalancer, loadBalancerClass: a, allocateLoadBalancerNodePorts: true, ports: [{port: 80}]}',
    );
    const stored = cluster.stored.get('web');
    if (stored) stored.status = { loadBalancer: { ingress: [{ ip: '172.30.15.1' }] } };
    const after = await cluster.patch('web', { type: 'ClusterIP' });
    assert.ok(!('loadBalancerClass' in after) && !('allocateLoadBalancerNodePorts' in after));
    assert.deepEqual(cluster.stored.get('web')?.status, { loadBalancer: {} });
  });
});

describe('what was taken', () => {
  test('is given back when the write fails', async () => {
    const cluster = new Cluster();
    const yaml = '{clusterIP: 10.96.0.40, type: NodePort, ports: [{port: 80, nodePort: 30040}]}';
    await cluster.create(yaml, { fails: true });
    assert.ok(await cluster.create(yaml));
  });

  test('is given back when one of several cannot be had', async () => {
    const cluster = new Cluster();
    await cluster.create('{name: a, type: NodePort, ports: [{port: 80, nodePort: 30041}]}');
    await assert.rejects(
      cluster.create(
        '{name: b, clusterIP: 10.96.0.41, type: NodePort, ports: [{name: x, port: 1, nodePort: 30042}, {name: y, port: 2, nodePort: 30041}]}',
      ),
      says(/spec\.ports\[1\]\.nodePort/),
    );
    assert.ok(
      await cluster.create(
        '{name: c, clusterIP: 10.96.0.41, type: NodePort, ports: [{port: 1, nodePort: 30042}]}',
      ),
    );
  });

  test('is not kept by a dry run, which still shows it', async () => {
    const cluster = new Cluster(['10.0.0.0/30']);
    for (let i = 0; i < 5; i++) assert.ok((await cluster.create(nodePort, { dryRun: true })).clusterIP);
  });

  test('stays the Service’s when an update of it fails', async () => {
    const cluster = new Cluster();
    await cluster.create('{type: NodePort, ports: [{port: 80, nodePort: 30043}]}');
    await cluster.patch('web', { type: 'ClusterIP' }, { fails: true });
    await assert.rejects(
      cluster.create('{name: x, type: NodePort, ports: [{port: 80, nodePort: 30043}]}'),
      says(/already allocated/),
    );
  });

  test('is free again only when the deleted Service is gone', async () => {
    const cluster = new Cluster();
    await cluster.create('{clusterIP: 10.96.0.44}');
    const object = cluster.stored.get('web');
    assert.ok(object);
    const going: Operation = { verb: 'delete', kind: serviceKind, user, dryRun: false, object, old: object };
    await cluster.plugin.admit(going);
    await assert.rejects(cluster.create('{name: x, clusterIP: 10.96.0.44}'), says(/already allocated/));
    cluster.plugin.committed?.(going);
    assert.ok(await cluster.create('{name: x, clusterIP: 10.96.0.44}'));
  });
});

test('whatever is written, two Services never share an address or a port, and nothing is lost', async () => {
  const five = ['a', 'b', 'c', 'd', 'e'];
  const shape = fc.record({
    name: fc.constantFrom(...five),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    clusterIP: fc.constantFrom('', '', 'None', '10.0.0.1', '10.0.0.2', '10.0.0.9'),
    ipFamilyPolicy: fc.constantFrom('SingleStack', 'PreferDualStack'),
    local: fc.boolean(),
    nodePorts: fc.array(fc.constantFrom(0, 0, 30000, 30001, 30004), { maxLength: 3 }),
    outcome: fc.constantFrom('stored', 'stored', 'failed', 'deleted'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { maxLength: 25 }), async (writes) => {
      const small = { first: 30000, last: 30007 };
      const cluster = new Cluster(['10.0.0.0/29', 'fd00::/125'], [], small);
      for (const { name, outcome, nodePorts, local, clusterIP, ...rest } of writes) {
        const exists = cluster.stored.has(name);
        if (outcome === 'deleted') {
          if (exists) await cluster.delete(name);
          continue;
        }
        const ports = nodePorts.map((nodePort, i) => ({
          name: `p${i}`,
          port: 80 + i,
          ...(nodePort && { nodePort }),
        }));
        const spec = {
          name,
          ...rest,
          ...(clusterIP && { clusterIP }),
          ports,
          ...(local && { externalTrafficPolicy: 'Local' }),
        };
        const write = exists ? 'replace' : 'create';
        await cluster[write](JSON.stringify(spec), { fails: outcome === 'failed' }).catch((err: unknown) =>
          assert.ok(err instanceof StatusError, String(err)),
        );
        const held = [...cluster.stored.values()].map((service) => holdings(service.spec));
        const all = held.flatMap(({ ips, ports }) => [...ips, ...ports]);
        assert.equal(new Set(all).size, all.length, 'shared');
      }
      for (const name of five) if (cluster.stored.has(name)) await cluster.delete(name);
      for (let i = 0; i < 6; i++) await cluster.create(`{name: last${i}, type: ClusterIP, ports: []}`);
      const allPorts = Array.from({ length: 8 }, (_, i) => `{name: p${i}, port: ${i + 1}}`);
      await cluster.create(`{name: ports, type: NodePort, clusterIP: None, ports: [${allPorts.join(', ')}]}`);
    }),
    { numRuns: 60 },
  );
});
