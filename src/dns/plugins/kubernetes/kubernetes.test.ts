import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Client } from '../../../client/contract.ts';
import { generation } from '../../server/generation.ts';
import { clusterOf } from '../../testing/cluster.ts';
import { fakeContext, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, cnameRecord, replyTo } from '../../wire/message.ts';
import { kubernetes } from './index.ts';

const cluster = clusterOf(`
{ kind: Namespace, metadata: { name: default, namespace: } }
---
{ kind: Namespace, metadata: { name: empty, namespace: } }
---
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.17
  clusterIPs: [10.96.0.17, "fd96::11"]
  ports: [{ name: http, port: 80 }, { name: dns, port: 53, protocol: UDP }]
---
{ kind: Service, metadata: { name: plain }, spec: { clusterIP: 10.96.0.18, clusterIPs: [10.96.0.18], ports: [{ port: 80 }] } }
---
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
ports: [{ name: http, port: 8080, protocol: TCP }]
endpoints: [{ addresses: [10.244.0.20], conditions: { ready: true }, targetRef: { kind: Pod, name: pod-w } }]
---
{ kind: Service, metadata: { name: db }, spec: { clusterIP: None, clusterIPs: [None], ports: [{ name: sql, port: 5432 }] } }
---
kind: EndpointSlice
metadata: { name: db-4, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: sql, port: 15432, protocol: TCP }]
endpoints:
  - { addresses: [10.244.0.5], hostname: db-0, conditions: { ready: true } }
  - { addresses: [10.244.1.6], conditions: {} }
  - { addresses: [10.244.1.7], conditions: { ready: false } }
---
kind: EndpointSlice
metadata: { name: db-6, labels: { kubernetes.io/service-name: db } }
addressType: IPv6
ports: [{ name: sql, port: 15432, protocol: TCP }]
endpoints: [{ addresses: ["fd44::5"], hostname: db-0, conditions: { ready: true } }]
---
{ kind: Service, metadata: { name: down }, spec: { clusterIP: None, clusterIPs: [None], ports: [{ name: http, port: 80 }] } }
---
kind: EndpointSlice
metadata: { name: down-1, labels: { kubernetes.io/service-name: down } }
addressType: IPv4
ports: [{ name: http, port: 80, protocol: TCP }]
endpoints: [{ addresses: [10.244.1.8], hostname: d, conditions: { ready: false } }]
---
{ kind: Service, metadata: { name: alias }, spec: { type: ExternalName, externalName: web.default.svc.cluster.local } }
---
{ kind: Service, metadata: { name: outside }, spec: { type: ExternalName, externalName: www.example.com } }
---
{ kind: Service, metadata: { name: digits }, spec: { type: ExternalName, externalName: 192.0.2.7 } }
---
{ kind: Service, metadata: { name: round }, spec: { type: ExternalName, externalName: round.default.svc.cluster.local } }
---
kind: Pod
metadata: { name: p }
status: { phase: Running, podIPs: [{ ip: 10.244.0.5 }, { ip: "fd44::5" }] }
`);

const lines = 'kubernetes cluster.local in-addr.arpa ip6.arpa';
const soa = (zone: string, ttl = 5) =>
  `${zone} ${ttl} SOA ns.dns.cluster.local. hostmaster.cluster.local. 1767225600 7200 1800 86400 ${ttl}`;
const nxdomain = ['NXDOMAIN', '; authority', soa('cluster.local.')];
const noData = ['; authority', soa('cluster.local.')];

const over = new AbortController();
after(() => over.abort());

async function serve(corefile: string, client: Client = cluster) {
  const context = fakeContext({
    client: () => client,
    shared: (_name, make) => make(over.signal),
    resolve: (asked) => {
      // As far as this test's world goes, one name is outside.
      if (asked.name !== 'www.example.com.')
        return (asked.hops ?? 0) > 8 ? replyTo(asked.message, 2) : plugin.handle(asked, refused);
      const answers = [
        cnameRecord('www.example.com.', 60, 'host.example.com.'),
        addressRecord('host.example.com.', 60, '192.0.2.53'),
      ];
      return Promise.resolve({ ...replyTo(asked.message), answers });
    },
  });
  const plugin = setUpFrom(kubernetes, corefile, context) as Required<ReturnType<typeof kubernetes>>;
  while (plugin.notReady()) await new Promise(setImmediate);
  return async (text: string) => zoneText(await plugin.handle(query(text), refused));
}

