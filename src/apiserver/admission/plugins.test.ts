import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { lease } from '../../api/coordination/lease/kind.ts';
import { namespace as namespaceKind } from '../../api/core/namespace/kind.ts';
import { node } from '../../api/core/node/kind.ts';
import { pod } from '../../api/core/pod/kind.ts';
import { service } from '../../api/core/service/kind.ts';
import { StatusError } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import { csiNode } from '../../api/storage/csinode/kind.ts';
import type { KubeObject, Namespace, Pod, ServiceAccount } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { clusterAuthorizer } from '../authz/index.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { admissionPlugins } from './index.ts';
import { namespaceLabels } from './namespaceLabels.ts';
import { namespaceLifecycle } from './namespaceLifecycle.ts';
import { nodeRestriction } from './nodeRestriction.ts';
import { podDefaults } from './podDefaults.ts';
import { serviceAccount } from './serviceAccount.ts';

const jane = { name: 'jane', groups: ['system:authenticated'] };

function operation(
  verb: Operation['verb'],
  kind: Kind,
  yaml: string,
  more: Partial<Operation> = {},
): Operation {
  const object = parse(yaml) as KubeObject;
  const namespace = kind.resource.namespaced ? (object.metadata.namespace ?? 'shop') : undefined;
  return { verb, kind: kind, user: jane, dryRun: false, object, ...(namespace && { namespace }), ...more };
}

/** The object as the plugin leaves it. */
async function admitted<T extends KubeObject>(plugin: AdmissionPlugin, op: Operation): Promise<T> {
  if (plugin.handles(op)) await plugin.admit(op);
  return op.object as T;
}

const says = (code: number, message: string) => (err: unknown) => {
  assert.ok(err instanceof StatusError, String(err));
  assert.deepEqual([err.status.code, err.message], [code, message]);
  return true;
};

describe('NamespaceLifecycle', () => {
  const known: Record<string, Partial<Namespace>> = {
    shop: {},
    going: { metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' } },
    gone: { status: { phase: 'Terminating' } },
  };
  const plugin = namespaceLifecycle({
    namespace: async (name) => known[name] && ({ metadata: { name }, ...known[name] } as Namespace),
  });
  const createIn = (namespace: string) =>
    admitted(plugin, operation('create', pod, `metadata: {name: web, namespace: ${namespace}}`));

  test('lets objects into a namespace that is there', async () => {
    assert.ok(await createIn('shop'));
  });

  test('knows no namespace that is not', async () => {
    await assert.rejects(createIn('nowhere'), says(404, 'namespaces "nowhere" not found'));
  });

  test('lets nothing into one that ends, and says so to machines too', async () => {
    const message = (name: string) =>
      `pods "web" is forbidden: unable to create new content in namespace ${name} because it is being terminated`;
    await assert.rejects(createIn('gone'), says(403, message('gone')));
    await assert.rejects(createIn('going'), (err) => {
      assert.ok(err instanceof StatusError);
      assert.equal(err.message, message('going'));
      assert.deepEqual(err.status.details, {
        name: 'web',
        kind: 'pods',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace going is being terminated',
            field: 'metadata.namespace',
          },
        ],
      });
      return true;
    });
  });

  test('still lets objects there be changed and deleted', async () => {
    for (const verb of ['update', 'delete'] as const)
      assert.ok(!plugin.handles(operation(verb, pod, 'metadata: {name: web, namespace: gone}')));
  });

  test('keeps the namespaces that a cluster needs', async () => {
    for (const name of ['default', 'kube-system', 'kube-public'])
      await assert.rejects(
        admitted(plugin, operation('delete', namespaceKind, `metadata: {name: ${name}}`)),
        says(403, `namespaces "${name}" is forbidden: this namespace may not be deleted`),
      );
    assert.ok(await admitted(plugin, operation('delete', namespaceKind, 'metadata: {name: shop}')));
  });
});

