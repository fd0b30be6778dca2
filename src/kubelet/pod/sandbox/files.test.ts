import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podOf } from '../../testing/pod.ts';
import { hostsFile, podHostname, resolvConf } from './files.ts';

const domain = 'cluster.local';

describe('the hostname', () => {
  const name = (yaml: string) => podHostname(podOf(yaml), domain, 'node1');
  test("is the pod's name", () => assert.equal(name('metadata: {name: web-0}'), 'web-0'));
  test('is spec.hostname', () => assert.equal(name('spec: {hostname: db}'), 'db'));
  test('has 63 characters at most', () => {
    const long = `${'a'.repeat(62)}-${'b'.repeat(20)}`;
    assert.equal(name(`metadata: {name: ${long}}`), 'a'.repeat(62));
  });
  test('is the whole domain name when the pod wants that', () => {
    assert.equal(
      name('spec: {hostname: db, subdomain: sql, setHostnameAsFQDN: true}'),
      'db.sql.default.svc.cluster.local',
    );
    assert.equal(name('spec: {hostname: db, setHostnameAsFQDN: true}'), 'db');
  });
  test('is refused in the kubelet’s words where the kernel takes no name so long', () => {
    const long = `${'h'.repeat(40)}.sql.default.svc.cluster.local`;
    assert.throws(
      () => name(`spec: {hostname: ${'h'.repeat(40)}, subdomain: sql, setHostnameAsFQDN: true}`),
      {
        message: `failed to construct FQDN from pod hostname and cluster domain, FQDN ${long} is too long (64 characters is the max, 70 characters requested)`,
      },
    );
  });
  test('is what overrides it, whole, whatever else is said', () => {
    const long = `${'a'.repeat(60)}.b.c`;
    assert.equal(name(`spec: {hostname: db, subdomain: sql, hostnameOverride: ${long}}`), long);
  });
  test("is the node's on the node's network", () =>
    assert.equal(name('spec: {hostNetwork: true, hostname: db}'), 'node1'));
});

describe('/etc/hosts', () => {
  test('has the pod under its own names, and its aliases', () => {
    const pod = podOf(
      'spec: {hostname: db, subdomain: sql, hostAliases: [{ip: 1.2.3.4, hostnames: [a, b]}]}',
    );
    assert.equal(
      hostsFile(pod, ['10.244.0.5', 'fd44::5'], domain, ''),
      `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
10.244.0.5\tdb.sql.default.svc.cluster.local\tdb
fd44::5\tdb.sql.default.svc.cluster.local\tdb

# Entries added by HostAliases.
1.2.3.4\ta\tb
`,
    );
  });
  test('has no domain name of a pod whose hostname is overridden: DNS has another one', () => {
    const pod = podOf('spec: {hostname: db, subdomain: sql, hostnameOverride: own.name}');
    assert.match(hostsFile(pod, ['10.244.0.5'], domain, ''), /^10\.244\.0\.5\town\.name$/m);
  });
  test("of a pod on the node's network is the node's", () =>
    assert.equal(
      hostsFile(podOf('spec: {hostNetwork: true}'), ['172.30.0.2'], domain, '127.0.0.1 node1\n'),
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1 node1\n',
    ));
});

describe('/etc/resolv.conf', () => {
  const settings = {
    clusterDNS: ['10.96.0.10'],
    clusterDomain: domain,
    nodeResolvConf: '# a comment\nnameserver 9.9.9.9\nsearch example.com\noptions edns0\n',
  };
  const made = (spec: string) => resolvConf(podOf(`spec: ${spec}`), settings);
  const text = (spec: string) => made(spec).text;
  const cluster = `search default.svc.cluster.local svc.cluster.local cluster.local example.com
nameserver 10.96.0.10
options ndots:5
`;
  const node = 'search example.com\nnameserver 9.9.9.9\noptions edns0\n';

  test('ClusterFirst asks the cluster', () => assert.equal(text('{dnsPolicy: ClusterFirst}'), cluster));
  test("ClusterFirst on the node's network asks the node's", () =>
    assert.equal(text('{dnsPolicy: ClusterFirst, hostNetwork: true}'), node));
  test('ClusterFirstWithHostNet asks the cluster all the same', () =>
    assert.equal(text('{dnsPolicy: ClusterFirstWithHostNet, hostNetwork: true}'), cluster));
  test("Default is the node's own", () => assert.equal(text('{dnsPolicy: Default}'), node));
  test('None is what dnsConfig says', () =>
    assert.equal(
      text(
        '{dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1], searches: [a.b], options: [{name: ndots, value: "2"}, {name: edns0, value: ""}]}}',
      ),
      'search a.b\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
    ));
  test('dnsConfig adds to the policy, and its options win', () =>
    assert.equal(
      text(
        '{dnsConfig: {nameservers: [1.1.1.1, 10.96.0.10], searches: [a.b], options: [{name: ndots, value: "2"}]}}',
      ),
      `search default.svc.cluster.local svc.cluster.local cluster.local example.com a.b
nameserver 10.96.0.10
nameserver 1.1.1.1
options ndots:2
`,
    ));
  test('has no more nameservers than the C library takes, and says which ones', () => {
    const { text: written, omissions } = made('{dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3]}}');
    assert.deepEqual(written.match(/(?<=nameserver ).*/g), ['10.96.0.10', '1.1.1.1', '1.1.1.2']);
    assert.deepEqual(omissions, [
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 1.1.1.1 1.1.1.2',
    ]);
    assert.deepEqual(made('{dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2]}}').omissions, []);
  });
  test('has no more search domains than 32, of 2048 characters together', () => {
    const searched = (searches: string[]) => {
      const { text: written, omissions } = made(`{dnsConfig: {searches: [${searches.join(', ')}]}}`);
      return { count: (/^search (.*)$/m.exec(written)?.[1] ?? '').split(' ').length, omissions };
    };
    const many = searched(Array.from({ length: 40 }, (_, i) => `d${i}.example`));
    assert.equal(many.count, 32);
    assert.match(
      many.omissions[0] ?? '',
      /^Search Line limits were exceeded, .* default\.svc\.cluster\.local /,
    );
    const long = Array.from({ length: 10 }, (_, i) => `${`${i}`.repeat(60)}.`.repeat(4).slice(0, -1));
    assert.equal(searched(long).count, 4 + 8);
  });
});