const dig = await serve(lines);

describe('a Service with cluster addresses', () => {
  test('has an A and an AAAA record', async () => {
    assert.deepEqual(await dig('web.default.svc.cluster.local.'), [
      'web.default.svc.cluster.local. 5 A 10.96.0.17',
    ]);
    assert.deepEqual(await dig('web.default.svc.cluster.local. AAAA'), [
      'web.default.svc.cluster.local. 5 AAAA fd96::11',
    ]);
  });
  test('has no AAAA record with one family, which is not the same as not to exist', async () => {
    assert.deepEqual(await dig('plain.default.svc.cluster.local. AAAA'), noData);
    assert.deepEqual(await dig('plain.default.svc.cluster.local. MX'), noData);
  });
  test('keeps the case of the question', async () => {
    assert.deepEqual(await dig('WEB.default.svc.Cluster.Local.'), [
      'WEB.default.svc.Cluster.Local. 5 A 10.96.0.17',
    ]);
  });
  test('has an SRV record for each named port, with its addresses beside it', async () => {
    const beside = [
      '; additional',
      'web.default.svc.cluster.local. 5 A 10.96.0.17',
      'web.default.svc.cluster.local. 5 AAAA fd96::11',
    ];
    assert.deepEqual(await dig('_http._tcp.web.default.svc.cluster.local. SRV'), [
      '_http._tcp.web.default.svc.cluster.local. 5 SRV 0 100 80 web.default.svc.cluster.local.',
      ...beside,
    ]);
    assert.deepEqual(await dig('_dns._udp.web.default.svc.cluster.local. SRV'), [
      '_dns._udp.web.default.svc.cluster.local. 5 SRV 0 100 53 web.default.svc.cluster.local.',
      ...beside,
    ]);
  });
  test('has no SRV record for a port that it does not name, or by another protocol', async () => {
    assert.deepEqual(await dig('_http._udp.web.default.svc.cluster.local. SRV'), nxdomain);
    assert.deepEqual(await dig('_https._tcp.web.default.svc.cluster.local. SRV'), nxdomain);
    assert.deepEqual(await dig('_._tcp.plain.default.svc.cluster.local. SRV'), nxdomain);
  });
  test('tells all its ports at its own name', async () => {
    const [first, second] = await dig('web.default.svc.cluster.local. SRV');
    assert.equal(first, 'web.default.svc.cluster.local. 5 SRV 0 50 80 web.default.svc.cluster.local.');
    assert.equal(second, 'web.default.svc.cluster.local. 5 SRV 0 50 53 web.default.svc.cluster.local.');
  });
  test('is what the name of its port is below, so that its protocol alone is an empty name', async () => {
    assert.deepEqual(await dig('_tcp.web.default.svc.cluster.local. SRV'), noData);
    assert.deepEqual(await dig('_http._tcp.web.default.svc.cluster.local. A'), noData);
    assert.deepEqual(await dig('_sctp.web.default.svc.cluster.local. SRV'), nxdomain);
    assert.deepEqual(await dig('x._http._tcp.web.default.svc.cluster.local. SRV'), nxdomain);
  });
  test('is found by its addresses', async () => {
    assert.deepEqual(await dig('17.0.96.10.in-addr.arpa. PTR'), [
      '17.0.96.10.in-addr.arpa. 5 PTR web.default.svc.cluster.local.',
    ]);
    const reverse = `1.1.${'0.'.repeat(26)}6.9.d.f.ip6.arpa.`;
    assert.deepEqual(await dig(`${reverse} PTR`), [`${reverse} 5 PTR web.default.svc.cluster.local.`]);
  });
  test('is one record to who asks for all types (RFC 8482)', async () => {
    assert.deepEqual(await dig('web.default.svc.cluster.local. ANY'), [
      'web.default.svc.cluster.local. 5 A 10.96.0.17',
    ]);
    assert.equal((await dig('cluster.local. ANY')).length, 1);
    assert.equal((await dig('db.default.svc.cluster.local. ANY')).length, 1);
  });
  test('has its endpoints below it, by their addresses', async () => {
    assert.deepEqual(await dig('10-244-0-20.web.default.svc.cluster.local.'), [
      '10-244-0-20.web.default.svc.cluster.local. 5 A 10.244.0.20',
    ]);
  });
});

