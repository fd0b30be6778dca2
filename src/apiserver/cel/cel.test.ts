import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { celEnvironment, compileCel } from './environment.ts';
import { celValue, escapedName } from './values.ts';

const evaluate = (text: string, self?: unknown) =>
  compileCel(celEnvironment(['self']), text).evaluate({ self });

/** Each expression is true. */
const truths: Readonly<Record<string, readonly string[]>> = {
  'lists are summed, sorted and searched': [
    '[1, 2, 3].sum() == 6',
    '[1.5, 2.5].sum() == 4.0',
    '[].sum() == 0',
    "[duration('1h'), duration('30m')].sum() == duration('90m')",
    '[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3',
    "['a', 'b', 'c'].isSorted() && ![2, 1].isSorted()",
    '[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2 && [1].indexOf(5) == -1',
    '[1, 2, 3].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2].map(x, x * 2) == [2, 4]',
    '[1, 2, 3].filter(x, x > 1).size() == 2 && [1, 2].exists_one(x, x > 1)',
    'sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2])',
  ],
  'texts are searched and changed': [
    "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''",
    "'1a2b3'.findAll('[0-9]') == ['1', '2', '3'] && '1a2b3'.findAll('[0-9]', 2) == ['1', '2']",
    "'hello'.replace('l', 'L', 1) == 'heLlo' && 'hello'.replace('l', '') == 'heo'",
    "'Ab'.lowerAscii() == 'ab' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
    "'abc'.matches('^a.c$') && 'abc'.startsWith('a') && 'abc'.contains('b') && size('abc') == 3",
  ],
  'URLs have parts': [
    "url('https://example.com:80/path?k=v').getHost() == 'example.com:80'",
    "url('https://example.com:80/').getHostname() == 'example.com' && url('https://example.com:80/').getPort() == '80'",
    "url('https://example.com/path').getScheme() == 'https' && url('https://example.com/a b').getEscapedPath() == '/a%20b'",
    "isURL('https://example.com') && isURL('/a/path') && !isURL('../a') && !isURL('a b')",
    "url('https://example.com/?k=a&k=b').getQuery()['k'] == ['a', 'b']",
  ],
  'quantities are compared and added': [
    "quantity('1Gi').isGreaterThan(quantity('1M')) && quantity('500m').isLessThan(quantity('1'))",
    "quantity('1').compareTo(quantity('1000m')) == 0 && quantity('1') == quantity('1000m')",
    "quantity('50k').add(quantity('10k')).asInteger() == 60000 && quantity('5').sub(2).sign() == 1",
    "isQuantity('1.5') && !isQuantity('1.5.5') && !quantity('1m').isInteger()",
  ],
  'addresses are told apart': [
    "isIP('::1') && !isIP('10.0.0') && ip('10.0.0.1').family() == 4 && ip('::1').isLoopback()",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
    "cidr('10.0.0.0/8').prefixLength() == 8 && !isCIDR('10.0.0.0/33') && string(ip('10.0.0.1')) == '10.0.0.1'",
    "ip.isCanonical('::1') && !ip.isCanonical('0:0::1')",
  ],
  'formats are checked': [
    "!format.named('dns1123Label').value().validate('my-label').hasValue()",
    "format.named('dns1123Label').value().validate('My_Label').hasValue()",
    "!format.named('nothing').hasValue()",
  ],
  'optional values and times are there': [
    '{}.?a.orValue(3) == 3',
    "timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024 && duration('1h') > duration('59m')",
  ],
};

describe('CEL with the functions of Kubernetes', () => {
  for (const [name, expressions] of Object.entries(truths))
    test(name, () => {
      for (const text of expressions) assert.equal(evaluate(text), true, text);
    });

  test('says what cannot be compiled', () => {
    assert.throws(
      () => evaluate('self.a +'),
      /^Error: compilation failed: ERROR: <input>: Syntax error: Unexpected token/,
    );
    assert.throws(() => evaluate('nothing(1)'), /compilation failed: .*no matching overload/);
    assert.throws(() => evaluate('unknown'), /compilation failed: .*unknown/i);
  });

  test('sees integers where the schema says so, and doubles elsewhere', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' }, d: { type: 'number' } } };
    const self = celValue({ n: 2, d: 2 }, schema);
    assert.equal(evaluate('self.n / 4 == 0 && self.d / 4.0 == 0.5', self), true);
  });

  test('sees times, durations and bytes where the format says so', () => {
    const properties = {
      at: { type: 'string', format: 'date-time' },
      long: { type: 'string', format: 'duration' },
      raw: { type: 'string', format: 'byte' },
    };
    const self = celValue(
      { at: '2024-02-03T00:00:00Z', long: '90s', raw: 'YWI=' },
      { type: 'object', properties },
    );
    assert.equal(
      evaluate("self.at.getMonth() == 1 && self.long > duration('1m') && self.raw == b'ab'", self),
      true,
    );
  });

  test('reaches fields whose names are no identifiers', () => {
    assert.equal(escapedName('namespace'), '__namespace__');
    assert.equal(escapedName('a-b.c/d__e'), 'a__dash__b__dot__c__slash__d__underscores__e');
  });

  test('reaches nothing of the language that evaluates it', () => {
    for (const text of [
      'self.constructor',
      'self.__proto__',
      'has(self.toString) || self.a.constructor == 1',
    ])
      assert.throws(() => evaluate(text, { a: 'x' }), /No such key|no such/i, text);
  });
});