describe('NamespaceLabels', () => {
  const labels = async (yaml: string, verb: 'create' | 'update' = 'create') =>
    (await admitted(namespaceLabels, operation(verb, namespaceKind, yaml))).metadata.labels;

  test('label a namespace with its name, for ever', async () => {
    assert.deepEqual(await labels('metadata: {name: shop, labels: {team: a}}'), {
      team: 'a',
      'kubernetes.io/metadata.name': 'shop',
    });
    assert.deepEqual(
      await labels('metadata: {name: shop, labels: {kubernetes.io/metadata.name: x}}', 'update'),
      {
        'kubernetes.io/metadata.name': 'shop',
      },
    );
  });

  test('label kube-system as tutorials select it, unless somebody said otherwise', async () => {
    assert.deepEqual(await labels('metadata: {name: kube-system}'), {
      name: 'kube-system',
      'kubernetes.io/metadata.name': 'kube-system',
    });
    assert.equal((await labels('metadata: {name: kube-system, labels: {name: x}}'))?.['name'], 'x');
  });
});

describe('ServiceAccount', () => {
  const accounts: Record<string, Partial<ServiceAccount>> = {
    default: {},
    quiet: { automountServiceAccountToken: false },
    puller: { imagePullSecrets: [{ name: 'registry' }] },
  };
  const plugin = serviceAccount({
    serviceAccount: async (_, name) =>
      accounts[name] && ({ metadata: { name }, ...accounts[name] } as ServiceAccount),
    clock: new FakeClock(),
    random: () => 0,
  });
  const specOf = async (yaml: string) => {
    const made = await admitted<Pod>(
      plugin,
      operation('create', pod, `{metadata: {name: web}, spec: ${yaml}}`),
    );
    assert.ok(made.spec);
    return made.spec;
  };
  const mount = {
    name: 'kube-api-access-bbbbb',
    readOnly: true,
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  };

  test('makes a pod run as the default account, with its token in every container', async () => {
    const spec = await specOf('{containers: [{name: a}, {name: b}], initContainers: [{name: i}]}');
    assert.equal(spec.serviceAccountName, 'default');
    assert.equal(spec.serviceAccount, 'default');
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
      assert.deepEqual(container.volumeMounts, [mount], container.name);
    assert.deepEqual(
      spec.volumes,
      parse(`
        - name: kube-api-access-bbbbb
          projected:
            defaultMode: 420
            sources:
            - serviceAccountToken: {expirationSeconds: 3607, path: token}
            - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
            - downwardAPI: {items: [{path: namespace, fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}]}
      `),
    );
  });

  test('takes the old name of the field too', async () => {
    assert.equal((await specOf('{serviceAccount: quiet, containers: []}')).serviceAccountName, 'quiet');
  });

  test('mounts nothing where the pod or, if that is silent, the account does not want it', async () => {
    for (const yaml of [
      '{automountServiceAccountToken: false, containers: [{name: a}]}',
      '{serviceAccountName: quiet, containers: [{name: a}]}',
    ])
      assert.equal((await specOf(yaml)).volumes, undefined, yaml);
    const wanted = await specOf(
      '{automountServiceAccountToken: true, serviceAccountName: quiet, containers: [{name: a}]}',
    );
    assert.equal(wanted.volumes?.length, 1);
  });

  test('leaves a container alone that mounts something there, and uses the volume that is there', async () => {
    const own = '{name: mine, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}';
    const all = await specOf(`{containers: [{name: a, volumeMounts: [${own}]}]}`);
    assert.equal(all.volumes, undefined);
    const volume = '{name: kube-api-access-zzzzz, projected: {sources: []}}';
    const reused = await specOf(`{containers: [{name: a}], volumes: [${volume}]}`);
    assert.equal(reused.volumes?.length, 1);
    assert.equal(reused.containers[0]?.volumeMounts?.[0]?.name, 'kube-api-access-zzzzz');
  });

  test('hands on how images are pulled', async () => {
    const spec = await specOf('{serviceAccountName: puller, containers: []}');
    assert.deepEqual(spec.imagePullSecrets, [{ name: 'registry' }]);
    const own = await specOf(
      '{serviceAccountName: puller, imagePullSecrets: [{name: mine}], containers: []}',
    );
    assert.deepEqual(own.imagePullSecrets, [{ name: 'mine' }]);
  });

  test('refuses an account that does not exist', async () => {
    await assert.rejects(
      specOf('{serviceAccountName: nobody, containers: []}'),
      says(
        403,
        'pods "web" is forbidden: error looking up service account shop/nobody: serviceaccount "nobody" not found',
      ),
    );
  });

  test('waits a moment for the default account of a new namespace, but not for ever', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    let [attempts, appearsAt] = [0, 3];
    const patient = serviceAccount({
      serviceAccount: async (_, name) => {
        queueMicrotask(() => setImmediate(() => clock.advance(100)));
        return ++attempts >= appearsAt ? { metadata: { name } } : undefined;
      },
      clock,
      random: () => 0,
    });
    const create = () =>
      admitted(patient, operation('create', pod, '{metadata: {name: web}, spec: {containers: []}}'));
    await create();
    assert.equal(clock.now() - start, 200);
    [attempts, appearsAt] = [0, 100];
    await assert.rejects(create(), /serviceaccount "default" not found/);
    assert.equal(attempts, 10);
  });
});

