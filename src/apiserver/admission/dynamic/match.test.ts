import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtinKinds } from '../../../api/kinds.ts';
import type { Asked } from './asked.ts';
import { matchingKind, type Rule } from './match.ts';

const kinds = () => builtinKinds.list();

/** `CREATE apps/v1/deployments/scale in default`, `DELETE v1/nodes`. */
function asked(text: string): Asked {
  const [operation, path = '', , namespace] = text.split(' ');
  const [group = '', version = '', plural = '', subresource] = path.startsWith('v1/')
    ? ['', ...path.split('/')]
    : path.split('/');
  const kind = builtinKinds.of(group, version, plural);
  assert.ok(kind, path);
  return {
    operation: operation as Asked['operation'],
    kind,
    objectKind: { group, version, kind: kind.resource.kind },
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    name: 'web',
    object: null,
    oldObject: null,
    userInfo: {},
    dryRun: false,
    options: null,
    isWhole: true,
  };
}

const any: Rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
const about = (...resources: string[]): Rule => ({ ...any, resources });

const cases: [what: string, rule: Rule, request: string, matches: boolean][] = [
  ['everything', any, 'DELETE v1/nodes', true],
  ['everything', any, 'UPDATE v1/pods/status in default', true],
  ['the operation', { ...any, operations: ['CREATE'] }, 'DELETE v1/pods in default', false],
  ['the group', { ...any, apiGroups: [''] }, 'CREATE apps/v1/deployments in default', false],
  ['the version', { ...any, apiVersions: ['v2'] }, 'CREATE v1/pods in default', false],
  ['the resource', about('pods'), 'CREATE v1/pods in default', true],
  ['the resource alone', about('pods'), 'UPDATE v1/pods/status in default', false],
  ['all resources alone', about('*'), 'UPDATE v1/pods/status in default', false],
  ['a subresource', about('pods/status'), 'UPDATE v1/pods/status in default', true],
  ['a subresource of all', about('*/scale'), 'UPDATE apps/v1/deployments/scale in default', true],
  ['all of a resource', about('pods/*'), 'UPDATE v1/pods/binding in default', true],
  ['what is in a namespace', { ...any, scope: 'Namespaced' }, 'CREATE v1/pods in default', true],
  ['what is in a namespace', { ...any, scope: 'Namespaced' }, 'CREATE v1/nodes', false],
  ['what is in none', { ...any, scope: 'Cluster' }, 'CREATE v1/nodes', true],
  [
    'a namespace, which is in none',
    { ...any, scope: 'Namespaced' },
    'CREATE v1/namespaces in default',
    false,
  ],
  ['the name', { ...any, resourceNames: ['web'] }, 'UPDATE v1/pods in default', true],
  ['another name', { ...any, resourceNames: ['db'] }, 'UPDATE v1/pods in default', false],
];

describe('a rule', () => {
  for (const [what, rule, request, matches] of cases)
    test(`about ${what} is ${matches ? '' : 'not '}about ${request}`, () => {
      assert.equal(matchingKind({ rules: [rule] }, asked(request), kinds) !== undefined, matches);
    });

  test('that excludes counts more', () => {
    const constraints = { rules: [any], excluded: [about('pods')] };
    assert.equal(matchingKind(constraints, asked('CREATE v1/pods in default'), kinds), undefined);
  });

  test('is about the same objects in another group, unless it is exact', () => {
    const constraints = { rules: [{ ...about('events'), apiGroups: ['events.k8s.io'] }] };
    const request = asked('CREATE v1/events in default');
    assert.equal(matchingKind(constraints, request, kinds)?.resource.group, 'events.k8s.io');
    assert.equal(matchingKind({ ...constraints, matchPolicy: 'Exact' }, request, kinds), undefined);
  });
});
