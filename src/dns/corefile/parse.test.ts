import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectNoMore } from './arity.ts';
import { type Directive, parseCorefile } from './parse.ts';

/** A Corefile as nested lists of words. */
const words = (text: string, env = {}) =>
  parseCorefile(text, env).map(({ keys, directives }) => [keys.join(' '), ...directives.map(wordsOf)]);
const wordsOf = ({ name, args, block }: Directive): unknown =>
  block.length > 0 ? [[name, ...args].join(' '), ...block.map(wordsOf)] : [name, ...args].join(' ');

describe('a Corefile', () => {
  test('is server blocks of directives, some with a block of their own', () => {
    const text = `
      .:53 cluster.local { # everything
          errors
          kubernetes cluster.local in-addr.arpa {
              pods insecure   # as before
              ttl 30
          }
          health { lameduck 5s }
      }
      example.org, example.com:5353 { forward . 192.0.2.1 }`;
    assert.deepEqual(words(text), [
      [
        '.:53 cluster.local',
        'errors',
        ['kubernetes cluster.local in-addr.arpa', 'pods insecure', 'ttl 30'],
        ['health', 'lameduck 5s'],
      ],
      ['example.org example.com:5353', 'forward . 192.0.2.1'],
    ]);
  });
  test('knows at which line a directive stands', () => {
    const [block] = parseCorefile('. {\n\n  errors\n  forward . /x {\n    max_fails 3\n  }\n}');
    assert.deepEqual(
      block?.directives.map(({ line }) => line),
      [3, 4],
    );
    assert.equal(block?.directives[1]?.block[0]?.line, 5);
  });
  test('takes snippets in, also into other snippets', () => {
    const text = '(base) {\n errors\n}\n(more) {\n import base\n log\n}\n. {\n import more\n ready\n}';
    assert.deepEqual(words(text), [['.', 'errors', 'log', 'ready']]);
  });
  test('takes words from the environment', () => {
    assert.deepEqual(words('{$ZONE}:{%PORT%} { log {$NONE} }', { ZONE: 'x.org', PORT: '54' }), [
      ['x.org:54', 'log'],
    ]);
  });
  test('keeps quoted words together', () => {
    const [block] = parseCorefile('. { template "a b" "say \\"no\\"" "" }');
    assert.deepEqual(block?.directives[0]?.args, ['a b', 'say "no"', '']);
  });
  test('leaves backslashes in quoted words as they are, and braces', () => {
    const [block] = parseCorefile(
      '. {\n template "^\\d+\\.x$" "{" {\n  answer "{{ .Name }}\n second"\n }\n log\n}',
    );
    assert.deepEqual(block?.directives[0]?.args, ['^\\d+\\.x$', '{']);
    assert.deepEqual(block?.directives[0]?.block[0]?.args, ['{{ .Name }}\n second']);
    assert.equal(block?.directives[1]?.line, 6);
  });
  test('takes the environment as words, whatever they hold', () => {
    assert.deepEqual(words('. { log {$WORDS} }', { WORDS: 'a } b' }), [['.', 'log a } b']]);
  });
  test('may be empty', () => assert.deepEqual(words('# nothing\n'), []));
});

describe('a Corefile that cannot be read is refused with the line where it begins to be wrong', () => {
  const refusal = (text: string, expected: string) =>
    assert.throws(() => parseCorefile(text), { name: 'CorefileError', message: expected });
  test('without a block', () => refusal('\n.:53', 'Corefile:2: .:53 has no block; write { after it'));
  test('with a block that does not end', () =>
    refusal('. {\n errors\n', 'Corefile:1: the block is not closed; a } is missing'));
  test('with a brace too many', () =>
    refusal('. {\n {\n } }', 'Corefile:2: a { stands where a plugin should'));
  test('with a snippet that is not there', () =>
    refusal(
      '. {\n import base\n}',
      'Corefile:2: import: there is no snippet "base" above, and no such file: there are no files here',
    ));
  test('with a word too many behind an import', () =>
    refusal('import a b\n. {\n}', 'Corefile:1: import: "b" is not supported'));
});

describe('files', () => {
  const files: Record<string, string> = {
    'conf/*.conf': 'errors\nlog',
    blocks: 'example.org {\n import zone\n}',
    zone: 'forward . 192.0.2.1 {\n max_fails 3\n}',
    broken: 'errors\n}',
    endless: 'import endless',
  };
  const read = (pattern: string) => {
    const text = files[pattern];
    if (text === undefined) throw new Error('ENOENT');
    return [{ file: pattern, text }];
  };
  const parse = (text: string) => parseCorefile(text, {}, read);
  test('are imported into a block', () => {
    const [block] = parse('. {\n import conf/*.conf\n ready\n}');
    assert.deepEqual(
      block?.directives.map(({ name, line }) => `${name} ${line}`),
      ['errors conf/*.conf:1', 'log conf/*.conf:2', 'ready 3'],
    );
  });
  test('are imported between blocks, and import others', () => {
    const blocks = parse('import blocks\n. {\n}');
    assert.deepEqual(blocks.map(({ keys }) => keys).flat(), ['example.org', '.']);
    assert.deepEqual(wordsOf(blocks[0]?.directives[0] as Directive), ['forward . 192.0.2.1', 'max_fails 3']);
  });
  test('that are wrong are named', () => {
    assert.throws(
      () => parse('. {\n import broken\n}'),
      /^CorefileError: broken:2: a } stands where a plugin should$/,
    );
    assert.throws(() => parse('. {\n import nope\n}'), /^CorefileError: Corefile:2: .*no such file: ENOENT$/);
    assert.throws(() => parse('import endless'), /endless:1: import: files import each other without end$/);
  });
});

test('what a plugin does not understand is refused', () => {
  const refusal = (lines: string, expected: RegExp) => {
    const [directive] = parseCorefile(`. {\n${lines}\n}`)[0]?.directives ?? [];
    assert.throws(() => expectNoMore(directive as Directive, 1), expected);
  };
  refusal('health :1 :2', /^CorefileError: Corefile:2: health: ":2" is not supported$/);
  refusal('ready {\n now\n}', /^CorefileError: Corefile:3: ready: option "now" is not supported$/);
  expectNoMore({ name: 'health', args: [':1'], block: [], line: 1 }, 1);
});
