import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { indented, wantsPretty } from './pretty.ts';

describe('indented JSON', () => {
  const value = { a: 1, b: [], c: {}, d: [{}, [1, [true]], { 'x{,:}"\\': 'a"\\\\{[,:]}' }], e: { f: null } };
  const text = JSON.stringify(value);

  test('is what JSON.stringify writes with two spaces', () => {
    assert.equal([...indented([text])].join(''), JSON.stringify(value, null, 2));
  });

  test('is the same wherever a part ends', () => {
    for (let i = 0; i <= text.length; i++)
      assert.equal([...indented([text.slice(0, i), text.slice(i)])].join(''), JSON.stringify(value, null, 2));
  });
});

describe('JSON is indented', () => {
  for (const [url, agent, expected] of [
    ['/api', 'curl/7.88.1', true],
    ['/api', 'Wget/1.21', true],
    ['/api', 'Mozilla/5.0 (X11; Linux x86_64)', true],
    ['/api', 'kubectl/v1.33.0', false],
    ['/api', undefined, false],
    ['/api?pretty=true', 'kubectl/v1.33.0', true],
    ['/api?limit=1&pretty=1', undefined, true],
    ['/api?pretty=false', 'curl/7.88.1', false],
    ['/api?pretty=', 'curl/7.88.1', true],
    ['/api?notpretty=true', undefined, false],
  ] as const)
    test(`${expected ? '' : 'not '}for ${agent ?? 'nobody'} who asks for ${url}`, () => {
      assert.equal(wantsPretty(url, agent), expected);
    });
});
