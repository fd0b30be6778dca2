/** Budgets, priorities, quotas, limits and Pod Security, as kubectl of several versions meets them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Node, Pod, PodDisruptionBudget, ResourceQuota } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';

let cluster: TestCluster;
let all: { version: string; kubectl: Kubectl }[];
const image = 'busybox:1.28';

before(async () => {
  cluster = await startCluster({ name: 'e2e-policies', nodes: 2 });
  all = (await kubectls()).map(({ path, version }) => ({
    version,
    kubectl: kubectlWith(cluster.kubeconfig, path),
  }));
});
after(() => cluster?.down());

const kubectl = (...args: string[]) => cluster.kubectl(...args);
const apply = (...manifests: object[]) =>
  cluster.kubectl.input(manifests.map((m) => JSON.stringify(m)).join('\n---\n'), 'apply', '-f', '-');
const within = <T>(attempt: () => Promise<T>) => eventually(attempt, 60_000, 100);

const podSpec = (resources?: object, more: object = {}) => ({
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'c', image, command: ['sleep', '3600'], ...(resources && { resources }) }],
  ...more,
});
const pod = (namespace: string, name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec,
});

/** It goes with the cluster. */
const forget = (namespace: string) => kubectl('delete', 'namespace', namespace, '--wait=false');

/** What the command says although it fails. */
async function refused(run: Kubectl, ...args: string[]): Promise<string> {
  const { code, stderr } = await run.attempt(...args);
  assert.notEqual(code, 0, `${args.join(' ')} is refused`);
  return stderr;
}

test('kubectl of every version creates and shows a budget, a quota and a priority class', async () => {
  for (const [i, { version, kubectl: own }] of all.entries()) {
    const create = ['create', 'poddisruptionbudget', `b${i}`, '--selector=app=none', '--min-available=50%'];
    if (version === '1.20') {
      // It says so in a version of the API that ended with Kubernetes 1.25.
      assert.match(
        await refused(own, ...create),
        /no matches for kind "PodDisruptionBudget" in version "policy\/v1beta1"/,
      );
      await apply({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: `b${i}` },
        spec: { selector: { matchLabels: { app: 'none' } }, minAvailable: '50%' },
      });
    } else await own(...create);
    assert.match(
      await own('get', 'pdb', `b${i}`),
      /^NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE/,
    );
    assert.match(await own('get', 'pdb', `b${i}`), /b\d +50% +N\/A +0 +[\dms]+/);
    await own('create', 'quota', `q${i}`, '--hard=configmaps=10,count/deployments.apps=2');
    await within(async () =>
      assert.match(
        await own('describe', 'quota', `q${i}`),
        /configmaps +\d+ +10\ncount\/deployments\.apps +0 +2/,
      ),
    );
    await own('create', 'priorityclass', `p${i}`, `--value=${i + 1}`, '--description=one');
    assert.match(await own('get', 'priorityclass', `p${i}`), new RegExp(`p${i} +${i + 1} +false`));
    await own('delete', `pdb/b${i}`, `quota/q${i}`, `priorityclass/p${i}`);
  }
  assert.match(await kubectl('get', 'pc'), /system-cluster-critical +2000000000 +false/);
});

describe('kubectl drain', () => {
  const labels = { app: 'kept' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'kept' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec() },
    },
  };
  const budget = (minAvailable: number) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'kept' },
    spec: { minAvailable, selector: { matchLabels: labels } },
  });
  const podsOf = async () =>
    (await cluster.kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', 'app=kept')).items;

  test('waits for the budget, and goes on when it allows, with old kubectl and new', async () => {
    await apply(deployment);
    await kubectl('rollout', 'status', 'deployment/kept', '--timeout=60s');
    for (const { kubectl: own } of [all[0], all.at(-1)].filter((one) => one !== undefined)) {
      const node = (await podsOf())[0]?.spec?.nodeName ?? '';
      await apply(budget(2));
      await within(async () => {
        const { status } = await cluster.kubectl.json<PodDisruptionBudget>('get', 'pdb', 'kept');
        assert.deepEqual([status?.currentHealthy, status?.disruptionsAllowed], [2, 0]);
      });
      const drain = ['drain', node, '--ignore-daemonsets', '--force'];
      const said = await refused(own, ...drain, '--timeout=5s');
      assert.match(said, /Cannot evict pod as it would violate the pod's disruption budget/);
      assert.equal((await podsOf()).length, 2);
      await apply(budget(1));
      await own(...drain, '--timeout=60s');
      assert.ok((await podsOf()).every(({ spec }) => spec?.nodeName !== node));
      await own('uncordon', node);
      await kubectl('rollout', 'status', 'deployment/kept', '--timeout=60s');
    }
    await kubectl('delete', 'deployment/kept', 'pdb/kept');
  });
});