describe('PodDefaults', () => {
  const specOf = async (yaml: string, more: Partial<Operation> = {}) =>
    (
      await admitted<Pod>(
        podDefaults,
        operation('create', pod, `{metadata: {name: web}, spec: ${yaml}}`, more),
      )
    ).spec;

  test('are tolerations of five minutes and service links', async () => {
    assert.deepEqual(
      await specOf('{containers: []}'),
      parse(`
        containers: []
        enableServiceLinks: true
        tolerations:
        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
        - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
      `),
    );
  });

  test('leave what was said', async () => {
    const all = await specOf(
      '{containers: [], enableServiceLinks: false, tolerations: [{operator: Exists}]}',
    );
    assert.deepEqual([all?.enableServiceLinks, all?.tolerations], [false, [{ operator: 'Exists' }]]);
    const one = await specOf(
      '{containers: [], tolerations: [{key: node.kubernetes.io/not-ready, effect: NoExecute, tolerationSeconds: 5}, {key: node.kubernetes.io/unreachable, effect: NoSchedule}]}',
    );
    assert.deepEqual(
      one?.tolerations?.map((t) => `${t.key} ${t.effect} ${t.tolerationSeconds}`),
      [
        'node.kubernetes.io/not-ready NoExecute 5',
        'node.kubernetes.io/unreachable NoSchedule undefined',
        'node.kubernetes.io/unreachable NoExecute 300',
      ],
    );
  });

  test('are for pods as a whole, not for their status', async () => {
    assert.deepEqual(await specOf('{containers: []}', { verb: 'update', subresource: 'status' }), {
      containers: [],
    });
  });
});