describe('a headless Service', () => {
  test('is all its ready endpoints', async () => {
    assert.deepEqual(await dig('db.default.svc.cluster.local.'), [
      'db.default.svc.cluster.local. 5 A 10.244.0.5',
      'db.default.svc.cluster.local. 5 A 10.244.1.6',
    ]);
    assert.deepEqual(await dig('db.default.svc.cluster.local. AAAA'), [
      'db.default.svc.cluster.local. 5 AAAA fd44::5',
    ]);
  });
  test('names an endpoint by its hostname, in both families', async () => {
    assert.deepEqual(await dig('db-0.db.default.svc.cluster.local.'), [
      'db-0.db.default.svc.cluster.local. 5 A 10.244.0.5',
    ]);
    assert.deepEqual(await dig('db-0.db.default.svc.cluster.local. AAAA'), [
      'db-0.db.default.svc.cluster.local. 5 AAAA fd44::5',
    ]);
  });
  test('names an endpoint without hostname by its address', async () => {
    assert.deepEqual(await dig('10-244-1-6.db.default.svc.cluster.local.'), [
      '10-244-1-6.db.default.svc.cluster.local. 5 A 10.244.1.6',
    ]);
    assert.deepEqual(await dig('10-244-0-5.db.default.svc.cluster.local.'), nxdomain);
  });
  test('says nothing of an endpoint that is not ready', async () => {
    assert.deepEqual(await dig('10-244-1-7.db.default.svc.cluster.local.'), nxdomain);
    const [code] = await dig('7.1.244.10.in-addr.arpa. PTR');
    assert.equal(code, 'NXDOMAIN');
  });
  test('does not exist while none of its endpoints is ready', async () => {
    assert.deepEqual(await dig('down.default.svc.cluster.local.'), nxdomain);
    assert.deepEqual(await dig('down.default.svc.cluster.local. SRV'), nxdomain);
    assert.deepEqual(await dig('_http._tcp.down.default.svc.cluster.local. SRV'), nxdomain);
  });
  test("has an SRV record for each endpoint, with the endpoints' port", async () => {
    assert.deepEqual(await dig('_sql._tcp.db.default.svc.cluster.local. SRV'), [
      '_sql._tcp.db.default.svc.cluster.local. 5 SRV 0 50 15432 db-0.db.default.svc.cluster.local.',
      '_sql._tcp.db.default.svc.cluster.local. 5 SRV 0 50 15432 10-244-1-6.db.default.svc.cluster.local.',
      '; additional',
      'db-0.db.default.svc.cluster.local. 5 A 10.244.0.5',
      '10-244-1-6.db.default.svc.cluster.local. 5 A 10.244.1.6',
      'db-0.db.default.svc.cluster.local. 5 AAAA fd44::5',
    ]);
  });
  test("is found by its endpoints' addresses, under their names", async () => {
    assert.deepEqual(await dig('5.0.244.10.in-addr.arpa. PTR'), [
      '5.0.244.10.in-addr.arpa. 5 PTR db-0.db.default.svc.cluster.local.',
    ]);
    assert.deepEqual(await dig('6.1.244.10.in-addr.arpa. PTR'), [
      '6.1.244.10.in-addr.arpa. 5 PTR 10-244-1-6.db.default.svc.cluster.local.',
    ]);
  });
});

describe('a Service of type ExternalName', () => {
  test('is an alias, followed inside the cluster', async () => {
    assert.deepEqual(await dig('alias.default.svc.cluster.local.'), [
      'alias.default.svc.cluster.local. 5 CNAME web.default.svc.cluster.local.',
      'web.default.svc.cluster.local. 5 A 10.96.0.17',
    ]);
  });
  test('is followed outside as well', async () => {
    assert.deepEqual(await dig('outside.default.svc.cluster.local.'), [
      'outside.default.svc.cluster.local. 5 CNAME www.example.com.',
      'www.example.com. 60 CNAME host.example.com.',
      'host.example.com. 60 A 192.0.2.53',
    ]);
  });
  test('is told alone when the alias is what was asked for', async () => {
    assert.deepEqual(await dig('outside.default.svc.cluster.local. CNAME'), [
      'outside.default.svc.cluster.local. 5 CNAME www.example.com.',
    ]);
  });
  test('that names an address leads nowhere', async () => {
    for (const type of ['A', 'CNAME'])
      assert.deepEqual(await dig(`digits.default.svc.cluster.local. ${type}`), nxdomain);
  });
  test('that leads to itself ends as a failure', async () => {
    assert.equal((await dig('round.default.svc.cluster.local.'))[0], 'SERVFAIL');
  });
});

