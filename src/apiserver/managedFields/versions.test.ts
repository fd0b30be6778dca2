import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind, StoredForm } from '../../api/kind.ts';
import { kindRegistry } from '../../api/registry.ts';
import { fields, leaf } from '../../api/schema/structure.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Entry } from './entries.ts';
import { comparedFor } from './versions.ts';

/** A kind whose `spec.size` was called `spec.scale` in v1, and is stored as v2. */
const version = (name: 'v1' | 'v2', field: string, stored?: StoredForm): Kind => ({
  resource: { group: 'example.com', version: name, kind: 'Thing', plural: 'things', namespaced: true },
  singular: 'thing',
  message: '',
  columns: [],
  structure: () => thing,
  ...(stored && { stored }),
});
const thing = fields((name) => (name === 'spec' ? fields(() => leaf) : undefined));

const renamed = (object: KubeObject, from: string, to: string): KubeObject => {
  const { spec } = object as KubeObject & { spec: Record<string, unknown> };
  return { ...object, spec: { [to]: spec[from] } } as KubeObject;
};
const v2 = version('v2', 'size');
const v1 = version('v1', 'scale', {
  resource: v2.resource,
  toStored: (objects) => objects.map((object) => renamed(object, 'scale', 'size')),
  toServed: (objects) => Promise.resolve(objects.map((object) => renamed(object, 'size', 'scale'))),
});

test('a change is told in the names of every version in which fields are owned', async () => {
  const owner = (apiVersion: string): Entry => ({
    manager: 'me',
    operation: 'Update',
    subresource: '',
    apiVersion,
    fields: {},
  });
  const entries = ['v1', 'v2', 'v3'].map((name) => owner(`example.com/${name}`));
  const sized = (size: number) => ({ metadata: { name: 'a' }, spec: { size } });
  const compared = await comparedFor(kindRegistry([v1, v2]), v2, entries, sized(1), sized(2));

  assert.deepEqual(compared('example.com/v2')?.changed, { 'f:spec': { 'f:size': {} } });
  assert.deepEqual(compared('example.com/v1')?.changed, { 'f:spec': { 'f:scale': {} } });
  assert.equal(compared('example.com/v3'), undefined);
});
