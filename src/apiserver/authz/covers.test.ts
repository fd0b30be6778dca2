import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compact, describeRule, missingRights } from './covers.ts';
import type { PolicyRule } from './rbac.ts';

/** `get,list pods,services.apps [name]`, or `get /healthz` */
function rule(text: string): PolicyRule {
  const [verbs = '', what = '', names] = text.split(' ');
  const list = (words: string) => words.split(',');
  if (what.startsWith('/')) return { verbs: list(verbs), nonResourceURLs: list(what) };
  const [resources = '', ...group] = what.split('.');
  return {
    verbs: list(verbs),
    apiGroups: [group.join('.')],
    resources: list(resources),
    ...(names && { resourceNames: list(names) }),
  };
}

const missing = (held: string[], ...wanted: string[]) =>
  compact(missingRights(held.map(rule), wanted.map(rule))).map(describeRule);

describe('rights that are held', () => {
  test('cover themselves and less', () => {
    assert.deepEqual(missing(['get,list pods,services'], 'get pods', 'list services'), []);
    assert.deepEqual(missing(['get,list pods'], 'get pods web'), []);
    assert.deepEqual(missing(['* *.*'], 'get pods', 'list deployments.apps', '* pods/log web'), []);
  });

  test('may stand in several rules', () => {
    assert.deepEqual(missing(['get pods', 'list pods', 'get services'], 'get,list pods'), []);
  });

  test('do not cover another verb, group, subresource or name', () => {
    assert.deepEqual(missing(['get pods'], 'get,delete pods'), [
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
    ]);
    assert.deepEqual(missing(['get pods'], 'get pods.apps'), [
      '{APIGroups:["apps"], Resources:["pods"], Verbs:["get"]}',
    ]);
    assert.deepEqual(missing(['get pods'], 'get pods/log'), [
      '{APIGroups:[""], Resources:["pods/log"], Verbs:["get"]}',
    ]);
    assert.deepEqual(missing(['get pods web'], 'get pods', 'get pods web,other'), [
      '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
      '{APIGroups:[""], Resources:["pods"], ResourceNames:["other"], Verbs:["get"]}',
    ]);
  });

  test('cover a star only by a star', () => {
    assert.equal(missing(['get,list,watch pods'], '* pods').length, 1);
    assert.deepEqual(missing(['* */scale'], 'get deployments/scale'), []);
    assert.equal(missing(['* */scale'], 'get deployments').length, 1);
  });

  test('cover paths as far as their star reaches', () => {
    assert.deepEqual(missing(['get /apis/*'], 'get /apis/apps', 'get /apis/*'), []);
    assert.deepEqual(missing(['get /healthz'], 'get,post /healthz', 'get /metrics'), [
      '{NonResourceURLs:["/healthz"], Verbs:["post"]}',
      '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    ]);
  });
});
