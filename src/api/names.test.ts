import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as names from './names.ts';

type Rule = (text: string) => string[];

function accepts(rule: Rule, good: string[], bad: Record<string, RegExp>) {
  for (const text of good) assert.deepEqual(rule(text), [], text);
  for (const [text, why] of Object.entries(bad)) assert.match(rule(text).join('; '), why, text);
}

describe('what may stand in a name', () => {
  test('a DNS label is lower case, without dots, and at most 63 bytes', () => {
    accepts(names.isDnsLabel, ['a', 'web-1', '1a', 'a'.repeat(63)], {
      '': /RFC 1123 label/,
      Web: /RFC 1123 label/,
      'a.b': /RFC 1123 label/,
      '-a': /RFC 1123 label/,
      'a-': /RFC 1123 label/,
      ['a'.repeat(64)]: /must be no more than 63 bytes/,
    });
  });

  test('its message is the one that people know, commas and spaces included', () => {
    assert.deepEqual(names.isDnsLabel('Web'), [
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]);
  });

  test('the name of a Service begins with a letter', () => {
    accepts(names.isDns1035Label, ['web'], { '1web': /a DNS-1035 label must consist of/ });
  });

  test('a subdomain has dots', () => {
    accepts(names.isDnsSubdomain, ['a.b-c.d', 'a'.repeat(253)], {
      'a..b': /RFC 1123 subdomain/,
      'A.b': /RFC 1123 subdomain/,
      ['a'.repeat(254)]: /no more than 253 bytes/,
    });
  });

  test('the key of a label may have a domain before it', () => {
    accepts(names.isQualifiedName, ['app', 'example.com/My_App.1', 'a'.repeat(63)], {
      '': /name part must be non-empty/,
      '/a': /prefix part must be non-empty/,
      'a/b/c': /with an optional DNS subdomain prefix/,
      'UP/a': /prefix part a lowercase RFC 1123 subdomain/,
      '-a': /name part must consist of alphanumeric/,
      ['a'.repeat(64)]: /name part must be no more than 63 bytes/,
    });
  });

  test('the value of a label may be empty', () => {
    accepts(names.isLabelValue, ['', 'a_B.c-1'], { 'a b': /a valid label must be an empty string/ });
  });

  test('the key of a ConfigMap is a file name that stays in its folder', () => {
    accepts(names.isConfigKey, ['nginx.conf', '.profile', 'a..b'], {
      '..': /must not be '\.\.'/,
      '..data': /must not start with '\.\.'/,
      'a/b': /a valid config key/,
    });
  });

  test('the name of a port is short and has a letter', () => {
    accepts(names.isPortName, ['http', 'h2c-1'], {
      'this-is-far-too-long': /no more than 15 bytes/,
      '80': /at least one letter/,
      'a--b': /consecutive hyphens/,
      '-a': /must not begin or end/,
      HTTP: /alpha-numeric/,
    });
    assert.deepEqual(names.isPortNumber(65536), ['must be between 1 and 65535, inclusive']);
  });

  test('an environment variable may have any printable character but =', () => {
    accepts(names.isEnvVarName, ['PATH', 'a.b-c', '1 2'], { 'a=b': /printable ASCII/, ä: /printable ASCII/ });
  });
});
