import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../api/types.ts';
import { createAuthorizer } from './rbac.ts';
import { roleIndex } from './roleIndex.ts';

const objects = (yaml: string) => parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject);

const policy = `
kind: ClusterRole
metadata: {name: pod-reader}
rules: [{verbs: [get, list], apiGroups: [""], resources: [pods]}]
---
kind: Role
metadata: {name: pod-writer, namespace: shop}
rules: [{verbs: [create], apiGroups: [""], resources: [pods]}]
---
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {kind: ClusterRole, name: pod-reader}
subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: robot}]
---
kind: RoleBinding
metadata: {name: writers, namespace: shop}
roleRef: {kind: Role, name: pod-writer}
subjects: [{kind: Group, name: dev}]
---
kind: ClusterRoleBinding
metadata: {name: auditors}
roleRef: {kind: ClusterRole, name: pod-reader}
subjects: [{kind: ServiceAccount, name: audit, namespace: ops}]
`;

function world(yaml = policy) {
  const index = roleIndex();
  for (const object of objects(yaml)) index.set(object);
  const authorizer = createAuthorizer([index.grants]);
  const ask = (line: string) => {
    const [name = '', verb = '', namespace = '', ...groups] = line.split(' ');
    const resource = { group: '', version: 'v1', plural: 'pods', ...(namespace && { namespace }) };
    return authorizer.authorize({ user: { name, groups }, verb, resource, path: '' });
  };
  return { index, ask };
}

describe('bindings', () => {
  test('in a namespace say nothing about another or about the cluster', () => {
    const { ask } = world();
    assert.ok(ask('jane list shop').allowed);
    assert.ok(!ask('jane list other').allowed);
    assert.ok(!ask('jane list').allowed);
  });

  test('of the cluster hold in every namespace', () => {
    const { ask } = world();
    assert.ok(ask('system:serviceaccount:ops:audit list').allowed);
    assert.ok(ask('system:serviceaccount:ops:audit list shop').allowed);
    assert.ok(!ask('system:serviceaccount:shop:audit list').allowed);
  });

  test('say who allowed it, in the words of Kubernetes', () => {
    const { ask } = world();
    assert.deepEqual(
      [
        ask('jane get shop'),
        ask('joe create shop dev'),
        ask('system:serviceaccount:shop:robot get shop'),
        ask('system:serviceaccount:ops:audit get x'),
      ].map(({ reason }) => reason),
      [
        'RBAC: allowed by RoleBinding "readers/shop" of ClusterRole "pod-reader" to User "jane"',
        'RBAC: allowed by RoleBinding "writers/shop" of Role "pod-writer" to Group "dev"',
        'RBAC: allowed by RoleBinding "readers/shop" of ClusterRole "pod-reader" to ServiceAccount "robot/shop"',
        'RBAC: allowed by ClusterRoleBinding "auditors" of ClusterRole "pod-reader" to ServiceAccount "audit/ops"',
      ],
    );
  });

  test('to a service account without a namespace mean that of the binding', () => {
    const { ask } = world();
    assert.ok(ask('system:serviceaccount:shop:robot get shop').allowed);
    assert.ok(!ask('system:serviceaccount:other:robot get shop').allowed);
  });

  test('to a role that is not there give nothing until it is', () => {
    const { index, ask } = world();
    for (const object of objects(policy).filter(({ kind }) => kind === 'ClusterRole')) index.remove(object);
    assert.ok(!ask('jane list shop').allowed);
    for (const object of objects(policy)) index.set(object);
    assert.ok(ask('jane list shop').allowed);
  });

  test('that are changed or gone give nothing any more', () => {
    const { index, ask } = world();
    const [, , readers] = objects(policy);
    assert.ok(readers);
    index.set({ ...readers, subjects: [{ kind: 'User', name: 'joe' }] } as KubeObject);
    assert.ok(!ask('jane list shop').allowed);
    assert.ok(ask('joe list shop').allowed);
    index.remove(readers);
    assert.ok(!ask('joe list shop').allowed);
  });

  test('are forgotten together', () => {
    const { index, ask } = world();
    index.clear();
    assert.ok(!ask('jane list shop').allowed);
  });
});

test('the rules of a role are found by who would bind it', () => {
  const { index } = world();
  const of = (kind: string, name: string, namespace?: string) =>
    index.rulesOf({ apiGroup: 'rbac.authorization.k8s.io', kind, name }, namespace)?.[0]?.verbs;
  assert.deepEqual(of('ClusterRole', 'pod-reader', 'shop'), ['get', 'list']);
  assert.deepEqual(of('Role', 'pod-writer', 'shop'), ['create']);
  assert.equal(of('Role', 'pod-writer', 'other'), undefined);
  assert.equal(of('Role', 'pod-reader', 'shop'), undefined);
});
