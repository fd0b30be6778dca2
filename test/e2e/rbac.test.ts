/** Who may do what, with real kubectls, real certificates, and a service account inside of a pod. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ClusterRole, RoleBinding } from '../../src/api/types.ts';
import type { ClusterCertificates } from '../../src/cluster/certificates.ts';
import { clusterPaths } from '../../src/cluster/paths.ts';
import { issueClientCertificate, type KeyPair } from '../../src/lib/pki/certificate.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Kubectl, kubeconfigFor, kubectlWith } from '../support/kubectl.ts';
import { type KubectlProgram, kubectls } from '../support/kubectls.ts';

let cluster: TestCluster;
let kubectl: Kubectl;
let programs: KubectlProgram[];
let directory: string;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'switchboard-rbac-'));
  programs = await kubectls();
  cluster = await startCluster({ name: 'e2e-rbac', nodes: 2 });
  kubectl = cluster.kubectl;
});
after(async () => {
  rmSync(directory, { recursive: true, force: true });
  await cluster?.down();
});

const certificates = (): ClusterCertificates =>
  JSON.parse(readFileSync(`${clusterPaths(cluster.name).dir}/pki/certificates.json`, 'utf8'));

/** A kubectl that shows this certificate. */
function showing(user: string, pair: KeyPair): Kubectl {
  const file = join(directory, `${user.replaceAll(':', '-')}.kubeconfig`);
  return kubectlWith(kubeconfigFor(pair, file, cluster.kubeconfig));
}

const asUser = async (commonName: string, ...organizations: string[]): Promise<Kubectl> =>
  showing(
    commonName,
    await issueClientCertificate(certificates().authority, { commonName, organizations, nowMs: Date.now() }),
  );

async function refused(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(call, (err: Error) => {
    assert.match(err.message, message);
    return true;
  });
}

describe('kubectl create', () => {
  test('makes roles and bindings with every kubectl that there is', async () => {
    for (const { version, path } of programs) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const name = `gen-${version.replace('.', '-')}`;
      await own('create', 'role', name, '--verb=get,list', '--resource=pods,deployments.apps/scale');
      await own(
        'create',
        'rolebinding',
        name,
        `--role=${name}`,
        '--user=u',
        '--group=g',
        '--serviceaccount=default:s',
      );
      await own('create', 'clusterrole', name, '--verb=get', '--resource=nodes', '--resource-name=one');
      await own('create', 'clusterrole', `${name}-paths`, '--verb=get', '--non-resource-url=/metrics');
      await own('create', 'clusterrole', `${name}-sum`, '--aggregation-rule=part=yes');
      await own('create', 'clusterrolebinding', name, `--clusterrole=${name}`, '--group=g');
      const binding = await own.json<RoleBinding>('get', 'rolebinding', name);
      assert.deepEqual(
        binding.subjects?.map(({ kind, name, namespace }) => [kind, name, namespace]),
        [
          ['User', 'u', undefined],
          ['Group', 'g', undefined],
          ['ServiceAccount', 's', 'default'],
        ],
      );
      assert.match(await own('describe', 'role', name), /deployments.apps\/scale +\[\] +\[\] +\[get list\]/);
      assert.match(await own('describe', 'clusterrolebinding', name), /Kind: +ClusterRole\n +Name: +gen-/);
      assert.match(
        await own('get', 'clusterrolebinding', name, '-o', 'wide'),
        new RegExp(`ClusterRole/${name}`),
      );
    }
  });
});

