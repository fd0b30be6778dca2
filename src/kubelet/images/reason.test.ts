import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pullFailure } from './reason.ts';

const fatal = (msg: string) =>
  `time="2026-01-01T00:00:00Z" level=fatal msg="${msg.replaceAll('"', '\\"')}"\n`;

describe('the reason for a failed pull, in few words', () => {
  const reasons: [string, string][] = [
    [
      'initializing source docker://localhost:5000/x:latest: reading manifest latest in localhost:5000/x: manifest unknown: manifest unknown',
      'manifest unknown',
    ],
    [
      'initializing source docker://no.example/x:latest: pinging container registry no.example: Get "https://no.example/v2/": dial tcp: lookup no.example on 10.0.0.1:53: no such host',
      'lookup no.example: no such host',
    ],
    [
      'initializing source docker://127.0.0.1:1/x:latest: pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'dial tcp 127.0.0.1:1: connection refused',
    ],
    [
      'initializing source docker://localhost:5000/x:latest: reading manifest latest in localhost:5000/x: unauthorized: authentication required',
      'unauthorized: authentication required',
    ],
    [
      'initializing source docker://x:latest: reading manifest latest in docker.io/library/x: errors:\\ndenied: requested access to the resource is denied\\nunauthorized: authentication required',
      'unauthorized: authentication required',
    ],
    ['something "new"', 'something "new"'],
  ];
  for (const [said, reason] of reasons) {
    test(reason, () => assert.equal(pullFailure(fatal(said)), reason));
  }

  test('what skopeo says without its usual form is passed on', () =>
    assert.equal(pullFailure('killed\n'), 'killed'));

  test('silence is not an empty reason', () => assert.equal(pullFailure(''), 'the registry gave no reason'));
});
