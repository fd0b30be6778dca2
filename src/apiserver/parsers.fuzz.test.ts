/** Whatever somebody sends, the parsers of a request give a result or a 400, in time that grows with its length. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StatusError } from '../api/errors.ts';
import { parseFieldSelector, parseLabelSelector } from '../api/selectors.ts';
import { relocated } from './proxy/rewrite.ts';
import { proxyTarget } from './proxy/target.ts';
import { parsePath } from './request/path.ts';

/** The result, or undefined for a refusal that a client can read. */
function clean<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (err) {
    assert.ok(err instanceof StatusError, String(err));
    assert.equal(err.status.code, 400);
    return undefined;
  }
}

const wild = fc.string({ unit: 'binary', maxLength: 200 });
/** Pieces that mean something, in any order. */
const madeOf = (...pieces: string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 30 })
    .map((all) => all.join(''));

const paths = fc.oneof(
  wild,
  madeOf(
    '/',
    '/api',
    '/apis',
    '/v1',
    '/namespaces',
    '/pods',
    '/proxy',
    '%2F',
    '%',
    '%00',
    '..',
    '.',
    ':',
    'web',
    '?',
  ),
);

describe('a path', () => {
  test('is read or refused, and no name in it reaches another key', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const read = clean(() => parsePath(path));
        for (const part of [
          read?.group,
          read?.version,
          read?.plural,
          read?.namespace,
          read?.name,
          read?.subresource,
        ])
          assert.ok(part === undefined || !(part.includes('/') || part === '..' || part === '.'));
      }),
      { numRuns: 2000 },
    );
  });

  test('is what its parts say', () => {
    const name = fc.stringMatching(/^[a-z0-9.:%_-]{1,20}$/).filter((text) => !/^\.\.?$/.test(text));
    fc.assert(
      fc.property(name, name, name, name, (namespace, plural, object, subresource) => {
        const segments = ['apis', 'apps', 'v1', 'namespaces', namespace, plural, object, subresource];
        const read = parsePath(`/${segments.map(encodeURIComponent).join('/')}`);
        assert.deepEqual(read, {
          group: 'apps',
          version: 'v1',
          namespace,
          plural,
          name: object,
          subresource,
        });
      }),
    );
  });

  test('to what is proxied keeps what follows word for word', () => {
    fc.assert(
      fc.property(paths, (rest) => {
        const target = clean(() => proxyTarget(`/api/v1/namespaces/a/services/https:web:443/proxy/${rest}`));
        // A line break would begin a header of another's making.
        if (target) assert.equal(target.rest, `/${rest}`);
        else assert.match(rest, /[\n\r\u2028\u2029]/);
        clean(() => proxyTarget(rest));
      }),
      { numRuns: 1000 },
    );
  });

  test('of a redirection stays below the proxy, or is another’s', () => {
    const origins = new Set(['10.0.0.1:80']);
    fc.assert(
      fc.property(
        madeOf('/', '//', 'http:', 'https://', '10.0.0.1:80', 'a.b', '?', '#', '\\'),
        (location) => {
          const led = relocated(location, '/base', origins);
          assert.ok(led === location || led.startsWith('/base'));
        },
      ),
    );
  });
});

const selectors = fc.oneof(
  wild,
  madeOf('a', 'app', '=', '==', '!=', '!', ' in ', ' notin ', '(', ')', ',', '>', '<', ' ', '\\', 'x/y', '1'),
);

describe('a selector', () => {
  test('of labels is read or refused', () => {
    fc.assert(
      fc.property(selectors, (text) => void clean(() => parseLabelSelector(text))),
      { numRuns: 2000 },
    );
  });

  test('of fields is read or refused', () => {
    fc.assert(
      fc.property(selectors, (text) => void clean(() => parseFieldSelector(text))),
      { numRuns: 2000 },
    );
  });

  test('of hundreds of kilobytes is read or refused, too', () => {
    for (const piece of ['a,', 'a in (', '(', '!', 'a=b,', ' ', '\\', 'a in (b,c),', '=', 'a>1,'])
      for (const parse of [parseLabelSelector, parseFieldSelector]) clean(() => parse(piece.repeat(100_000)));
  });
});
