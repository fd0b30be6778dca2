import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonPath } from './jsonPath.ts';

const object = {
  spec: {
    replicas: 3,
    'a.b': 'dotted',
    list: [
      { n: 'x', v: 1 },
      { n: 'y', v: 2 },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
};

const found: Readonly<Record<string, unknown[]>> = {
  '.spec.replicas': [3],
  '{.spec.replicas}': [3],
  '.spec.missing.below': [],
  ".spec['a.b']": ['dotted'],
  '.spec.a\\.b': ['dotted'],
  '.spec.list[0].n': ['x'],
  '.spec.list[-1].n': ['y'],
  '.spec.list[*].v': [1, 2],
  '.spec.list[0:1].n': ['x'],
  '.status.conditions[?(@.type=="Ready")].status': ['True'],
  ".status.conditions[?(@.type=='None')].status": [],
  '.spec.list[?(@.v>1)].n': ['y'],
  '..status': [object.status, 'True', 'False'],
  '.spec.constructor': [],
};

for (const [path, values] of Object.entries(found))
  test(`${path} finds ${JSON.stringify(values)}`, () =>
    assert.deepEqual(parseJsonPath(path)(object), values));

test('what is no path is told', () => assert.throws(() => parseJsonPath('.spec.['), /Cannot read the path/));