describe('a quota', () => {
  test('refuses what is too much, and what does not say how much it is', async () => {
    await kubectl('create', 'namespace', 'tight');
    await kubectl(
      'create',
      'quota',
      'small',
      '-n',
      'tight',
      '--hard=pods=1,limits.cpu=1,services.nodeports=1',
    );
    const run = (name: string) => ['run', name, '-n', 'tight', `--image=${image}`];
    for (const { kubectl: own } of all)
      assert.match(
        await refused(own, ...run('silent')),
        /pods "silent" is forbidden: failed quota: small: must specify limits\.cpu for: silent/,
      );
    const limits = { limits: { cpu: '600m' } };
    await apply(pod('tight', 'one', podSpec(limits)));
    await assert.rejects(
      apply(pod('tight', 'two', podSpec(limits))),
      /exceeded quota: small, requested: limits\.cpu=600m,pods=1, used: limits\.cpu=600m,pods=1, limited: limits\.cpu=1,pods=1/,
    );
    await kubectl('create', 'service', 'nodeport', 'first', '-n', 'tight', '--tcp=80');
    assert.match(
      await refused(cluster.kubectl, 'create', 'service', 'nodeport', 'second', '-n', 'tight', '--tcp=80'),
      /exceeded quota: small, requested: services\.nodeports=1, used: services\.nodeports=1, limited: services\.nodeports=1/,
    );
    await within(async () => {
      const { status } = await cluster.kubectl.json<ResourceQuota>('get', 'quota', 'small', '-n', 'tight');
      assert.deepEqual(status?.used, { 'limits.cpu': '600m', pods: '1', 'services.nodeports': '1' });
    });
    await forget('tight');
  });
});

describe('a limit range', () => {
  test('fills in what a pod leaves out, and refuses what is too much', async () => {
    await kubectl('create', 'namespace', 'limited');
    await apply({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'usual', namespace: 'limited' },
      spec: {
        limits: [
          { type: 'Container', max: { cpu: '1' }, default: { cpu: '200m' }, defaultRequest: { cpu: '50m' } },
        ],
      },
    });
    assert.match(
      await kubectl('describe', 'limitrange', 'usual', '-n', 'limited'),
      /Container +cpu +- +1 +50m +200m/,
    );
    await kubectl('run', 'plain', '-n', 'limited', `--image=${image}`, '--', 'sleep', '3600');
    const described = await kubectl('describe', 'pod', 'plain', '-n', 'limited');
    assert.match(described, /Limits:\s+cpu: +200m\s+Requests:\s+cpu: +50m/);
    assert.match(
      described,
      /LimitRanger plugin set: cpu request for container plain; cpu limit for container plain/,
    );
    await assert.rejects(
      apply(pod('limited', 'big', podSpec({ limits: { cpu: '2' } }))),
      /pods "big" is forbidden: maximum cpu usage per Container is 1, but limit is 2/,
    );
    await forget('limited');
  });
});

