import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { ClusterRole, KubeObject } from '../../api/types.ts';
import { reconciled } from './reconcile.ts';

const read = (yaml: string) => parse(yaml) as KubeObject;
const ofDefaults = (wanted: string, stored: string) => reconciled(read(wanted), read(stored));

describe('a default role', () => {
  const wanted = `
metadata: {name: r, labels: {kubernetes.io/bootstrapping: rbac-defaults}, annotations: {}}
rules: [{verbs: [get, list], apiGroups: [""], resources: [pods, services]}]`;

  test('that has all its rights, in whatever rules, stays as it is', () => {
    assert.equal(ofDefaults(wanted, wanted), undefined);
    const stored = `
metadata: {name: r, labels: {kubernetes.io/bootstrapping: mine}, annotations: {}}
rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]`;
    assert.equal(ofDefaults(wanted, stored), undefined);
  });

  test('gets back what is missing, beside what was added', () => {
    const stored = `
metadata: {name: r}
rules: [{verbs: [get, delete], apiGroups: [""], resources: [pods]}]`;
    assert.deepEqual((ofDefaults(wanted, stored) as ClusterRole).rules, [
      { verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['services'] },
      { verbs: ['list'], apiGroups: [''], resources: ['pods'] },
    ]);
  });

  test('that is made of others gets its selectors back, and its rules are left to its controller', () => {
    const made = (labels: string) => `
metadata: {name: r, labels: {}, annotations: {}}
aggregationRule: {clusterRoleSelectors: [${labels}]}
rules: [{verbs: [get], nonResourceURLs: [/x]}]`;
    const [own, other] = ['{matchLabels: {to: r}}', '{matchLabels: {other: x}}'];
    assert.equal(ofDefaults(made(own), made(own)), undefined);
    const next = ofDefaults(made(own), made(other)) as ClusterRole;
    assert.deepEqual(next.aggregationRule?.clusterRoleSelectors, [
      { matchLabels: { other: 'x' } },
      { matchLabels: { to: 'r' } },
    ]);
  });

  test('is left alone when its owner says so', () => {
    const stored = 'metadata: {name: r, annotations: {rbac.authorization.kubernetes.io/autoupdate: "false"}}';
    assert.equal(ofDefaults(wanted, stored), undefined);
  });
});

describe('a default binding', () => {
  const binding = (role: string, subjects: string) => `
metadata: {name: b, labels: {}, annotations: {}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [${subjects}]`;
  const [jane, joe] = ['{kind: User, name: jane}', '{kind: User, name: joe}'];

  test('gets back whom it lost and keeps whom it was given', () => {
    const next = ofDefaults(binding('r', jane), binding('r', joe)) as KubeObject & { subjects: object[] };
    assert.deepEqual(next.subjects, [
      { kind: 'User', name: 'joe' },
      { kind: 'User', name: 'jane' },
    ]);
    assert.equal(ofDefaults(binding('r', jane), binding('r', `${joe}, ${jane}`)), undefined);
  });

  test('to another role begins anew: nobody else gets the role that it should give', () => {
    const next = ofDefaults(binding('r', jane), binding('weak', joe));
    assert.deepEqual(next, read(binding('r', jane)));
  });
});
