import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Kind } from '../kind.ts';
import { setDefaults } from '../schema/defaults.ts';
import { tableOf } from '../table.ts';
import type { KubeObject } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { ingress } from './ingress/kind.ts';
import { ingressClass } from './ingressclass/kind.ts';
import { ipAddress } from './ipaddress/kind.ts';
import { networkPolicy } from './networkpolicy/kind.ts';
import { serviceCIDR } from './servicecidr/kind.ts';

/** What is wrong with an object of this spec, as `kubectl` prints it. */
function wrong<T extends KubeObject>(kind: Kind<T>, spec: object, name = 'x'): string[] {
  const object = setDefaults(kind, madeOf<T>(spec, name, kind.resource.namespaced));
  return validateCreate(kind, object).map((e) => `${e.field}: ${e.message}`);
}

function wrongUpdate<T extends KubeObject>(kind: Kind<T>, spec: object, old: object, name = 'x'): string[] {
  const [after, before] = [spec, old].map((s) =>
    setDefaults(kind, madeOf<T>(s, name, kind.resource.namespaced)),
  );
  if (!after || !before) throw new Error('both are there');
  return validateUpdate(kind, after, before).map((e) => `${e.field}: ${e.message}`);
}

const madeOf = <T extends KubeObject>(spec: object, name: string, namespaced: boolean): T =>
  ({
    metadata: { name, ...(namespaced && { namespace: 'default' }) },
    spec: structuredClone(spec),
  }) as unknown as T;