describe('the zone itself', () => {
  test('has a SOA and an NS record', async () => {
    assert.deepEqual(await dig('cluster.local. SOA'), [soa('cluster.local.')]);
    assert.equal((await dig('cluster.local. NS'))[0], 'cluster.local. 5 NS ns.dns.cluster.local.');
    assert.deepEqual(await dig('cluster.local. A'), noData);
  });
  test('tells the version of the specification', async () => {
    assert.deepEqual(await dig('dns-version.cluster.local. TXT'), [
      'dns-version.cluster.local. 5 TXT "1.1.0"',
    ]);
    assert.deepEqual(await dig('dns-version.cluster.local. A'), noData);
    assert.deepEqual(await dig('x.dns-version.cluster.local. TXT'), nxdomain);
  });
  test('has names that only have others below them', async () => {
    for (const name of ['svc', 'default.svc', 'empty.svc', 'dns'])
      assert.deepEqual(await dig(`${name}.cluster.local.`), noData, name);
  });
  test('does not have what is not in the cluster', async () => {
    for (const name of [
      'nope',
      'nope.svc',
      'web.nope.svc',
      'nope.default.svc',
      'a.b.web.default.svc',
      'a.web.default.svc',
    ])
      assert.deepEqual(await dig(`${name}.cluster.local.`), nxdomain, name);
  });
  test('names that are in no zone of the plugin are passed on', async () => {
    assert.deepEqual(await dig('example.com.'), ['REFUSED']);
    assert.deepEqual(await dig('notcluster.local.'), ['REFUSED']);
  });
});

describe('names of pods', () => {
  test('do not exist by default', async () => {
    assert.deepEqual(await dig('10-244-0-5.default.pod.cluster.local.'), nxdomain);
    assert.deepEqual(await dig('pod.cluster.local.'), nxdomain);
  });
  test('are any address with `pods insecure`', async () => {
    const insecure = await serve(`${lines} {\n pods insecure\n}`);
    assert.deepEqual(await insecure('1-2-3-4.default.pod.cluster.local.'), [
      '1-2-3-4.default.pod.cluster.local. 5 A 1.2.3.4',
    ]);
    assert.deepEqual(await insecure('fd44--9.default.pod.cluster.local. AAAA'), [
      'fd44--9.default.pod.cluster.local. 5 AAAA fd44::9',
    ]);
    assert.deepEqual(await insecure('1-2-3-4.default.pod.cluster.local. AAAA'), noData);
    assert.deepEqual(await insecure('1-2-3-4.nope.pod.cluster.local.'), nxdomain);
    assert.deepEqual(await insecure('1-2-3.default.pod.cluster.local.'), nxdomain);
    assert.deepEqual(await insecure('x.1-2-3-4.default.pod.cluster.local.'), nxdomain);
    assert.deepEqual(await insecure('default.pod.cluster.local.'), noData);
  });
  test('are those of pods that are there with `pods verified`', async () => {
    const verified = await serve(`${lines} {\n pods verified\n}`);
    assert.deepEqual(await verified('10-244-0-5.default.pod.cluster.local.'), [
      '10-244-0-5.default.pod.cluster.local. 5 A 10.244.0.5',
    ]);
    assert.deepEqual(await verified('fd44--5.default.pod.cluster.local. AAAA'), [
      'fd44--5.default.pod.cluster.local. 5 AAAA fd44::5',
    ]);
    assert.deepEqual(await verified('10-244-0-6.default.pod.cluster.local.'), nxdomain);
    assert.deepEqual(await verified('10-244-0-5.empty.pod.cluster.local.'), nxdomain);
  });
});

