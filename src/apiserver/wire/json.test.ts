import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StatusError } from '../../api/errors.ts';
import { parseJson } from './json.ts';

describe('a JSON body', () => {
  test('is its value, and the last of equal keys holds', () => {
    assert.deepEqual(parseJson('{"a":1,"a":2}').value, { a: 2 });
  });

  for (const [text, duplicates] of [
    ['{"spec":{"replicas":1,"replicas":2}}', ['duplicate field "spec.replicas"']],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', []],
    [
      '{"spec":{"containers":[{"name":"a"},{"name":"b","image":"x","image":"y"}]}}',
      ['duplicate field "spec.containers[1].image"'],
    ],
    ['{"a":{"b":1,"b":2},"a":{"c":1}}', ['duplicate field "a.b"', 'duplicate field "a"']],
    ['{"a\\"":1,"b":"x:y,{\\\\","a\\"":2}', ['duplicate field "a""']],
    ['{"a":1,"\\u0061":2}', ['duplicate field "a"']],
    ['[[1,2],{"x":1,"x":1}]', ['duplicate field "[1].x"']],
    ['"a:b"', []],
  ] as const) {
    test(`${text} has the duplicates ${JSON.stringify(duplicates)}`, () => {
      assert.deepEqual(parseJson(text).duplicates, duplicates);
    });
  }

  test('of any kind has no duplicates when it was written by a serializer', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        if (text.includes('__proto__')) return;
        assert.deepEqual(parseJson(text).duplicates, []);
      }),
    );
  });

  test('that is cut short is a bad request', () => {
    assert.throws(
      () => parseJson('{"kind":'),
      (err) => {
        assert.ok(err instanceof StatusError);
        assert.equal(err.status.code, 400);
        assert.match(err.message, /^couldn't get version\/kind; json parse error: /);
        return true;
      },
    );
  });

  test('that is nested without end is a bad request, also inside of what a duplicate hides', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    assert.throws(() => parseJson(deep), /deeper than 256 levels/);
    assert.throws(() => parseJson(`{"a":${deep},"a":1}`), /deeper than 256 levels/);
  });

  test('cannot reach an object’s prototype', () => {
    assert.throws(() => parseJson('{"metadata":{"__proto__":{"x":1}}}'), /"__proto__" is not accepted/);
    assert.throws(() => parseJson('{"\\u005f_proto__":{"x":1}}'), /"__proto__" is not accepted/);
  });
});