describe('a user with a certificate', () => {
  test('has what is bound to his name and to his groups, and hears of everything else that he may not', async () => {
    const jane = await asUser('jane', 'dev');
    await refused(
      jane('get', 'pods'),
      /pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"/,
    );
    await kubectl('create', 'rolebinding', 'jane', '--clusterrole=view', '--user=jane');
    await jane('get', 'pods,services,deployments.apps');
    await refused(jane('get', 'secrets'), /cannot list resource "secrets"/);
    await refused(jane('get', 'pods', '-n', 'kube-system'), /in the namespace "kube-system"/);
    await refused(jane('create', 'configmap', 'x'), /configmaps is forbidden: User "jane" cannot create/);
    await kubectl('create', 'rolebinding', 'dev', '--clusterrole=edit', '--group=dev');
    await jane('create', 'configmap', 'x');
    await kubectl('delete', 'rolebinding', 'dev');
    await refused(jane('delete', 'configmap', 'x'), /cannot delete resource "configmaps"/);
  });

  test('may not give away more than he has', async () => {
    await kubectl('create', 'namespace', 'team');
    await kubectl('create', 'rolebinding', 'lead', '--clusterrole=admin', '--user=lead', '-n', 'team');
    const lead = await asUser('lead');
    await lead('create', 'role', 'r', '--verb=get', '--resource=pods', '-n', 'team');
    await lead('create', 'rolebinding', 'friend', '--clusterrole=edit', '--user=friend', '-n', 'team');
    await refused(
      lead('create', 'role', 'nodes', '--verb=get', '--resource=nodes', '-n', 'team'),
      /user "lead" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["nodes"\], Verbs:\["get"\]\}/,
    );
    await refused(
      lead('create', 'rolebinding', 'root', '--clusterrole=cluster-admin', '--user=lead', '-n', 'team'),
      /not currently held/,
    );
  });

  test('may act as somebody else only as far as roles say', async () => {
    await kubectl(
      'create',
      'clusterrole',
      'as-bob',
      '--verb=impersonate',
      '--resource=users',
      '--resource-name=bob',
    );
    await kubectl('create', 'clusterrolebinding', 'as-bob', '--clusterrole=as-bob', '--user=actor');
    const actor = await asUser('actor');
    assert.match(await actor('auth', 'can-i', '--list', '--as=bob'), /selfsubjectaccessreviews/);
    await refused(
      actor('get', 'pods', '--as=jane'),
      /users "jane" is forbidden: User "actor" cannot impersonate/,
    );
    await refused(
      actor('get', 'pods', '--as=bob', '--as-group=system:masters'),
      /groups "system:masters" is forbidden: User "actor" cannot impersonate/,
    );
  });
});

describe('kubectl auth', () => {
  test('can-i answers for verbs, subresources, names and paths, as oneself and as others', async () => {
    await kubectl('create', 'role', 'log-reader', '--verb=get', '--resource=pods/log');
    await kubectl('create', 'rolebinding', 'log-reader', '--role=log-reader', '--group=ops');
    await kubectl('create', 'clusterrole', 'one-node', '--verb=get', '--resource=nodes', '--resource-name=a');
    await kubectl('create', 'clusterrolebinding', 'one-node', '--clusterrole=one-node', '--user=nora');
    const table: [answer: string, ...question: string[]][] = [
      ['yes', 'delete', 'nodes'],
      ['yes', 'get', 'pods', '--subresource=log', '--as=olga', '--as-group=ops'],
      ['no', 'get', 'pods', '--as=olga', '--as-group=ops'],
      ['no', 'get', 'pods', '--subresource=log', '--as=olga', '--as-group=ops', '-n', 'kube-system'],
      ['yes', 'get', 'nodes/a', '--as=nora'],
      ['no', 'get', 'nodes/b', '--as=nora'],
      ['yes', 'get', '/version', '--as=nora'],
      ['no', 'get', '/metrics', '--as=nora'],
    ];
    for (const { version, path } of programs)
      for (const [answer, ...question] of table) {
        const { stdout } = await kubectlWith(cluster.kubeconfig, path).attempt('auth', 'can-i', ...question);
        assert.equal(stdout.trim(), answer, `${version}: ${question.join(' ')}`);
      }
    const listed = await kubectl('auth', 'can-i', '--list', '--as=olga', '--as-group=ops');
    assert.match(listed, /pods\/log +\[\] +\[\] +\[get\]/);
  });

  test('reconcile completes a role and a binding', async () => {
    const yaml = (name: string, verb: string, user: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ${name}, namespace: default}
rules: [{verbs: [${verb}], apiGroups: [""], resources: [pods]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ${name}, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${user}}]`;
    for (const { version, path } of programs) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const name = `kept-${version.replace('.', '-')}`;
      await own.input(yaml(name, 'get', 'ann'), 'auth', 'reconcile', '-f', '-');
      await own.input(yaml(name, 'list', 'ben'), 'auth', 'reconcile', '-f', '-');
      const { rules } = await own.json<ClusterRole>('get', 'role', name);
      assert.deepEqual(rules?.flatMap(({ verbs }) => verbs).sort(), ['get', 'list'], version);
      const { subjects } = await own.json<RoleBinding>('get', 'rolebinding', name);
      assert.deepEqual(subjects?.map(({ name }) => name).sort(), ['ann', 'ben'], version);
    }
  });
});

test('a role with a label becomes a part of view, edit and admin', async () => {
  const part = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: crontabs, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules: [{verbs: [get], apiGroups: [stable.example.com], resources: [crontabs]}]`;
  const has = async (name: string) =>
    ((await kubectl.json<ClusterRole>('get', 'clusterrole', name)).rules ?? []).some(({ resources }) =>
      resources?.includes('crontabs'),
    );
  await kubectl.input(part, 'apply', '-f', '-');
  for (const name of ['view', 'edit', 'admin'])
    await eventually(async () => assert.ok(await has(name), name));
  await kubectl('delete', 'clusterrole', 'crontabs');
  await eventually(async () => assert.ok(!(await has('admin'))));
});

test('nobody in particular may look at health and version only', async () => {
  const curl = (path: string) => cluster.inNode('e2e-rbac-1', 'curl', '-sk', `https://127.0.0.1:6443${path}`);
  assert.equal(await curl('/healthz'), 'ok');
  assert.match(await curl('/version'), /v1\.36/);
  assert.match(await curl('/api/v1/pods'), /pods is forbidden: User \\"system:anonymous\\" cannot list/);
  assert.match(await curl('/apis'), /User \\"system:anonymous\\" cannot get path/);
});

describe('a pod', () => {
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: robot}
spec:
  serviceAccountName: robot
  terminationGracePeriodSeconds: 0
  containers: [{name: c, image: nginx, command: [sleep, "3600"]}]`;
  const token = '/var/run/secrets/kubernetes.io/serviceaccount';
  const ask = (path: string) =>
    kubectl(
      ...['exec', 'robot', '--', 'sh', '-c'],
      `curl -s --cacert ${token}/ca.crt -H "Authorization: Bearer $(cat ${token}/token)" https://kubernetes.default.svc${path}`,
    );

  test('has exactly what is bound to its service account', async () => {
    await kubectl('create', 'serviceaccount', 'robot');
    await kubectl.input(pod, 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'pod/robot', '--timeout=60s');
    const pods = '/api/v1/namespaces/default/pods';
    assert.match(
      await ask(pods),
      /User \\"system:serviceaccount:default:robot\\" cannot list resource \\"pods\\"/,
    );
    await kubectl('create', 'role', 'robot', '--verb=list', '--resource=pods');
    await kubectl('create', 'rolebinding', 'robot', '--role=robot', '--serviceaccount=default:robot');
    assert.match(await ask(pods), /"kind":\s*"PodList"/);
    assert.match(await ask(`${pods}/robot`), /cannot get resource \\"pods\\"/);
    assert.match(await ask('/api/v1/namespaces/kube-system/pods'), /"code":\s*403/);
    assert.equal(
      (await kubectl('auth', 'can-i', 'list', 'pods', '--as=system:serviceaccount:default:robot')).trim(),
      'yes',
    );
  });
});