describe('the lines in the Corefile', () => {
  test('set the ttl, of answers and of denials', async () => {
    const slow = await serve(`${lines} {\n ttl 30\n}`);
    assert.deepEqual(await slow('web.default.svc.cluster.local.'), [
      'web.default.svc.cluster.local. 30 A 10.96.0.17',
    ]);
    assert.deepEqual(await slow('nope.default.svc.cluster.local.'), [
      'NXDOMAIN',
      '; authority',
      soa('cluster.local.', 30),
    ]);
  });
  test('let names fall through that do not exist, and no others', async () => {
    const falling = await serve(`${lines} {\n fallthrough in-addr.arpa\n}`);
    assert.deepEqual(await falling('1.2.0.192.in-addr.arpa. PTR'), ['REFUSED']);
    assert.deepEqual(await falling('17.0.96.10.in-addr.arpa. A'), ['; authority', soa('in-addr.arpa.')]);
    assert.deepEqual(await falling('nope.default.svc.cluster.local.'), nxdomain);
    const all = await serve(`${lines} {\n fallthrough\n}`);
    assert.deepEqual(await all('nope.default.svc.cluster.local.'), ['REFUSED']);
  });
  test('that are not understood are refused with their line', () => {
    const host = {
      ...fakeContext({ client: () => cluster }),
      env: {},
      setUps: [['kubernetes', kubernetes]] as const,
    };
    const refusal = (block: string, expected: RegExp) =>
      assert.throws(() => generation(`. {\n${lines} {\n${block}\n}\n}`, host), expected);
    refusal('transfer to x', /^CorefileError: Corefile:3: kubernetes: option "transfer" is not supported$/);
    refusal('multicluster', /Corefile:3: kubernetes: multicluster needs a zone/);
    refusal('multicluster x', /the zone x\. of multicluster is not among its zones/);
    refusal('endpoint nowhere', /Corefile:3: kubernetes: endpoint is one URL/);
    refusal('endpoint https://a https://b', /endpoint is one URL/);
    refusal('tls cert.pem', /write `tls CERT KEY CACERT`/);
    refusal('kubeconfig', /write `kubeconfig FILE \[CONTEXT\]`/);
    refusal('kubeconfig /nowhere', /Corefile:2: kubernetes: ENOENT/);
    refusal('namespaces', /namespaces needs a name/);
    refusal('labels', /labels needs a selector/);
    refusal(
      'labels environment in (production',
      /Corefile:3: kubernetes: labels: .*found '', expected: ',' or '\)'/,
    );
    refusal('namespaces a\n namespace_labels b=c', /cannot both be set/);
    refusal('ignore nothing', /write `ignore empty_service`/);
    refusal('startup_timeout soon', /startup_timeout is a duration/);
    refusal('pods maybe', /Corefile:3: kubernetes: pods is one of disabled, insecure, verified, not "maybe"/);
    refusal('ttl 4000', /Corefile:3: kubernetes: ttl is a number of seconds from 0 to 3600, not "4000"/);
    assert.throws(
      () => setUpFrom(kubernetes, 'kubernetes', fakeContext()),
      /it needs the zone of the cluster/,
    );
  });
});

describe('options', () => {
  test('`namespaces` shows only these', async () => {
    const other = await serve(`${lines} {\n namespaces empty\n pods insecure\n}`);
    assert.deepEqual(await other('web.default.svc.cluster.local.'), nxdomain);
    assert.deepEqual(await other('default.svc.cluster.local.'), nxdomain);
    assert.deepEqual(await other('empty.svc.cluster.local.'), noData);
    assert.deepEqual(await other('1-2-3-4.default.pod.cluster.local.'), nxdomain);
    assert.equal((await other('17.0.96.10.in-addr.arpa. PTR'))[0], 'NXDOMAIN');
    const both = await serve(`${lines} {\n namespaces empty default\n}`);
    assert.equal((await both('web.default.svc.cluster.local.')).length, 1);
  });
  test('`namespace_labels` and `labels` are what the API server is asked by', async () => {
    const asked: string[] = [];
    const noting: Client = {
      ...cluster,
      list(resource, selectors = {}) {
        asked.push(`${resource.plural} ${selectors.labelSelector ?? ''}`.trim());
        return cluster.list(resource, selectors);
      },
    };
    await serve(`${lines} {\n labels app=web,tier in (a, b)\n namespace_labels team=x\n}`, noting);
    assert.deepEqual(asked.toSorted(), [
      'endpointslices app=web,tier in (a, b)',
      'namespaces team=x',
      'services app=web,tier in (a, b)',
    ]);
  });
  test('`endpoint_pod_names` names endpoints without a hostname as their pods', async () => {
    const named = await serve(`${lines} {\n endpoint_pod_names\n}`);
    assert.deepEqual(await named('pod-w.web.default.svc.cluster.local.'), [
      'pod-w.web.default.svc.cluster.local. 5 A 10.244.0.20',
    ]);
    assert.deepEqual(await named('10-244-0-20.web.default.svc.cluster.local.'), nxdomain);
    assert.equal((await named('db-0.db.default.svc.cluster.local.')).length, 1);
  });
  test('`noendpoints` does without endpoints', async () => {
    const without = await serve(`${lines} {\n noendpoints\n}`);
    assert.deepEqual(await without('db.default.svc.cluster.local.'), nxdomain);
    assert.equal((await without('web.default.svc.cluster.local.')).length, 1);
  });
  test('`ignore empty_service` denies Services without a ready endpoint', async () => {
    const strict = await serve(`${lines} {\n ignore empty_service\n}`);
    assert.deepEqual(await strict('plain.default.svc.cluster.local.'), nxdomain);
    assert.equal((await strict('web.default.svc.cluster.local.')).length, 1);
    assert.equal((await dig('plain.default.svc.cluster.local.')).length, 1);
  });
  test('those that only bound what this server never does are taken', async () => {
    await serve(
      `${lines} {\n startup_timeout 5s\n apiserver_qps 50\n apiserver_burst 10\n apiserver_max_inflight 4\n}`,
    );
  });
});

