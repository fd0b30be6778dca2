import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import '../../api/kinds.ts';
import { StatusError } from '../../api/errors.ts';
import { applyPatch } from './index.ts';

type Kind = 'json-patch+json' | 'merge-patch+json' | 'strategic-merge-patch+json';

const patched = (kind: Kind, current: string, patch: string, message = 'core/v1.Pod') => {
  const before = parse(current) as object;
  const body: unknown = parse(patch);
  const copies = structuredClone({ before, body });
  try {
    return applyPatch({ contentType: `application/${kind}`, body, current: before, message });
  } finally {
    assert.deepEqual({ before, body }, copies, 'neither the object nor the patch is changed');
  }
};

const refused = (code: number, message: RegExp, run: () => unknown) =>
  assert.throws(run, (err) => {
    assert.ok(err instanceof StatusError, String(err));
    assert.equal(err.status.code, code);
    assert.match(err.message + (err.status.details?.causes?.[0]?.message ?? ''), message);
    return true;
  });

describe('a merge patch', () => {
  // RFC 7386, appendix A, as far as the target and the patch are objects.
  for (const [current, patch, expected] of [
    ['{a: b}', '{a: c}', '{a: c}'],
    ['{a: b}', '{b: c}', '{a: b, b: c}'],
    ['{a: b}', '{a: null}', '{}'],
    ['{a: b, b: c}', '{a: null}', '{b: c}'],
    ['{a: [b]}', '{a: c}', '{a: c}'],
    ['{a: c}', '{a: [b]}', '{a: [b]}'],
    ['{a: {b: c}}', '{a: {b: d, c: null}}', '{a: {b: d}}'],
    ['{a: [{b: c}]}', '{a: [1]}', '{a: [1]}'],
    ['{e: null}', '{a: 1}', '{e: null, a: 1}'],
    ['{}', '{a: {bb: {ccc: null}}}', '{a: {bb: {}}}'],
    ['{a: 1}', '{a: {b: {c: null, d: 2}}}', '{a: {b: {d: 2}}}'],
    ['{}', '{toString: {x: 1}}', '{toString: {x: 1}}'],
  ] as const) {
    test(`${patch} makes ${expected} of ${current}`, () => {
      assert.deepEqual(patched('merge-patch+json', current, patch), parse(expected));
    });
  }

  test('that is no object is a bad request', () => {
    refused(400, /error decoding patch/, () => patched('merge-patch+json', '{}', '[1]'));
  });
});

