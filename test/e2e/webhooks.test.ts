/** Webhooks and policies as the real kubectl meets them. The webhook stands in a node, behind a Service. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createAuthority, issueServerCertificate } from '../../src/lib/pki/certificate.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../support/kubectl.ts';
import { type KubectlProgram, kubectls } from '../support/kubectls.ts';

const name = 'e2e-webhooks';
let cluster: TestCluster;
let kubectl: Kubectl;
let programs: KubectlProgram[];
let directory: string;
let webhook: ChildProcess;
let caBundle: string;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'switchboard-webhooks-'));
  programs = await kubectls();
  cluster = await startCluster({ name });
  ({ kubectl } = cluster);
  webhook = await startWebhook();
  await kubectl.input(service(), 'apply', '-f', '-');
});
after(async () => {
  webhook?.kill('SIGKILL');
  await cluster?.down();
  rmSync(directory, { recursive: true, force: true });
});

async function startWebhook(): Promise<ChildProcess> {
  const authority = await createAuthority({ commonName: 'webhook-ca', nowMs: Date.now() });
  const identity = await issueServerCertificate(authority, {
    commonName: 'webhook',
    dnsNames: ['hooks.default.svc'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  const files = [join(directory, 'crt'), join(directory, 'key')] as const;
  writeFileSync(files[0], identity.certificate);
  writeFileSync(files[1], identity.privateKey);
  caBundle = Buffer.from(authority.certificate).toString('base64');
  const script = new URL('../support/webhook.ts', import.meta.url).pathname;
  const enter = [`--net=${cluster.nodeNetns(`${name}-1`)}`, '--', process.execPath, script, ...files];
  const started = spawn('nsenter', enter, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(started.stdout, 'data');
  return started;
}

/** Leads to the node itself. */
const service = () => `
apiVersion: v1
kind: Service
metadata: {name: hooks}
spec: {ports: [{port: 443, targetPort: 8443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: hooks-1, labels: {kubernetes.io/service-name: hooks}}
addressType: IPv4
ports: [{name: "", port: 8443, protocol: TCP}]
endpoints: [{addresses: [${nodeAddress()}], conditions: {ready: true}}]
`;

function nodeAddress(): string {
  const { nodes } = cluster.record();
  const address = nodes[0]?.addresses[0];
  assert.ok(address);
  return address;
}

const rules =
  '[{operations: [CREATE, UPDATE, DELETE], apiGroups: [""], apiVersions: [v1], resources: [configmaps]}]';

const configuration = (kind: string, client: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}
metadata: {name: e2e}
webhooks:
- name: hook.example.com
  clientConfig: {${client}, caBundle: ${caBundle}}
  rules: ${rules}
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}
  admissionReviewVersions: [v1]
  sideEffects: None
`;

const version = (name: string, storage: boolean) => `
  - name: ${name}
    served: true
    storage: ${storage}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {size: {type: integer}, colour: {type: string, default: red}}}`;

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:${version('v1', true)}${version('v2', false)}
`;

describe('webhooks', () => {
  test('change, warn and deny, and every kubectl shows it', async () => {
    await kubectl.input(
      configuration(
        'MutatingWebhookConfiguration',
        'service: {namespace: default, name: hooks, path: /mutate}',
      ),
      'apply',
      '-f',
      '-',
    );
    await kubectl.input(
      configuration('ValidatingWebhookConfiguration', 'url: "https://127.0.0.1:8443/validate"'),
      'apply',
      '-f',
      '-',
    );
    // The Service's rules come to the kernel a moment after it.
    await eventually(() => kubectl('create', 'configmap', 'first'));
    for (const { version, path } of programs) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const object = `cm-${version.replace('.', '-')}`;
      const made = await own.attempt('create', 'configmap', object, '--from-literal=a=b');
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stderr, /Warning: labels were added/);
      assert.equal(
        await own('get', 'configmap', object, '-o', 'jsonpath={.metadata.labels.injected}'),
        'yes',
      );
      const refused = await own.attempt('create', 'configmap', 'forbidden');
      assert.notEqual(refused.code, 0);
      assert.match(
        refused.stderr,
        /admission webhook "hook\.example\.com" denied the request: nobody may CREATE that/,
        version,
      );
    }
  });

  test('are not asked about another namespace', async () => {
    await kubectl('create', 'configmap', 'forbidden', '-n', 'kube-public');
    const { metadata } = await kubectl.json<{ metadata: { labels?: object } }>(
      ...['get', 'configmap', 'forbidden', '-n', 'kube-public'],
    );
    assert.equal(metadata.labels, undefined);
  });

  test("are asked about kinds of somebody's own", async () => {
    await kubectl.input(widgets, 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Established', 'crd/widgets.example.com');
    const own = configuration('MutatingWebhookConfiguration', 'url: "https://127.0.0.1:8443/mutate"')
      .replace('name: e2e', 'name: widgets')
      .replace('apiGroups: [""]', 'apiGroups: [example.com]')
      .replace('[configmaps]', '[widgets]');
    await kubectl.input(own, 'apply', '-f', '-');
    // The other version of the same objects: the rules know only v1.
    await kubectl.input(
      'apiVersion: example.com/v2\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n',
      'create',
      '-f',
      '-',
    );
    const { metadata, spec } = await kubectl.json<{ metadata: { labels: object }; spec: object }>(
      'get',
      'widget',
      'w',
    );
    assert.deepEqual([metadata.labels, spec], [{ injected: 'yes' }, { size: 3, colour: 'red' }]);
    await kubectl('delete', 'mutatingwebhookconfiguration', 'widgets');
  });

  test('that are gone hold up what they are about, until their configuration goes', async () => {
    webhook.kill('SIGKILL');
    await once(webhook, 'exit');
    const failed = await kubectl.attempt('create', 'configmap', 'waits');
    assert.match(
      failed.stderr,
      /Internal error occurred: failed calling webhook "hook\.example\.com": failed to call webhook: Post "https:\/\/hooks\.default\.svc:443\/mutate\?timeout=10s": dial tcp .*: connect: connection refused/,
    );
    await kubectl('delete', 'mutatingwebhookconfiguration,validatingwebhookconfiguration', 'e2e');
    await kubectl('create', 'configmap', 'waits');
  });
});