describe('Services of other clusters', async () => {
  const imports = clusterOf(`
{ kind: Namespace, metadata: { name: default, namespace: } }
---
{ kind: Service, metadata: { name: web }, spec: { clusterIP: 10.96.0.17, clusterIPs: [10.96.0.17] } }
---
kind: ServiceImport
metadata: { name: web }
spec: { type: ClusterSetIP, ips: [10.112.0.7], ports: [{ name: http, protocol: TCP, port: 80 }] }
---
{ kind: ServiceImport, metadata: { name: new }, spec: { type: ClusterSetIP, ports: [{ port: 80 }] } }
---
kind: ServiceImport
metadata: { name: db }
spec: { type: Headless, ports: [{ name: sql, protocol: TCP, port: 5432 }] }
---
kind: EndpointSlice
metadata:
  name: imported-db-east
  labels: { multicluster.kubernetes.io/service-name: db, multicluster.kubernetes.io/source-cluster: east }
addressType: IPv4
ports: [{ name: sql, port: 5432, protocol: TCP }]
endpoints: [{ addresses: [10.50.0.5], hostname: db-0 }, { addresses: [10.50.0.6] }]
---
kind: EndpointSlice
metadata:
  name: imported-web-east
  labels: { multicluster.kubernetes.io/service-name: web, multicluster.kubernetes.io/source-cluster: east }
addressType: IPv4
ports: [{ name: http, port: 80, protocol: TCP }]
endpoints: [{ addresses: [10.50.0.9], hostname: w }]
`);
  const lookUp = await serve(
    'kubernetes cluster.local clusterset.local {\n multicluster clusterset.local\n}',
    imports,
  );
  const there = (name: string) => lookUp(`${name.replace(' ', '.default.svc.clusterset.local. ')}`.trim());
  const absent = [
    'NXDOMAIN',
    '; authority',
    soa('clusterset.local.').replaceAll('.cluster.local', '.clusterset.local'),
  ];

  test('have the address of the set, and its ports', async () => {
    assert.deepEqual(await there('web A'), ['web.default.svc.clusterset.local. 5 A 10.112.0.7']);
    assert.deepEqual(await there('_http._tcp.web SRV'), [
      '_http._tcp.web.default.svc.clusterset.local. 5 SRV 0 100 80 web.default.svc.clusterset.local.',
      '; additional',
      'web.default.svc.clusterset.local. 5 A 10.112.0.7',
    ]);
    assert.deepEqual(await there('w.east.web A'), absent, 'its endpoints have no names');
    assert.deepEqual((await there('new A'))[0], '; authority', 'it has no address yet');
  });
  test('are their endpoints where they are headless, each with a name within its cluster', async () => {
    const name = 'db.default.svc.clusterset.local.';
    assert.deepEqual(await there('db A'), [`${name} 5 A 10.50.0.5`, `${name} 5 A 10.50.0.6`]);
    assert.deepEqual(await there('db-0.east.db A'), [`db-0.east.${name} 5 A 10.50.0.5`]);
    assert.deepEqual(await there('10-50-0-6.east.db A'), [`10-50-0-6.east.${name} 5 A 10.50.0.6`]);
    assert.equal((await there('_sql._tcp.db SRV'))[0], `_sql._tcp.${name} 5 SRV 0 50 5432 db-0.east.${name}`);
    assert.deepEqual((await there('east.db A'))[0], '; authority', 'it only has others below it');
    assert.deepEqual(await there('db-0.west.db A'), absent);
  });
  test('stand beside those of the own cluster', async () => {
    assert.deepEqual(await lookUp('web.default.svc.cluster.local.'), [
      'web.default.svc.cluster.local. 5 A 10.96.0.17',
    ]);
    assert.deepEqual((await lookUp('db.default.svc.cluster.local.'))[0], 'NXDOMAIN');
    assert.deepEqual(await lookUp('dns-version.clusterset.local. TXT'), [
      'dns-version.clusterset.local. 5 TXT "1.0.0"',
    ]);
  });
});