describe('priority', () => {
  test('lets an important pod take the place of another on a full node', async () => {
    const [node] = (await cluster.kubectl.json<{ items: Node[] }>('get', 'nodes')).items;
    const name = node?.metadata.name ?? '';
    const cores = Number.parseInt(node?.status?.allocatable?.['cpu'] ?? '0', 10);
    const most = { requests: { cpu: `${Math.floor(cores * 600)}m` } };
    const there = { nodeSelector: { 'kubernetes.io/hostname': name } };
    await kubectl('create', 'priorityclass', 'urgent', '--value=100000');
    await apply(pod('default', 'low', podSpec(most, there)));
    await kubectl('wait', '--for=condition=ready', 'pod/low', '--timeout=60s');
    await apply(pod('default', 'polite', podSpec(most, there)));
    await within(async () =>
      assert.match(
        await kubectl('describe', 'pod', 'polite'),
        /Insufficient cpu.* preemption: 0\/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling\./,
      ),
    );
    await kubectl('delete', 'pod', 'polite');
    await apply(pod('default', 'high', podSpec(most, { ...there, priorityClassName: 'urgent' })));
    await kubectl('wait', '--for=condition=ready', 'pod/high', '--timeout=60s');
    assert.match(await refused(cluster.kubectl, 'get', 'pod', 'low'), /pods "low" not found/);
    await within(async () =>
      assert.match(
        await kubectl('get', 'events', '--field-selector=reason=Preempted'),
        new RegExp(`pod/low +Preempted by pod [-0-9a-f]+ on node ${name}`),
      ),
    );
    await kubectl('delete', 'pod/high', 'priorityclass/urgent');
  });
});

describe('Pod Security', () => {
  test('refuses pods that ask for too much, and says what', async () => {
    await kubectl('create', 'namespace', 'strict');
    await kubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted');
    for (const { kubectl: own } of all) {
      const said = await refused(own, 'run', 'web', '-n', 'strict', `--image=${image}`);
      assert.equal(
        said.trim(),
        'Error from server (Forbidden): pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      );
    }
    const good = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    const spec = podSpec();
    await apply(
      pod('strict', 'good', {
        ...spec,
        containers: spec.containers.map((c) => ({ ...c, securityContext: good })),
      }),
    );
    await forget('strict');
  });

  test('warns who makes a Deployment, and who tightens a namespace where there are pods', async () => {
    await kubectl('create', 'namespace', 'warned');
    await kubectl('label', 'namespace', 'warned', 'pod-security.kubernetes.io/warn=restricted');
    for (const [i, { kubectl: own }] of all.entries()) {
      const args = [
        'create',
        'deployment',
        `web${i}`,
        '-n',
        'warned',
        `--image=${image}`,
        '--',
        'sleep',
        '3600',
      ];
      // kubectl 1.20 takes a command only since another one.
      const { code, stderr } = await own.attempt(...args);
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /^Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false/m,
      );
    }
    await within(async () => {
      const { items } = await cluster.kubectl.json<{ items: Pod[] }>('get', 'pods', '-n', 'warned');
      assert.equal(items.length, all.length);
    });
    const label = 'pod-security.kubernetes.io/enforce=restricted';
    const { stderr } = await cluster.kubectl.attempt(
      'label',
      '--dry-run=server',
      'namespace',
      'warned',
      label,
    );
    assert.match(
      stderr,
      /existing pods in namespace "warned" violate the new PodSecurity enforce level "restricted:latest"/,
    );
    const others = all.length > 1 ? ` \\(and ${all.length - 1} other pods?\\)` : '';
    assert.match(stderr, new RegExp(`web0-[^ ]+${others}: allowPrivilegeEscalation != false`));
    assert.match(
      await refused(
        cluster.kubectl,
        'label',
        '--overwrite',
        'namespace',
        'warned',
        'pod-security.kubernetes.io/warn=none',
      ),
      /must be one of privileged, baseline, restricted/,
    );
    await forget('warned');
  });
});

test('a ValidatingAdmissionPolicy keeps shells out of pods, and lets other commands in', async () => {
  const rule = { operations: ['CONNECT'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/exec'] };
  await apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-shells' },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "object.command[0] != 'sh'", message: 'no shells', reason: 'Forbidden' }],
    },
  });
  await apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'no-shells' },
    spec: { policyName: 'no-shells', validationActions: ['Deny'] },
  });
  await apply(pod('default', 'closed', podSpec()));
  await kubectl('wait', '--for=condition=Ready', 'pod/closed', '--timeout=60s');
  for (const { kubectl: own } of all) {
    assert.match(await refused(own, 'exec', 'closed', '--', 'sh', '-c', 'echo hi'), /no shells/);
    assert.equal((await own('exec', 'closed', '--', 'echo', 'hi')).trim(), 'hi');
  }
  await kubectl('delete', 'validatingadmissionpolicy', 'no-shells');
});
