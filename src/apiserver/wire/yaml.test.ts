import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from '../../api/errors.ts';
import { parseYaml, stringifyYaml } from './yaml.ts';

const value = (text: string) => parseYaml(text).value;

describe('a YAML body', () => {
  for (const [text, expected] of [
    ['a: 0644', { a: 420 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 80:30', { a: '80:30' }],
    ['a: yes\nb: off', { a: true, b: false }],
    ['a: 2026-07-01\nb: 2026-07-01T10:00:00Z', { a: '2026-07-01', b: '2026-07-01T10:00:00Z' }],
    ['a: ~\nb: ""', { a: null, b: '' }],
    ['a: 1.5\nb: 1e3', { a: 1.5, b: 1000 }],
    ['8080: http', { 8080: 'http' }],
    ['base: &b {x: 1}\nother: {<<: *b, z: 2}', { base: { x: 1 }, other: { x: 1, z: 2 } }],
    ['# nothing', null],
    ['', null],
    ['---\nkind: Service\n...\n', { kind: 'Service' }],
    ['a: |\n  line\n  [[[\n', { a: 'line\n[[[\n' }],
  ] as const) {
    test(`${JSON.stringify(text)} reads as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(value(text), expected);
    });
  }

  test('tells keys that stand twice, by their line', () => {
    const { value, duplicates } = parseYaml(
      'spec:\n  containers:\n  - name: a\n    name: b\n  replicas: 1\n  replicas: 2\n',
    );
    assert.deepEqual(value, { spec: { containers: [{ name: 'b' }], replicas: 2 } });
    assert.deepEqual(duplicates, [
      'line 4: key "name" already set in map',
      'line 6: key "replicas" already set in map',
    ]);
  });

  const laughs = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 20; i++) {
    const [before, name] = [String.fromCharCode(96 + i), String.fromCharCode(97 + i)];
    laughs.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
  }

  for (const [what, text] of [
    ['aliases that multiply', laughs.join('\n')],
    ['a tab as indentation', 'a:\n\t- b'],
    ['a bracket that is not closed', 'a: [1, 2'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['an alias without an anchor', 'a: *nobody'],
    ['endless nesting', '['.repeat(200_000)],
    ['nesting beyond the limit', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['nested blocks beyond the limit', `${'- '.repeat(20_000)}x`],
    ['an unsafe key', '__proto__: {x: 1}'],
  ] as const) {
    test(`with ${what} is a bad request`, () => {
      assert.throws(
        () => parseYaml(text),
        (err) => err instanceof StatusError && err.status.code === 400,
      );
    });
  }
});

describe('an answer in YAML', () => {
  const told = [
    'yes',
    'on',
    'n',
    '012',
    '0x1F',
    '0o17',
    '1_000',
    '12:30',
    '1e3',
    '2026-07-01',
    '~',
    '',
    '.inf',
  ];

  test('puts text in quotes that a reader would take for something else', () => {
    const object = Object.fromEntries(told.map((text, i) => [`k${i}`, text]));
    const text = stringifyYaml(object);
    assert.deepEqual(value(text), object);
    for (const line of text.trim().split('\n')) assert.match(line, /^k\d+: ".*"$/);
  });

  test('says twice what stands twice, and folds no line', () => {
    const shared = {};
    const long = 'word '.repeat(40).trim();
    assert.equal(
      stringifyYaml({ 'f:data': { 'f:a': shared, 'f:b': shared }, long }),
      `f:data:\n  f:a: {}\n  f:b: {}\nlong: ${long}\n`,
    );
  });
});