describe('a NetworkPolicy', () => {
  const typesOf = (spec: object) =>
    setDefaults(networkPolicy, madeOf<KubeObject & { spec?: { policyTypes?: string[] } }>(spec, 'x', true))
      .spec?.policyTypes;

  test('is about what comes in, and about what goes out when it has rules for that', () => {
    assert.deepEqual(typesOf({ podSelector: {} }), ['Ingress']);
    assert.deepEqual(typesOf({ podSelector: {}, egress: [{}] }), ['Ingress', 'Egress']);
    assert.deepEqual(typesOf({ podSelector: {}, policyTypes: ['Egress'] }), ['Egress']);
  });

  test('may name ports by number, by name and by range', () => {
    const ports = [{ port: 80 }, { port: 'http', protocol: 'UDP' }, { port: 32000, endPort: 32768 }];
    assert.deepEqual(wrong(networkPolicy, { ingress: [{ ports }] }), []);
  });

  test('is told which port cannot be', () => {
    const ports = [{ port: 0 }, { port: 'http', endPort: 90 }, { endPort: 90 }, { port: 90, endPort: 80 }];
    assert.deepEqual(wrong(networkPolicy, { egress: [{ ports }] }), [
      'spec.egress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.egress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      'spec.egress[0].ports[2].port: Required value: may not be specified when `port` is not specified',
      'spec.egress[0].ports[3].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ]);
  });

  test('names peers by selectors or by a block, not by both, and not by nothing', () => {
    const block = { cidr: '10.0.0.0/8' };
    assert.deepEqual(
      wrong(networkPolicy, { ingress: [{ from: [{}, { ipBlock: block, podSelector: {} }] }] }),
      [
        'spec.ingress[0].from[0]: Required value: must specify a peer',
        'spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer',
      ],
    );
  });

  test('excepts only what is within the block', () => {
    const blocks = [
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
      { cidr: '10.0.0.0/8', except: ['11.0.0.0/16', '10.0.0.0/8', 'x'] },
      { cidr: 'fd00::/8', except: ['10.0.0.0/16'] },
    ];
    assert.deepEqual(wrong(networkPolicy, { egress: [{ to: blocks.map((ipBlock) => ({ ipBlock })) }] }), [
      'spec.egress[0].to[1].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      'spec.egress[0].to[1].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.egress[0].to[1].ipBlock.except[2]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.egress[0].to[2].ipBlock.except[0]: Invalid value: "10.0.0.0/16": must be a strict subset of `cidr`',
    ]);
  });

  test('knows two policy types', () => {
    assert.deepEqual(wrong(networkPolicy, { policyTypes: ['Sideways'] }), [
      'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"',
    ]);
  });
});

describe('an Ingress', () => {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const path = (over: object) => ({
    rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...over }] } }],
  });

  test('needs rules or a default backend', () => {
    assert.match(
      wrong(ingress, {})[0] ?? '',
      /^spec: Invalid value: .*either `defaultBackend` or `rules` must be specified$/,
    );
    assert.deepEqual(wrong(ingress, { defaultBackend: backend }), []);
  });

  test('says how a path is matched, and matches no path that could mean another', () => {
    assert.deepEqual(wrong(ingress, path({ pathType: undefined })), [
      'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    ]);
    assert.deepEqual(wrong(ingress, path({ pathType: 'Regex' })), [
      'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ]);
    assert.deepEqual(wrong(ingress, path({ path: 'api' })), [
      'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
    ]);
    assert.deepEqual(wrong(ingress, path({ path: '/a/../b/.' })), [
      'spec.rules[0].http.paths[0].path: Invalid value: "/a/../b/.": must not contain \'/../\'',
      'spec.rules[0].http.paths[0].path: Invalid value: "/a/../b/.": cannot end with \'/.\'',
    ]);
    assert.deepEqual(wrong(ingress, path({ path: '', pathType: 'ImplementationSpecific' })), []);
  });

  test('is about hosts, which may begin with a wildcard and are no addresses', () => {
    const hosts = (...names: string[]) => ({
      defaultBackend: backend,
      rules: names.map((host) => ({ host })),
    });
    assert.deepEqual(wrong(ingress, hosts('example.com', '*.example.com')), []);
    assert.deepEqual(wrong(ingress, hosts('10.0.0.1')), [
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ]);
    assert.match(wrong(ingress, hosts('a.*.com'))[0] ?? '', /a wildcard DNS-1123 subdomain must start with/);
  });

  test('names one port of a Service, or a resource', () => {
    const service = (port: object) => path({ backend: { service: { name: 'web', port } } });
    const at = 'spec.rules[0].http.paths[0].backend';
    assert.deepEqual(wrong(ingress, service({ name: 'http' })), []);
    assert.deepEqual(wrong(ingress, service({})), [
      `${at}.service.port: Required value: port name or number is required`,
    ]);
    assert.deepEqual(wrong(ingress, service({ name: 'http', number: 80 })), [
      `${at}.service.port: Forbidden: cannot set both port name & port number`,
    ]);
    assert.deepEqual(wrong(ingress, path({ backend: {} })), [
      `${at}: Invalid value: "": resource or service backend is required`,
    ]);
  });

  test('prints what it is about', () => {
    const rules = ['a.test', 'b.test', 'c.test', 'd.test'].map((host) => ({ host }));
    const object = {
      ...madeOf<KubeObject>({ ingressClassName: 'nginx', rules, tls: [{}] }, 'web', true),
      status: { loadBalancer: { ingress: [{ ip: '172.30.15.1' }] } },
    };
    assert.deepEqual(tableOf(ingress, [object], 0).rows[0]?.cells.slice(0, 5), [
      'web',
      'nginx',
      'a.test,b.test,c.test + 1 more...',
      '172.30.15.1',
      '80, 443',
    ]);
  });
});

describe('an IngressClass', () => {
  test('names its controller by a path with a domain, once and for all', () => {
    assert.deepEqual(wrong(ingressClass, { controller: 'example.com/ingress' }), []);
    assert.deepEqual(wrong(ingressClass, {}), ['spec.controller: Required value']);
    assert.deepEqual(wrong(ingressClass, { controller: 'ingress' }), [
      'spec.controller: Invalid value: "ingress": must be a domain-prefixed path (such as "acme.io/foo")',
    ]);
    assert.deepEqual(wrongUpdate(ingressClass, { controller: 'a.io/b' }, { controller: 'a.io/a' }), [
      'spec.controller: Invalid value: "a.io/b": field is immutable',
    ]);
  });

  test('has parameters in the cluster, or in a namespace that it names', () => {
    const parameters = (over: object) => ({
      controller: 'a.io/b',
      parameters: { kind: 'K', name: 'n', ...over },
    });
    assert.deepEqual(wrong(ingressClass, parameters({})), []);
    assert.deepEqual(wrong(ingressClass, parameters({ scope: 'Namespace' })), [
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ]);
    assert.deepEqual(wrong(ingressClass, parameters({ namespace: 'x' })), [
      "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
    ]);
  });
});

describe('an IPAddress', () => {
  test('is an address that belongs to something, and stays there', () => {
    const parentRef = { resource: 'services', namespace: 'default', name: 'web' };
    assert.deepEqual(wrong(ipAddress, { parentRef }, '10.96.0.7'), []);
    assert.deepEqual(wrong(ipAddress, { parentRef }, 'web'), [
      'metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ]);
    assert.deepEqual(wrong(ipAddress, { parentRef }, 'fd96:0::7'), [
      'metadata.name: Invalid value: "fd96:0::7": must be in canonical form ("fd96::7")',
    ]);
    assert.deepEqual(wrong(ipAddress, {}, '10.96.0.7'), ['spec.parentRef: Required value']);
    const other = { parentRef: { ...parentRef, name: 'other' } };
    assert.match(wrongUpdate(ipAddress, other, { parentRef }, '10.96.0.7')[0] ?? '', /field is immutable$/);
  });
});

describe('a ServiceCIDR', () => {
  test('has one range, or one a family, for ever', () => {
    assert.deepEqual(wrong(serviceCIDR, { cidrs: ['10.200.0.0/16', 'fd97::/112'] }), []);
    assert.deepEqual(wrong(serviceCIDR, {}), ['spec.cidrs: Required value: at least one CIDR required']);
    assert.match(
      wrong(serviceCIDR, { cidrs: ['10.1.0.0/16', '10.2.0.0/16'] })[0] ?? '',
      /may specify no more than one IP for each IP family/,
    );
    assert.match(
      wrongUpdate(serviceCIDR, { cidrs: ['10.2.0.0/16'] }, { cidrs: ['10.1.0.0/16'] })[0] ?? '',
      /immutable$/,
    );
  });

  test('may get a second family, and no other first one with it', () => {
    const before = { cidrs: ['10.1.0.0/16'] };
    assert.deepEqual(wrongUpdate(serviceCIDR, { cidrs: ['10.1.0.0/16', 'fd97::/112'] }, before), []);
    assert.deepEqual(wrongUpdate(serviceCIDR, { cidrs: ['10.2.0.0/16', 'fd97::/112'] }, before), [
      'spec.cidrs[0]: Invalid value: "10.2.0.0/16": field is immutable',
    ]);
  });

  test('is a whole range that can be counted', () => {
    assert.deepEqual(wrong(serviceCIDR, { cidrs: ['10.200.0.5/16'] }), [
      'spec.cidrs[0]: Invalid value: "10.200.0.5/16": must not have bits set beyond the prefix length',
    ]);
    assert.deepEqual(wrong(serviceCIDR, { cidrs: ['FD97::/112'] }), [
      'spec.cidrs[0]: Invalid value: "FD97::/112": must be in canonical form ("fd97::/112")',
    ]);
    assert.deepEqual(wrong(serviceCIDR, { cidrs: ['fd97::/48'] }), [
      'spec.cidrs[0]: Invalid value: "fd97::/48": shortest allowed prefix length for service CIDR is 64, got 48',
    ]);
  });
});
