import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ImageRecord, isLastName, keyToFileName, recordKey, select } from './record.ts';
import { parseReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = (reference: string, rest: Partial<ImageRecord> = {}): ImageRecord => ({
  reference,
  id: `sha256:of ${reference}`,
  sizeBytes: 1,
  pinned: true,
  anyTag: false,
  config: {},
  ...rest,
});
const records = new Map(
  [
    image('docker.io/library/nginx:latest', { anyTag: true, id: 'preloaded' }),
    image('docker.io/library/nginx:1.25', { pinned: false, id: 'pulled' }),
    image('localhost:5000/app:v1', { id: 'loaded' }),
    image(`docker.io/library/redis@${digest}`, { id: 'by digest' }),
  ].map((record) => [recordKey(record), record]),
);
const found = (text: string) => select(records, parseReference(text))?.id;

describe('which image answers for a reference', () => {
  test('a preloaded one for any tag', () => {
    assert.equal(found('nginx'), 'preloaded');
    assert.equal(found('nginx:1.27'), 'preloaded');
    assert.equal(found('docker.io/library/nginx:1.14.2'), 'preloaded');
  });

  test('the exact reference before a preloaded one', () => assert.equal(found('nginx:1.25'), 'pulled'));

  test('a preloaded one never for a digest, which names one content', () =>
    assert.equal(found(`nginx@${digest}`), undefined));

  test('a loaded one for its own tag alone', () => {
    assert.equal(found('localhost:5000/app:v1'), 'loaded');
    assert.equal(found('localhost:5000/app:v2'), undefined);
  });

  test('a pulled one for its digest', () => assert.equal(found(`redis@${digest}`), 'by digest'));

  test('none for another repository of the same name', () => assert.equal(found('other/nginx'), undefined));
});

test('a preloaded image does not share its record with the pulled latest tag', () => {
  const reference = 'docker.io/library/nginx:latest';
  assert.notEqual(recordKey({ reference, anyTag: true }), recordKey({ reference, anyTag: false }));
});

test('an image goes with the last record of its id, be it of any tag or of one', () => {
  const reference = 'docker.io/library/nginx:latest';
  const named = image(reference, { id: 'same' });
  const preloaded = image(reference, { id: 'same', anyTag: true });
  const other = image('docker.io/library/redis:7', { id: 'other' });
  const both = new Map([named, preloaded, other].map((record) => [recordKey(record), record]));
  assert.equal(isLastName(both, named), false);
  assert.equal(isLastName(both, preloaded), false);
  assert.equal(isLastName(both, other), true);
  both.delete(recordKey(named));
  assert.equal(isLastName(both, preloaded), true);
});

test('a record is a file in one directory, whatever its reference', () =>
  assert.equal(keyToFileName('[::1]:5000/a/b@sha256:1'), '%5B%3A%3A1%5D%3A5000%2Fa%2Fb%40sha256%3A1.json'));
