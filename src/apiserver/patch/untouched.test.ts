import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patchable } from './untouched.ts';

const object = { metadata: { name: 'a', managedFields: [{ manager: 'me' }] }, spec: { a: 1 } };

describe('managedFields are left out of what is patched', () => {
  for (const patch of [
    { spec: { a: 2 } },
    { metadata: { labels: {} } },
    { metadata: null },
    [{ op: 'add', path: '/metadata/labels', value: {} }],
    'no patch',
  ])
    test(`by ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(patchable(object, patch), { metadata: { name: 'a' }, spec: { a: 1 } });
    });
});

describe('managedFields are patched', () => {
  for (const patch of [
    { metadata: { managedFields: null } },
    [{ op: 'replace', path: '/metadata/managedFields/0', value: {} }],
    [{ op: 'test', path: '/metadata', value: {} }],
    [{ op: 'copy', from: '', path: '/spec/b' }],
  ])
    test(`by ${JSON.stringify(patch)}`, () => assert.equal(patchable(object, patch), object));
});
