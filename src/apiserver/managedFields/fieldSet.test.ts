import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  below,
  difference,
  type FieldSet,
  hasMember,
  intersection,
  isEmpty,
  isEqual,
  only,
  pathsOf,
  union,
} from './fieldSet.ts';
import { readFieldSet } from './steps.ts';

/** Paths of at most three of the steps a, b, c. */
const step = fc.constantFrom('f:a', 'f:b', 'k:{"name":"c"}');
const paths = fc.uniqueArray(fc.array(step, { minLength: 1, maxLength: 3 }), {
  maxLength: 8,
  selector: (path) => path.join(),
});

type Tree = Record<string, { member: boolean; below: Tree }>;

/** A set that has just these paths: made in another way than by union. */
function setOf(all: readonly (readonly string[])[]): FieldSet {
  const tree: Tree = {};
  for (const path of all) {
    let here = tree;
    for (const [i, at] of path.entries()) {
      const node = (here[at] ??= { member: false, below: {} });
      if (i === path.length - 1) node.member = true;
      here = node.below;
    }
  }
  return written(tree);
}

function written(tree: Tree): FieldSet {
  return Object.fromEntries(
    Object.entries(tree).map(([at, node]) => {
      const children = written(node.below);
      return [at, node.member && !isEmpty(children) ? { '.': {}, ...children } : children];
    }),
  );
}

const told = (set: FieldSet) => new Set([...pathsOf(set)].map((path) => path.join(' ')));
const words = (all: readonly (readonly string[])[]) => new Set(all.map((path) => path.join(' ')));

describe('sets of fields are sets of paths', () => {
  const check = (
    made: (a: FieldSet, b: FieldSet) => FieldSet,
    expected: (a: Set<string>, b: Set<string>) => Set<string>,
  ) =>
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const [left, right] = [setOf(a), setOf(b)];
        const [leftBefore, rightBefore] = [structuredClone(left), structuredClone(right)];
        const result = made(left, right);
        assert.deepEqual(told(result), expected(words(a), words(b)));
        // In the one form that such a set has.
        assert.ok(isEqual(result, setOf([...pathsOf(result)])));
        assert.deepEqual([left, right], [leftBefore, rightBefore]);
      }),
    );

  test('a union has what either has', () => check(union, (a, b) => a.union(b)));
  test('a difference has what only the first has', () => check(difference, (a, b) => a.difference(b)));
  test('an intersection has what both have', () => check(intersection, (a, b) => a.intersection(b)));
  test('two are equal when they have the same paths', () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const same = words(a).symmetricDifference(words(b)).size === 0;
        assert.equal(isEqual(setOf(a), setOf(b)), same);
      }),
    );
  });
  test('what is written is read again as it was', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const set = setOf(all);
        assert.deepEqual(readFieldSet(JSON.parse(JSON.stringify(set))), set);
      }),
    );
  });
});

describe('one set of fields', () => {
  const set: FieldSet = {
    'f:spec': { 'f:ports': { '.': {}, 'k:{"port":80}': { 'f:name': {} } }, 'f:type': {} },
  };

  test('has a field that is written with a dot or with nothing below', () => {
    assert.ok(hasMember(below(set, 'f:spec'), 'f:ports'));
    assert.ok(hasMember(below(set, 'f:spec'), 'f:type'));
    assert.ok(!hasMember(set, 'f:spec'));
    assert.ok(!hasMember(set, 'f:status'));
  });
  test('below a step is what begins with it, without the step itself', () => {
    assert.deepEqual(below(below(set, 'f:spec'), 'f:ports'), { 'k:{"port":80}': { 'f:name': {} } });
    assert.deepEqual(below(set, 'f:status'), {});
  });
  test('can be cut down to one member of the object', () => {
    assert.deepEqual(only({ ...set, 'f:status': {} }, 'f:status'), { 'f:status': {} });
    assert.deepEqual(only(set, 'f:status'), {});
    assert.deepEqual(only(set, 'f:spec', 'f:type'), { 'f:spec': { 'f:type': {} } });
    assert.deepEqual(only(set, 'f:spec', 'f:selector'), {});
  });
});
