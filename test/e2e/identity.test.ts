/** Who somebody is, as people and their tools meet it: certificates, tokens, secrets on the disk, the audit log. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CertificateSigningRequest, Secret } from '../../src/api/types.ts';
import type { ClusterCertificates } from '../../src/cluster/certificates.ts';
import { clusterPaths, nodePaths } from '../../src/cluster/paths.ts';
import { run } from '../../src/lib/exec.ts';
import {
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../../src/lib/pki/certificate.ts';
import { expiresAtMs } from '../../src/lib/pki/expiry.ts';
import { startCluster, switchboard, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createToken, kubeconfigFor, kubectlWith } from '../support/kubectl.ts';
import { type KubectlProgram, kubectls } from '../support/kubectls.ts';

const name = 'e2e-identity';
const dayMs = 24 * 3600_000;
const policy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  resources: [{group: "", resources: [secrets]}]
- level: RequestResponse
  omitManagedFields: true
  resources: [{group: certificates.k8s.io}]
- level: None
`;

interface AuditEvent {
  level: string;
  stage: string;
  verb: string;
  user: { username: string };
  impersonatedUser?: { username: string };
  objectRef?: { resource: string; name?: string };
  responseStatus: { code: number };
  requestObject?: unknown;
}

describe('identity', { timeout: 300_000 }, () => {
  let cluster: TestCluster;
  let folder: string;
  let programs: KubectlProgram[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'identity-'));
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, policy);
    [cluster, programs] = await Promise.all([
      startCluster({ name, options: ['--audit-policy', file] }),
      kubectls(),
    ]);
  });
  after(async () => {
    await cluster?.down();
    rmSync(folder, { recursive: true, force: true });
  });

  const disk = () => nodePaths(name, `${name}-1`).var;
  const auditEvents = (): AuditEvent[] =>
    readFileSync(join(disk(), 'log/switchboard/audit/audit.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEvent);

  /** A person with a key of her own, and nobody's certificate yet. */
  async function request(user: string): Promise<{ key: string; csr: string }> {
    const [key, csr] = [join(folder, `${user}.key`), join(folder, `${user}.csr`)];
    await run('openssl', ['genrsa', '-out', key, '2048']);
    await run('openssl', ['req', '-new', '-key', key, '-out', csr, '-subj', `/O=dev/CN=${user}`]);
    const manifest = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: user },
      spec: {
        request: readFileSync(csr).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        expirationSeconds: 86_400,
        usages: ['client auth'],
      },
    };
    await cluster.kubectl.input(JSON.stringify(manifest), 'apply', '-f', '-');
    return { key, csr };
  }

  const row = async (user: string) =>
    (await cluster.kubectl('get', 'csr', user, '--no-headers')).trim().split(/ {2,}/);

  test('every kubectl approves a certificate, and its owner is let in with it', async () => {
    for (const { version, path } of programs) {
      const user = `jane-${version}`;
      const { key } = await request(user);
      const kubectl = kubectlWith(cluster.kubeconfig, path);
      assert.match((await row(user)).join(' '), /kube-apiserver-client kubernetes-admin 24h Pending$/);
      assert.match(await kubectl('certificate', 'approve', user), /approved/);
      const certificate = await eventually(async () => {
        const csr = await cluster.kubectl.json<CertificateSigningRequest>('get', 'csr', user);
        assert.ok(csr.status?.certificate, version);
        return csr.status.certificate;
      });
      assert.equal((await row(user)).at(-1), 'Approved,Issued');
      const pair = {
        certificate: Buffer.from(certificate, 'base64').toString(),
        privateKey: readFileSync(key, 'utf8'),
      };
      const config = kubeconfigFor(pair, join(folder, `${user}.kubeconfig`), cluster.kubeconfig);
      const own = kubectlWith(config, path);
      const refused = await own.attempt('get', 'pods');
      assert.match(refused.stderr, new RegExp(`User "${user}" cannot list resource "pods"`));
      const binding = ['create', 'rolebinding', user, '--clusterrole=view', `--user=${user}`];
      await cluster.kubectl(...binding);
      await eventually(() => own('get', 'pods'));
    }
  });

  /** What `kubectl auth whoami` asks, which old ones do not have. */
  const whoami = (): string[] => {
    const file = join(folder, 'whoami.json');
    writeFileSync(file, '{"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}');
    return ['create', '--raw', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '-f', file];
  };

  test('a review of oneself says name and groups, of the administrator and of who he acts as', async () => {
    assert.match(await cluster.kubectl(...whoami()), /kubernetes-admin[\s\S]*system:masters/);
    const as = await cluster.kubectl(...whoami(), '--as=jane', '--as-group=dev');
    assert.match(as, /"jane"[\s\S]*"dev"/);
  });

  test('a request that is denied stays without a certificate', async () => {
    await request('mallory');
    assert.match(await cluster.kubectl('certificate', 'deny', 'mallory'), /denied/);
    assert.equal((await row('mallory')).at(-1), 'Denied');
    const again = await cluster.kubectl.attempt('certificate', 'approve', 'mallory');
    assert.match(again.stderr, /is already Denied|mutually exclusive/);
  });

  /** The cluster's kubeconfig with nobody in it. */
  const nobody = (): string => {
    const file = join(folder, 'nobody.kubeconfig');
    const text = readFileSync(cluster.kubeconfig, 'utf8');
    writeFileSync(
      file,
      text.replace(/client-certificate-data: .*\n +client-key-data: .*\n/, 'tokenFile: ""\n'),
    );
    return file;
  };
  /** With nothing but a token. */
  const withToken = (token: string) => {
    const kubectl = kubectlWith(nobody(), programs.at(-1)?.path);
    return (...args: string[]) => kubectl.attempt(`--token=${token}`, ...args);
  };

  test('tokens for an account, for an audience, for a time, bound to what may go', async () => {
    const { kubectl } = cluster;
    await kubectl('create', 'serviceaccount', 'robot');
    const create = (spec: object) => createToken(kubectl, 'robot', { ...spec });
    const plain = await create({ expirationSeconds: 1_200 });
    assert.match((await withToken(plain)(...whoami())).stdout, /system:serviceaccount:default:robot/);

    const vault = await create({ audiences: ['vault'] });
    assert.match((await withToken(vault)('get', 'pods')).stderr, /Unauthorized|must be logged in/);

    await kubectl('create', 'secret', 'generic', 'lease');
    const bound = await create({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'lease' } });
    assert.equal((await withToken(bound)(...whoami())).code, 0);
    await kubectl('delete', 'secret', 'lease');
    assert.match((await withToken(bound)(...whoami())).stderr, /Unauthorized|must be logged in/);

    await kubectl('delete', 'serviceaccount', 'robot');
    assert.match((await withToken(plain)(...whoami())).stderr, /Unauthorized|must be logged in/);
  });

  test('a Secret for an account gets a token that lasts, and goes with the account', async () => {
    await cluster.kubectl('create', 'serviceaccount', 'builder');
    const manifest = `
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata: {name: builder-token, annotations: {kubernetes.io/service-account.name: builder}}
`;
    await cluster.kubectl.input(manifest, 'apply', '-f', '-');
    const token = await eventually(async () => {
      const { data } = await cluster.kubectl.json<Secret>('get', 'secret', 'builder-token');
      assert.ok(data?.['token'] && data['ca.crt']);
      return Buffer.from(data['token'], 'base64').toString();
    });
    assert.match((await withToken(token)(...whoami())).stdout, /system:serviceaccount:default:builder/);
    await cluster.kubectl('delete', 'serviceaccount', 'builder');
    await eventually(async () => {
      const gone = await cluster.kubectl.attempt('get', 'secret', 'builder-token');
      assert.match(gone.stderr, /not found/);
    });
  });

  test('a bootstrap token lets somebody in who joins, and tells where the cluster is', async () => {
    const manifest = `
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata: {name: bootstrap-token-07401b, namespace: kube-system}
stringData:
  token-id: 07401b
  token-secret: f395accd246ae52d
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: system:bootstrappers:worker
`;
    await cluster.kubectl.input(manifest, 'apply', '-f', '-');
    const { stdout } = await withToken('07401b.f395accd246ae52d')(...whoami());
    assert.match(stdout, /system:bootstrap:07401b[\s\S]*system:bootstrappers:worker/);
    await eventually(async () => {
      const info = await cluster.kubectl('-n', 'kube-public', 'get', 'cm', 'cluster-info', '-o', 'yaml');
      assert.match(info, /jws-kubeconfig-07401b/);
    });
  });

  test('nobody in particular may ask for health and version, and nothing else', async () => {
    const server = (
      await cluster.kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}')
    ).trim();
    const code = async (path: string) =>
      (await run('curl', ['-sk', '-o', '/dev/null', '-w', '%{http_code}', `${server}${path}`])).trim();
    for (const path of ['/healthz', '/livez', '/readyz', '/version'])
      assert.equal(await code(path), '200', path);
    for (const path of [
      '/api',
      '/apis',
      '/metrics',
      '/api/v1/pods',
      '/api/v1/namespaces/kube-public/configmaps/cluster-info',
    ])
      assert.equal(await code(path), '403', path);
  });

  test('no byte of a Secret is on the disk, and a node that comes back still knows it', async () => {
    const word = 'correct-horse-battery-staple';
    await cluster.kubectl('create', 'secret', 'generic', 'word', `--from-literal=word=${word}`);
    await cluster.kubectl('create', 'configmap', 'word', '--from-literal=word=a-word-in-the-clear');
    const directory = join(disk(), 'lib/switchboard/controlplane');
    const bytes = readdirSync(directory)
      .map((file) => readFileSync(join(directory, file), 'latin1'))
      .join('');
    assert.ok(bytes.includes('a-word-in-the-clear'), 'this is where objects are');
    for (const text of [word, Buffer.from(word).toString('base64')]) assert.ok(!bytes.includes(text), text);

    await cluster.inNode(`${name}-1`, 'sv', '-w', '60', 'restart', 'controlplane');
    const { data } = await eventually(() => cluster.kubectl.json<Secret>('get', 'secret', 'word'));
    assert.equal(Buffer.from(data?.['word'] ?? '', 'base64').toString(), word);
  });

  test('the audit log says who did it, as its policy wants it, and no secret', async () => {
    await cluster.kubectl('get', 'secrets', '--as=jane', '--as-group=system:masters');
    const events = await eventually(() => {
      const all = auditEvents();
      assert.ok(all.some((event) => event.impersonatedUser?.username === 'jane'));
      return all;
    });
    assert.deepEqual([...new Set(events.map((event) => event.objectRef?.resource))].sort(), [
      'certificatesigningrequests',
      'secrets',
    ]);
    assert.ok(events.every((event) => event.stage !== 'RequestReceived'));
    const created = events.find(
      ({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'secrets',
    );
    assert.equal(created?.user.username, 'kubernetes-admin');
    assert.equal(created.responseStatus.code, 201);
    assert.ok(
      !JSON.stringify(events).includes(Buffer.from('correct-horse-battery-staple').toString('base64')),
    );
    const asked = events.find(
      ({ verb, level, user }) =>
        verb === 'create' && level === 'RequestResponse' && user.username === 'kubernetes-admin',
    );
    assert.ok(asked?.requestObject);
  });

  test('certificates that are old are made anew by who has them, without a person', async () => {
    const node = `${name}-1`;
    const etc = join(nodePaths(name, node).etc, 'switchboard');
    const { authority } = JSON.parse(
      readFileSync(join(clusterPaths(name).pki, 'certificates.json'), 'utf8'),
    ) as ClusterCertificates;
    const life = { nowMs: Date.now() - 300 * dayMs, validForMs: 365 * dayMs };
    const asNode = { commonName: `system:node:${node}`, organizations: ['system:nodes'], ...life };
    const dialled = { dnsNames: [node], ipAddresses: cluster.record().nodes[0]?.addresses ?? [] };
    const change = (path: string, pairs: object) => {
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...pairs }));
    };
    change(join(etc, 'agent.json'), {
      node: await issueClientCertificate(authority, asNode),
      serving: await issueServerCertificate(authority, { ...asNode, ...dialled }),
    });
    change(join(etc, 'controlplane.json'), {
      serving: await issueServerCertificate(authority, {
        commonName: 'kube-apiserver',
        ipAddresses: ['127.0.0.1', ...dialled.ipAddresses],
        ...life,
      }),
    });
    const { relay } = clusterPaths(name);
    change(join(relay, 'relay.json'), {
      network: await issueClientCertificate(authority, {
        commonName: 'switchboard-network',
        organizations: ['system:switchboard:network'],
        ...life,
      }),
    });
    await run('sv', ['-w', '60', 'restart', relay]);
    await cluster.inNode(node, 'sv', '-w', '60', 'restart', 'controlplane', 'agent');
    const pki = join(disk(), 'lib/switchboard/pki');
    await eventually(() => {
      assert.deepEqual(readdirSync(pki).sort(), ['node.json', 'serving.json']);
      for (const file of [join(pki, 'node.json'), join(pki, 'serving.json'), join(relay, 'network.json')]) {
        const { certificate } = JSON.parse(readFileSync(file, 'utf8')) as KeyPair;
        assert.ok(expiresAtMs(certificate) > Date.now() + 300 * dayMs, file);
      }
    });
    await eventually(async () => {
      const served = await run('sh', [
        '-c',
        `openssl s_client -connect ${cluster.hostAddress}:6443 </dev/null 2>/dev/null | openssl x509`,
      ]);
      assert.ok(expiresAtMs(served) > Date.now() + 300 * dayMs);
    });
    const csrs = await cluster.kubectl('get', 'csr', '--no-headers');
    // Each of both, and perhaps again where an answer was lost on the way.
    assert.ok(csrs.split('\n').filter((line) => /system:node.*Approved,Issued/.test(line)).length >= 2);
    await cluster.kubectl('wait', '--for=condition=Ready', `node/${node}`, '--timeout=60s');
    // Logs come over the kubelet's new certificate.
    await eventually(() =>
      cluster.kubectl('-n', 'kube-system', 'logs', '-l', 'k8s-app=kube-dns', '--tail=1'),
    );
  });

  test('a policy that is wrong, and another one than the cluster has, are refused', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Some}]\n');
    const up = () =>
      switchboard(
        'up',
        '--hermetic',
        '--name',
        name,
        '--audit-policy',
        file,
        '--kubeconfig',
        cluster.kubeconfig,
      );
    const wrong = await up();
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /rules\[0\]\.level: Unsupported value: "Some"/);
    writeFileSync(file, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n');
    const other = await up();
    assert.equal(other.code, 1);
    assert.match(other.stderr, /Cannot change the audit policy of cluster e2e-identity/);
  });
});
