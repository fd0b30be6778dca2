import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { KubeObject } from '../../api/types.ts';
import type { Attributes } from './contract.ts';
import { clusterAuthorizer } from './index.ts';
import { nodeGraph } from './nodeGraph.ts';

const pod = (name: string, spec: string, generation = 1) =>
  ({
    kind: 'Pod',
    metadata: { name, namespace: 'shop', generation },
    spec: { containers: [], ...(parse(spec) as object) },
  }) as KubeObject;

/** A volume that is a directory of the node. */
const directory = (name: string, node: string) =>
  parse(`
    kind: PersistentVolume
    metadata:
      name: ${name}
      annotations: {pv.kubernetes.io/provisioned-by: switchboard.dev/local-path, switchboard.dev/node: ${node}}`) as KubeObject;

const everything = `
nodeName: a
serviceAccountName: robot
imagePullSecrets: [{name: pull}]
initContainers: [{envFrom: [{secretRef: {name: init-secret}}, {configMapRef: {name: init-config}}]}]
containers:
- env:
  - {name: X, value: y}
  - {name: A, valueFrom: {secretKeyRef: {name: env-secret, key: k}}}
  - {name: B, valueFrom: {configMapKeyRef: {name: env-config, key: k}}}
ephemeralContainers: [{envFrom: [{secretRef: {name: debug-secret}}]}]
volumes:
- {name: s, secret: {secretName: volume-secret}}
- {name: c, configMap: {name: volume-config}}
- {name: p, projected: {sources: [{secret: {name: projected-secret}}, {configMap: {name: projected-config}}]}}
- {name: d, persistentVolumeClaim: {claimName: data}}
- {name: scratch, ephemeral: {}}
`;

describe('what a pod leads its node to', () => {
  const graph = nodeGraph();
  graph.set(pod('web', everything));
  const leads = (node: string, what: string) => {
    const [plural = '', namespace = '', name = ''] = what.split('/');
    return graph.leadsTo(node, plural, namespace, name);
  };

  test('is everything that it names', () => {
    const kinds = {
      secrets: ['init', 'env', 'debug', 'volume', 'projected'],
      configmaps: ['init', 'env', 'volume', 'projected'],
    };
    for (const name of kinds.secrets) assert.ok(leads('a', `secrets/shop/${name}-secret`), name);
    for (const name of kinds.configmaps) assert.ok(leads('a', `configmaps/shop/${name}-config`), name);
    assert.ok(leads('a', 'secrets/shop/pull'));
    assert.ok(leads('a', 'serviceaccounts/shop/robot'));
    assert.ok(leads('a', 'persistentvolumeclaims/shop/data'));
    assert.ok(leads('a', 'persistentvolumeclaims/shop/web-scratch'));
    assert.ok(graph.runs('a', 'shop', 'web'));
  });

  test('is nothing of another name, namespace, kind or node', () => {
    assert.ok(!leads('a', 'secrets/shop/other'));
    assert.ok(!leads('a', 'secrets/other/pull'));
    assert.ok(!leads('a', 'configmaps/shop/pull'));
    assert.ok(!leads('b', 'secrets/shop/pull'));
    assert.ok(!graph.runs('b', 'shop', 'web'));
  });
});

describe('a node', () => {
  const secret = 'volumes: [{name: s, secret: {secretName: tls}}]';
  const leads = (graph: ReturnType<typeof nodeGraph>, node = 'a') =>
    graph.leadsTo(node, 'secrets', 'shop', 'tls');

  test('is led by a pod from its binding to its end', () => {
    const graph = nodeGraph();
    const [free, bound] = [pod('web', secret), pod('web', `nodeName: a\n${secret}`)];
    graph.set(free);
    assert.ok(!leads(graph));
    graph.set(bound, free);
    assert.ok(leads(graph));
    graph.remove(bound);
    assert.ok(!leads(graph));
  });

  test('keeps what two pods name until the second is gone', () => {
    const graph = nodeGraph();
    const [one, two] = ['one', 'two'].map((name) => pod(name, `nodeName: a\n${secret}`));
    assert.ok(one && two);
    graph.set(one);
    graph.set(two);
    graph.remove(one);
    assert.ok(leads(graph));
    graph.remove(two);
    assert.ok(!leads(graph));
  });

  test('follows a change of what the pod names, and does not count a change of its status', () => {
    const graph = nodeGraph();
    const before = pod('web', 'nodeName: a');
    const after = pod('web', `nodeName: a\n${secret}`, 2);
    graph.set(before);
    graph.set(after, before);
    graph.set({ ...after, status: { phase: 'Running' } } as KubeObject, after);
    assert.ok(leads(graph));
    graph.remove(after);
    assert.ok(!leads(graph));
  });

  test('is not led by a pod that it made itself', () => {
    const graph = nodeGraph();
    const mirror = pod('web', `nodeName: a\n${secret}`);
    mirror.metadata.annotations = { 'kubernetes.io/config.mirror': 'x' };
    graph.set(mirror);
    assert.ok(!leads(graph));
  });

  test('is led to a directory that it made, with and without a pod', () => {
    const graph = nodeGraph();
    const may = (node: string) => [
      graph.leadsTo(node, 'persistentvolumes', '', 'own'),
      graph.keeps(node, 'own'),
    ];
    graph.set(directory('own', 'a'));
    assert.deepEqual([...may('a'), ...may('b')], [true, true, false, false]);
    graph.remove(directory('own', 'a'));
    assert.deepEqual(may('a'), [false, false]);
  });

  test('is led by a claim to its volume, and by that to its secret', () => {
    const graph = nodeGraph();
    const volume = parse(`
      kind: PersistentVolume
      metadata: {name: pv-1}
      spec: {claimRef: {namespace: shop, name: data}, csi: {nodeStageSecretRef: {namespace: storage, name: key}}}`) as KubeObject;
    const may = () => [
      graph.leadsTo('a', 'persistentvolumes', '', 'pv-1'),
      graph.leadsTo('a', 'secrets', 'storage', 'key'),
    ];
    graph.set(volume);
    assert.deepEqual(may(), [false, false]);
    graph.set(pod('web', 'nodeName: a\nvolumes: [{name: d, persistentVolumeClaim: {claimName: data}}]'));
    assert.deepEqual(may(), [true, true]);
    graph.remove(volume);
    assert.deepEqual(may(), [false, false]);
  });
});