describe('a JSON patch', () => {
  for (const [current, patch, expected] of [
    ['{a: 1}', '[{op: replace, path: /a, value: 2}]', '{a: 2}'],
    ['{a: 1}', '[{op: add, path: /b, value: {c: 3}}]', '{a: 1, b: {c: 3}}'],
    ['{a: [1, 2]}', '[{op: add, path: /a/-, value: 3}, {op: remove, path: /a/0}]', '{a: [2, 3]}'],
    ['{a: {b/c: 1}}', '[{op: remove, path: /a/b~1c}]', '{a: {}}'],
    ['{a: 1}', '[{op: test, path: /a, value: 1}, {op: move, from: /a, path: /b}]', '{b: 1}'],
    [
      '{a: {x: 1}}',
      '[{op: copy, from: /a, path: /b}, {op: replace, path: /b/x, value: 2}]',
      '{a: {x: 1}, b: {x: 2}}',
    ],
    ['{a: 1}', '[{op: replace, path: "", value: {b: 2}}]', '{b: 2}'],
    ['{a: 1}', '[{op: test, path: /b, value: null}, {op: add, path: /b, value: 2}]', '{a: 1, b: 2}'],
    ['{a: 1}', '[]', '{a: 1}'],
    ['{l: [1, 2, 3]}', '[{op: remove, path: /l/-1}, {op: replace, path: /l/-2, value: 0}]', '{l: [0, 2]}'],
    [
      '{l: [1, 2]}',
      '[{op: add, path: /l/-1, value: 3}, {op: add, path: /l/-4, value: 0}]',
      '{l: [0, 1, 2, 3]}',
    ],
    [
      '{l: [{x: 1}, {x: 2}]}',
      '[{op: test, path: /l/-1/x, value: 2}, {op: add, path: /l/-2/y, value: 3}]',
      '{l: [{x: 1, y: 3}, {x: 2}]}',
    ],
    ['{l: [1, 2, 3]}', '[{op: move, from: /l/-3, path: /l/-1}]', '{l: [2, 3, 1]}'],
    ['{l: [1, 2]}', '[{op: copy, from: /l/-2, path: /l/-1}]', '{l: [1, 2, 1]}'],
    ['{"-1": 1}', '[{op: replace, path: /-1, value: 2}]', '{"-1": 2}'],
  ] as const) {
    test(`${patch} makes ${expected} of ${current}`, () => {
      assert.deepEqual(patched('json-patch+json', current, patch), parse(expected));
    });
  }

  for (const [patch, why] of [
    ['[{op: test, path: /a, value: 2}]', /test: Test operation failed/],
    ['[{op: test, path: /a, value: null}]', /test: Test operation failed/],
    ['[{op: test, path: /nothing/x, value: null}]', /test: /],
    ['[{op: remove, path: /nothing}]', /remove: /],
    ['[{op: replace, path: /nothing, value: 1}]', /replace: /],
    ['[{op: add, path: /x/y, value: 1}]', /add: /],
    ['[{op: add, path: /l/7, value: 1}]', /add: /],
    ['[{op: add, path: /l/-2, value: 1}]', /add: /],
    ['[{op: remove, path: /l/-1}]', /remove: /],
    ['[{op: move, from: /l/-1, path: /l/-1}]', /: /],
    ['[{op: copy, from: /nothing, path: /b}]', /copy: /],
    ['[{op: move, path: /b}]', /move: /],
    ['[{op: jump, path: /a}]', /jump: /],
    ['[{op: replace, path: "", value: 1}]', /no object/],
    ['[{op: remove, path: ""}]', /no object/],
    ['[{op: add, path: /__proto__/x, value: 1}]', /add: /],
    ['[{op: add, path: /constructor/prototype/x, value: 1}]', /add: /],
  ] as const) {
    test(`${patch} does not fit {a: 1, l: []}`, () => {
      refused(422, why, () => patched('json-patch+json', '{a: 1, l: []}', patch));
    });
  }

  for (const patch of ['{op: add}', '[1]', '[{op: add}]', '[{path: /a}]', '"x"']) {
    test(`${patch} is none`, () => {
      refused(400, /error decoding patch/, () => patched('json-patch+json', '{a: 1}', patch));
    });
  }

  test('may have ten thousand operations and no more', () => {
    const operations = (n: number) =>
      applyPatch({
        contentType: 'application/json-patch+json',
        body: Array.from({ length: n }, (_, value) => ({ op: 'replace', path: '/a', value })),
        current: { a: 1 },
        message: 'core/v1.Pod',
      });
    assert.deepEqual(operations(10_000), { a: 9_999 });
    refused(413, /The allowed maximum operations in a JSON patch is 10000, got 10001/, () =>
      operations(10_001),
    );
  });

  test('that doubles the object again and again is too large', () => {
    const body = Array.from({ length: 64 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/x${i}` }));
    const current = { a: { text: 'x'.repeat(100) } };
    refused(413, /accumulated size/, () =>
      applyPatch({ contentType: 'application/json-patch+json', body, current, message: 'core/v1.Pod' }),
    );
  });

  test('that moves large items to and fro is too large', () => {
    const body = Array.from({ length: 1000 }, () => ({ op: 'move', from: '/a/1', path: '/a/0' }));
    const current = { a: ['x'.repeat(10_000), 'y'.repeat(10_000)] };
    refused(413, /accumulated size/, () =>
      applyPatch({ contentType: 'application/json-patch+json', body, current, message: 'core/v1.Pod' }),
    );
  });

  test('that nests the object too deeply is a bad request', () => {
    const body = [{ op: 'copy', from: '/a', path: `/a${'/a'.repeat(200)}` }];
    refused(400, /nested deeper/, () =>
      applyPatch({
        contentType: 'application/json-patch+json',
        body,
        current: { a: nest(200) },
        message: 'core/v1.Pod',
      }),
    );
  });
});

const nest = (depth: number): object => (depth === 0 ? {} : { a: nest(depth - 1) });

describe('the content type of a patch', () => {
  const patch = (contentType: string) =>
    applyPatch({ contentType, body: {}, current: {}, message: 'core/v1.Pod' });

  test('may have parameters', () => {
    assert.deepEqual(patch('application/merge-patch+json; charset=utf-8'), {});
  });
  test('that is none is refused', () => {
    refused(415, /accepted media types include: application\/json-patch\+json/, () =>
      patch('application/json'),
    );
  });
  test('of server-side apply in CBOR is refused, and YAML is offered', () => {
    refused(415, /application\/apply-patch\+yaml$/, () => patch('application/apply-patch+cbor'));
  });
});

describe('any patch', () => {
  const keys = fc.constantFrom(
    'metadata',
    'spec',
    'labels',
    'finalizers',
    'containers',
    'name',
    'image',
    'env',
    '$patch',
    '$retainKeys',
    '$setElementOrder/containers',
    '$deleteFromPrimitiveList/finalizers',
    'toString',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(null, 1, 'a', 'b', true, 'replace', 'delete', 'merge'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const object = fc.dictionary(keys, value, { noNullPrototype: true });
  const path = fc.constantFrom(
    '',
    '/',
    '/a',
    '/metadata',
    '/metadata/labels',
    '/spec/containers/0',
    '/-',
    '/__proto__',
  );
  const operation = fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
      path,
      from: path,
      value,
    },
    { requiredKeys: ['op', 'path'] },
  );
  for (const [kind, body] of [
    ['json-patch+json', fc.array(operation, { maxLength: 5 })],
    ['merge-patch+json', value],
    ['strategic-merge-patch+json', object],
  ] as const) {
    test(`of ${kind} gives an object or a Status`, () => {
      fc.assert(
        fc.property(object, body, (current, patch) => {
          const before = structuredClone(current);
          try {
            const result = applyPatch({
              contentType: `application/${kind}`,
              body: patch,
              current,
              message: 'core/v1.Pod',
            });
            assert.equal(typeof result, 'object');
          } catch (err) {
            assert.ok(err instanceof StatusError, String(err));
          }
          assert.deepEqual(current, before);
          assert.deepEqual(Object.keys(Object.prototype), []);
        }),
        { numRuns: 1500 },
      );
    });
  }
});