const policy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas.example.com}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments, deployments/scale]}]
  validations:
  - expression: object.spec.replicas <= 2
    messageExpression: "'at most 2 replicas, not ' + string(object.spec.replicas)"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: replicas}
spec: {policyName: replicas.example.com, validationActions: [Deny]}
`;

const mutating = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: sidecars}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  matchConditions: [{name: wanted, expression: "has(object.metadata.labels) && 'sidecar' in object.metadata.labels"}]
  reinvocationPolicy: Never
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: >-
        Object{spec: Object.spec{initContainers: [
          Object.spec.initContainers{name: "proxy", image: "busybox", restartPolicy: "Always", command: ["sleep", "3600"]}]}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: sidecars}
spec: {policyName: sidecars}
`;

describe('a policy that changes', () => {
  test('adds a sidecar, which has its token like every other container', async () => {
    await kubectl.input(mutating, 'apply', '-f', '-');
    await kubectl('run', 'plain', '--image=nginx', '--dry-run=server');
    const { spec } = await kubectl.json<{
      spec: { initContainers: { name: string; volumeMounts: { mountPath: string }[] }[] };
    }>('run', 'with', '--image=nginx', '--labels=sidecar=yes', '--dry-run=server');
    const [sidecar] = spec.initContainers;
    assert.deepEqual(
      [sidecar?.name, sidecar?.volumeMounts[0]?.mountPath],
      ['proxy', '/var/run/secrets/kubernetes.io/serviceaccount'],
    );
  });
});

describe('a policy', () => {
  test('denies with its message, whichever kubectl asks; a warning is only shown', async () => {
    await kubectl.input(policy, 'apply', '-f', '-');
    const denied =
      /ValidatingAdmissionPolicy 'replicas\.example\.com' with binding 'replicas' denied request: at most 2 replicas, not 3/;
    for (const { version, path } of programs) {
      const own = kubectlWith(cluster.kubeconfig, path);
      const refused = await own.attempt('create', 'deployment', 'web', '--image=nginx', '--replicas=3');
      assert.match(refused.stderr, denied, version);
    }
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=0');
    const scaled = await kubectl.attempt('scale', 'deployment', 'web', '--replicas=3');
    assert.match(scaled.stderr, denied);
    await kubectl(
      ...['patch', 'validatingadmissionpolicybinding', 'replicas', '--type=merge'],
      ...['-p', '{"spec":{"validationActions":["Warn"]}}'],
    );
    const warned = await kubectl.attempt(
      'create',
      'deployment',
      'more',
      '--image=nginx',
      '--replicas=3',
      '--dry-run=server',
    );
    assert.equal(warned.code, 0);
    assert.match(
      warned.stderr,
      /Warning: Validation failed for ValidatingAdmissionPolicy 'replicas\.example\.com'/,
    );
  });

  test('that cannot be compiled is refused', async () => {
    const refused = kubectl.input(
      policy.replace('object.spec.replicas <= 2', 'object.spec.'),
      'apply',
      '-f',
      '-',
    );
    await assert.rejects(refused, /spec\.validations\[0\]\.expression: Invalid value: .*compilation failed/);
  });
});