describe('another API server', () => {
  const endpointFor = (block: string) => {
    let found: unknown;
    const client = (endpoint?: unknown) => {
      found = endpoint;
      return cluster;
    };
    const context = fakeContext({ client, shared: (_name, make) => make(over.signal) });
    setUpFrom(kubernetes, `${lines} {\n${block}\n}`, context);
    return found;
  };
  const directory = mkdtempSync(join(tmpdir(), 'dns-kubernetes-'));
  after(() => rmSync(directory, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  test('is named by its URL, with a certificate', () => {
    const files = ['cert', 'key', 'ca'].map((name) => file(name, `the ${name}`));
    assert.deepEqual(endpointFor(`endpoint https://192.0.2.1:6443\n tls ${files.join(' ')}`), {
      server: 'https://192.0.2.1:6443',
      cert: 'the cert',
      key: 'the key',
      ca: 'the ca',
    });
    assert.equal(endpointFor(''), undefined);
  });
  test('is named by a kubeconfig, and a context of it', () => {
    const kubeconfig = file(
      'kubeconfig',
      `{ current-context: a, contexts: [{ name: a, context: { cluster: a } }, { name: b, context: { cluster: b } }],
         clusters: [{ name: a, cluster: { server: "https://a" } }, { name: b, cluster: { server: "https://b" } }] }`,
    );
    assert.deepEqual(endpointFor(`kubeconfig ${kubeconfig}`), { server: 'https://a' });
    assert.deepEqual(endpointFor(`kubeconfig ${kubeconfig} b`), { server: 'https://b' });
  });
});

test('a pod’s search path is that of its namespace', async () => {
  const context = fakeContext({ client: () => cluster, shared: (_name, make) => make(over.signal) });
  const plugin = setUpFrom(kubernetes, `${lines} {\n pods verified\n}`, context);
  while (plugin.notReady?.()) await new Promise(setImmediate);
  const pathOf = (address: string) => plugin.searchPath?.({ address, port: 1, protocol: 'udp' });
  assert.deepEqual(pathOf('10.244.0.5')?.slice(0, 3), [
    'default.svc.cluster.local.',
    'svc.cluster.local.',
    'cluster.local.',
  ]);
  assert.equal(pathOf('10.244.9.9'), undefined);
});

test('before the cluster was read, nothing is known not to exist', async () => {
  const silent: Client = { ...cluster, list: () => new Promise(() => {}) };
  const context = fakeContext({ client: () => silent, shared: (_name, make) => make(over.signal) });
  const plugin = setUpFrom(kubernetes, lines, context);
  assert.equal(plugin.notReady?.(), 'the cluster has not been read yet');
  const reply = await plugin.handle?.(query('web.default.svc.cluster.local.'), refused);
  assert.deepEqual(reply && zoneText(reply), ['SERVFAIL']);
  plugin.start?.();
  context.clock.advance(5_000);
  await new Promise(setImmediate);
  assert.match(context.log.lines[0] ?? '', /^warn the Kubernetes API has not been read yet/);
});

test('an answer from the cluster is there at once and says that it is authoritative', async () => {
  const context = fakeContext({ client: () => cluster, shared: (_name, make) => make(over.signal) });
  const plugin = setUpFrom(kubernetes, lines, context);
  while (plugin.notReady?.()) await new Promise(setImmediate);
  const reply = plugin.handle?.(query('web.default.svc.cluster.local.'), refused);
  assert.ok(reply && !(reply instanceof Promise), 'no promise on the way of a cluster name');
  assert.equal(reply.authoritative, true);
});
