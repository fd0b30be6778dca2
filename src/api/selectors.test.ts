import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from './errors.ts';
import { kindOf } from './kinds.ts';
import {
  checkFieldSelector,
  formatLabelSelector,
  formatSelector,
  labelSelector,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from './selectors.ts';
import type { KubeObject, Pod } from './types.ts';

const pods = [
  { app: 'web', tier: 'front', size: '3' },
  { app: 'web', tier: 'back', size: '5' },
  { app: 'db', old: '' },
];

/** Indices of the pods that are selected. */
const select = (text: string) =>
  pods.flatMap((labels, i) => (matchesLabels(parseLabelSelector(text), labels) ? [i] : []));

describe('a label selector', () => {
  const cases: Record<string, number[]> = {
    '': [0, 1, 2],
    'app=web': [0, 1],
    'app==web,tier!=front': [1],
    'tier!=front': [1, 2],
    'tier in (front, back)': [0, 1],
    'tier notin (front)': [1, 2],
    old: [2],
    '!old': [0, 1],
    'old=': [2],
    'size>3': [1],
    'size<5': [0],
    'app in (web),!old , tier': [0, 1],
  };
  for (const [text, expected] of Object.entries(cases))
    test(`${JSON.stringify(text)} selects ${expected.join()}`, () => {
      assert.deepEqual(select(text), expected);
    });

  const refused: Record<string, string> = {
    'a in b': "unable to parse requirement: found 'b', expected: '('",
    'a=b c': "unable to parse requirement: found 'c', expected: ',' or 'end of string'",
    'a=b,': "unable to parse requirement: found '', expected: identifier after ','",
    '=a': "unable to parse requirement: found '=', expected: !, identifier, or 'end of string'",
    'a in (b': "unable to parse requirement: found '', expected: ',' or ')'",
    'a b': "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  };
  for (const [text, message] of Object.entries(refused))
    test(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(
        () => parseLabelSelector(text),
        (err) => err instanceof StatusError && err.status.code === 400 && err.message === message,
      );
    });

  test('with a bad key or value is refused with the reason', () => {
    assert.throws(() => parseLabelSelector('a/b/c=d'), /key: Invalid value: "a\/b\/c": a qualified name/);
    assert.throws(() => parseLabelSelector('a=-'), /values\[0\]\[a\]: Invalid value: "-": a valid label/);
    assert.throws(() => parseLabelSelector('a>b'), /the value must be an integer/);
  });

  test('of an object selects nothing when it is missing and everything when it is empty', () => {
    assert.equal(matchesLabels(labelSelector(undefined), { app: 'web' }), false);
    assert.equal(matchesLabels(labelSelector({}), { app: 'web' }), true);
    assert.equal(matchesLabels(labelSelector({}), undefined), true);
  });

  test('of an object is written in one line, sorted by key', () => {
    const selector = {
      matchLabels: { tier: 'front' },
      matchExpressions: [
        { key: 'app', operator: 'In', values: ['web', 'api'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'zone', operator: 'NotIn', values: ['a'] },
        { key: 'live', operator: 'Exists' },
      ],
    };
    const text = 'app in (api,web),live,!old,tier=front,zone!=a';
    assert.equal(formatLabelSelector(selector), text);
    assert.equal(formatSelector(parseLabelSelector(text)), text);
  });
});

describe('a field selector', () => {
  const kind = kindOf('', 'v1', 'pods');
  assert.ok(kind);
  const pod = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { nodeName: 'node-1', containers: [] },
    status: { phase: 'Running' },
  } satisfies Pod as KubeObject;

  const matches = (text: string) => {
    const selector = parseFieldSelector(text);
    checkFieldSelector(kind, selector);
    return matchesFields(kind, selector, pod);
  };

  test('compares metadata and the fields of the kind', () => {
    assert.equal(matches(''), true);
    assert.equal(matches('spec.nodeName=node-1,status.phase!=Succeeded'), true);
    assert.equal(matches('metadata.name==web,metadata.namespace=shop'), true);
    assert.equal(matches('metadata.name=db'), false);
    assert.equal(matches('spec.nodeName='), false);
    assert.equal(matches('spec.hostNetwork=false'), true);
    assert.equal(matches('spec.host=node-1'), true);
    assert.equal(matches('status.podIPs='), true);
  });

  test('that cannot be read or names another field is refused', () => {
    assert.throws(
      () => matches('spec.nodeName'),
      /invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'/,
    );
    assert.throws(() => matches('spec.color=red'), /field label not supported: spec.color/);
  });

  test('keeps signs that are escaped', () => {
    assert.deepEqual(parseFieldSelector(String.raw`a=b\,c\=d\\`), [
      { field: 'a', equal: true, value: 'b,c=d\\' },
    ]);
  });
});
