import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { ClusterRole } from '../../api/types.ts';
import { affected, withRules } from './desired.ts';

const role = (yaml: string) => parse(yaml) as ClusterRole;

const monitoring = role(`
metadata: {name: monitoring}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-monitoring: "true"}}, {matchLabels: {team: ops}}]}
rules: []`);
const part = (name: string, resource: string, label = 'to-monitoring: "true"') =>
  role(`
metadata: {name: ${name}, labels: {${label}}}
rules: [{verbs: [get], apiGroups: [""], resources: [${resource}]}]`);

const resources = (made: ClusterRole | undefined) => made?.rules?.flatMap((rule) => rule.resources ?? []);

describe('a role that is made of others', () => {
  test('has the rules of all that it selects, by selector and name, each once', () => {
    const parts = [
      part('z', 'services'),
      part('a', 'pods'),
      part('b', 'pods'),
      part('c', 'nodes', 'team: ops'),
      part('d', 'secrets', 'other: x'),
    ];
    assert.deepEqual(resources(withRules(monitoring, [monitoring, ...parts])), ['pods', 'services', 'nodes']);
  });

  test('loses what was said by hand', () => {
    const edited = { ...monitoring, rules: part('x', 'secrets').rules ?? [] };
    assert.deepEqual(withRules(edited, [edited])?.rules, []);
  });

  test('is not written when it is as it should be', () => {
    assert.equal(withRules(monitoring, [monitoring]), undefined);
    assert.equal(withRules(part('a', 'pods'), [part('b', 'pods')]), undefined, 'it says its rules itself');
  });

  test('is never a part of itself', () => {
    const self = { ...monitoring, metadata: { name: 'monitoring', labels: { team: 'ops' } } };
    assert.equal(withRules(self, [self]), undefined);
  });
});

describe('a change of a role', () => {
  const all = [monitoring, part('a', 'pods')];
  const names = (...changed: ClusterRole[]) => [...affected(changed, all)];

  test('means work for the roles that it is a part of', () => {
    assert.deepEqual(names(part('a', 'pods')), ['monitoring']);
    assert.deepEqual(names(part('a', 'pods', 'other: x')), []);
  });

  test('that takes a label away means work too', () => {
    assert.deepEqual(names(part('a', 'pods', 'other: x'), part('a', 'pods')), ['monitoring']);
  });

  test('that is made of others means work for itself', () => {
    assert.deepEqual(names(monitoring), ['monitoring']);
  });
});