describe('NodeRestriction', () => {
  const kubelet = { name: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
  const ask = (verb: Operation['verb'], kind: Kind, yaml: string, more: Partial<Operation> = {}) =>
    admitted(nodeRestriction, operation(verb, kind, yaml, { user: kubelet, ...more }));
  const podOn = (nodeName: string) =>
    `{metadata: {name: web}, spec: {nodeName: ${nodeName}, containers: []}}`;

  test('lets a node write itself, and no other', async () => {
    assert.ok(await ask('create', node, 'metadata: {name: a}'));
    assert.ok(await ask('update', node, 'metadata: {name: a}', { subresource: 'status' }));
    const message = 'nodes "b" is forbidden: node "a" is not allowed to modify node "b"';
    await assert.rejects(ask('create', node, 'metadata: {name: b}'), says(403, message));
    await assert.rejects(
      ask('update', node, 'metadata: {name: b}', { subresource: 'status' }),
      says(403, message),
    );
  });

  test('lets it report and remove the pods that are bound to it, and no others', async () => {
    assert.ok(await ask('update', pod, podOn('a'), { subresource: 'status' }));
    assert.ok(await ask('delete', pod, podOn('a')));
    await assert.rejects(
      ask('delete', pod, podOn('b')),
      says(403, 'pods "web" is forbidden: node "a" can only delete pods with spec.nodeName set to itself'),
    );
    await assert.rejects(
      ask('delete', pod, '{metadata: {name: web}, spec: {containers: []}}'),
      /set to itself/,
    );
  });

  test('lets it label no pod by its status', async () => {
    const labelled = podOn('a').replace('name: web', 'name: web, labels: {a: b}');
    await assert.rejects(
      ask('update', pod, labelled, { subresource: 'status', old: parse(podOn('a')) as Pod }),
      says(403, 'pods "web" is forbidden: node "a" cannot update labels through pod status'),
    );
    assert.ok(await ask('update', pod, labelled, { subresource: 'status', old: parse(labelled) as Pod }));
  });

  test('believes what is stored, not what the node sends', async () => {
    const old = parse(podOn('b')) as Pod;
    await assert.rejects(
      ask('update', pod, podOn('a'), { subresource: 'status', old }),
      says(
        403,
        'pods "web" is forbidden: node "a" can only update pod status for pods with spec.nodeName set to itself',
      ),
    );
  });

  test('lets it make no pods, and no lease but its own', async () => {
    await assert.rejects(ask('create', pod, podOn('a')), /unexpected operation "CREATE"/);
    assert.ok(await ask('create', lease, 'metadata: {name: a, namespace: kube-node-lease}'));
    await assert.rejects(
      ask('create', lease, 'metadata: {name: b, namespace: kube-node-lease}'),
      /can only access node lease with the same name as the requesting node/,
    );
  });

  test('lets it give itself no label by which its owner keeps pods on nodes that he trusts', async () => {
    const label = 'example.node-restriction.kubernetes.io/pci';
    const labelled = `{metadata: {name: a, labels: {${label}: "yes", zone: b}}}`;
    const message = `nodes "a" is forbidden: node "a" is not allowed to modify labels: ${label}`;
    await assert.rejects(ask('create', node, labelled), says(403, message));
    const old = parse(labelled) as KubeObject;
    assert.ok(await ask('update', node, labelled.replace('zone: b', 'zone: c'), { old }));
    await assert.rejects(ask('update', node, '{metadata: {name: a}}', { old }), says(403, message));
  });

  test('lets it make no CSINode but its own', async () => {
    assert.ok(await ask('create', csiNode, '{metadata: {name: a}, spec: {drivers: []}}'));
    await assert.rejects(
      ask('create', csiNode, '{metadata: {name: b}, spec: {drivers: []}}'),
      /can only access CSINode with the same name as the requesting node/,
    );
  });

  test('is not about people', async () => {
    assert.ok(!nodeRestriction.handles(operation('delete', pod, podOn('b'))));
  });
});

test('the plugins stand in one order: refusing before completing, numbers last', () => {
  const nothing = async () => undefined;
  const plugins = admissionPlugins({
    namespace: nothing,
    serviceAccount: nothing,
    services: async () => [],
    storageClasses: async () => [],
    ipAddresses: async () => [],
    serviceRanges: async () => [],
    serviceCIDRs: ['10.96.0.0/12'],
    nodePorts: { first: 30000, last: 32767 },
    clock: new FakeClock(),
    random: Math.random,
    authorizer: clusterAuthorizer(),
    list: async () => ({ items: [], revision: 0 }),
    revision: () => 0,
  });
  assert.deepEqual(
    plugins.map((plugin) => plugin.name),
    [
      'NamespaceLifecycle',
      'NodeRestriction',
      'NamespaceLabels',
      'LimitRanger',
      'ServiceAccount',
      'PodSecurity',
      'Priority',
      'PodDefaults',
      'RuntimeClass',
      'DefaultIngressClass',
      'Certificates',
      'RBACEscalation',
      'DefaultStorageClass',
      'PersistentVolumeClaimResize',
      'StorageObjectInUseProtection',
      'CustomResourceRules',
      'ServiceAllocation',
      'ResourceQuota',
    ],
  );
  const wanted = plugins.filter((p) => p.handles(operation('create', service, 'metadata: {name: web}')));
  assert.deepEqual(
    wanted.map((p) => p.name),
    ['NamespaceLifecycle', 'ServiceAllocation', 'ResourceQuota'],
  );
});