describe('a kubelet', () => {
  const graph = nodeGraph();
  graph.set(pod('web', everything));
  graph.set(directory('own', 'a'));
  graph.set(directory('others', 'b'));
  const authorizer = clusterAuthorizer({ graph });
  const kubelet = { name: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
  const decide = (line: string) => {
    const [verb = '', what = '', where = '', selector] = line.split(' ');
    const [kind = '', subresource] = what.split('/');
    const [plural = '', ...group] = kind.split('.');
    const [namespace, name] = where.includes('/') ? where.split('/') : ['', where];
    const [field = '', value = ''] = selector?.split('=') ?? [];
    const attributes: Attributes = {
      user: kubelet,
      verb,
      path: '',
      resource: {
        group: group.join('.'),
        version: 'v1',
        plural,
        ...(subresource && { subresource }),
        ...(namespace && { namespace }),
        ...(name && { name }),
      },
      ...(field && { selected: { [field]: value } }),
    };
    return authorizer.authorize(attributes);
  };

  test('reads what its pods name, one by one, and writes what is its own', () => {
    const table = `
      yes get secrets shop/pull
      yes watch secrets shop/pull
      no  get secrets shop/other
      no  list secrets shop/
      no  update secrets shop/pull
      yes watch configmaps shop/env-config
      no  watch configmaps shop/other
      yes get persistentvolumeclaims shop/data
      no  patch persistentvolumeclaims shop/data
      yes watch persistentvolumes own
      yes patch persistentvolumes own
      no  update persistentvolumes own
      no  watch persistentvolumes others
      no  patch persistentvolumes others
      no  list persistentvolumes
      yes create serviceaccounts/token shop/robot
      no  create serviceaccounts/token shop/default
      no  create serviceaccounts shop/
      yes get pods shop/web
      no  get pods shop/other
      yes watch pods / spec.nodeName=a
      no  watch pods / spec.nodeName=b
      no  list pods shop/
      yes patch pods/status shop/web
      yes delete pods shop/web
      yes create pods/eviction shop/web
      no  create pods/eviction shop/other
      no  update pods shop/web
      yes create nodes
      yes get nodes a
      no  get nodes b
      no  list nodes
      yes patch nodes/status a
      no  update nodes/status b
      no  delete nodes a
      yes create leases.coordination.k8s.io kube-node-lease/
      yes update leases.coordination.k8s.io kube-node-lease/a
      no  update leases.coordination.k8s.io kube-node-lease/b
      no  update leases.coordination.k8s.io default/a
      yes patch csinodes.storage.k8s.io a
      no  patch csinodes.storage.k8s.io b
      yes watch services
      yes create events shop/
      yes create tokenreviews.authentication.k8s.io
      yes create subjectaccessreviews.authorization.k8s.io
      no  list deployments.apps shop/
      no  create secrets shop/`;
    for (const line of table.trim().split('\n')) {
      const [answer, ...words] = line.trim().split(/\s+/);
      assert.equal(decide(words.join(' ')).allowed ? 'yes' : 'no', answer, line);
    }
  });

  test('hears why not', () => {
    assert.equal(
      decide('get secrets shop/other').reason,
      'User "system:node:a" cannot get resource "secrets" in API group "" in the namespace "shop": ' +
        "no relationship found between node 'a' and this object",
    );
    assert.match(decide('list secrets shop/').reason, /: No Object name found$/);
    assert.match(decide('get nodes b').reason, /: node 'a' cannot read 'b', only its own Node object$/);
  });
});