describe('a node', () => {
  const pod = (name: string, node: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - {name: c, image: nginx, command: [sleep, "3600"], envFrom: [{secretRef: {name: ${name}-env}}]}
  volumes: [{name: s, secret: {secretName: ${name}-files}}]`;

  test('with its own certificate reads what its pods name and not what those of another node name', async () => {
    const [one, two] = ['e2e-rbac-1', 'e2e-rbac-2'];
    const { nodes } = certificates();
    const own = async (node: string) => {
      const identity = nodes[node]?.node;
      assert.ok(identity);
      return showing(`system:node:${node}`, identity);
    };
    const [first, second] = [await own(one), await own(two)];
    for (const [name, node] of [
      ['here', one],
      ['there', two],
    ] as const) {
      for (const part of ['env', 'files'])
        await kubectl('create', 'secret', 'generic', `${name}-${part}`, '--from-literal=a=b');
      await kubectl.input(pod(name, node), 'apply', '-f', '-');
      await kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
    }
    const why = /is forbidden: User "system:node:e2e-rbac-\d" cannot .*: no relationship found between node/;
    await first('get', 'secret', 'here-env', 'here-files');
    await second('get', 'secret', 'there-env', 'there-files');
    await refused(first('get', 'secret', 'there-env'), why);
    await refused(second('get', 'secret', 'here-files'), why);
    await refused(first('get', 'pod', 'there'), why);
    await refused(first('get', 'secrets'), /No Object name found/);
    await refused(first('label', 'node', two, 'a=b'), /only its own Node object/);
    await refused(
      first('label', 'node', one, 'example.node-restriction.kubernetes.io/a=b'),
      /is not allowed to modify labels: example.node-restriction.kubernetes.io\/a/,
    );
    await refused(
      first('delete', 'pod', 'there'),
      /can only delete pods with spec.nodeName set to itself|no relationship found/,
    );
    await kubectl('delete', 'pod', 'here');
    await refused(first('get', 'secret', 'here-env'), why);
  });
});
