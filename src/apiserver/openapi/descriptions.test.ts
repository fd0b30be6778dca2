import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import '../../api/kinds.ts';
import { readDescriptions } from './descriptions.ts';
import { definitionsOf, type Schema, v2, v3 } from './schema.ts';

const property = (schema: Schema | undefined, name: string) =>
  (schema?.['properties'] as Record<string, Schema> | undefined)?.[name];

const port = { 'core/v1.ServicePort': { '': 'A port of a Service.', name: 'Its name.' } };

test('descriptions are read from their file, and without it there are none', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'descriptions-'));
  try {
    const file = join(dir, 'descriptions.json');
    assert.deepEqual(await readDescriptions(file), {});
    await writeFile(file, JSON.stringify(port));
    assert.deepEqual(await readDescriptions(file), port);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('descriptions stand at their definitions and fields', async () => {
  const schema = (await definitionsOf(['core/v1.ServicePort'], v3, port, []))[
    'io.k8s.api.core.v1.ServicePort'
  ];
  assert.equal(schema?.['description'], 'A port of a Service.');
  assert.equal(property(schema, 'name')?.['description'], 'Its name.');
});

test('a field that has no description of its own has that of its type', async () => {
  const spec = { 'core/v1.ServiceSpec': { '': 'What is wanted.' } };
  const schema = (await definitionsOf(['core/v1.Service'], v2, spec, []))['io.k8s.api.core.v1.Service'];
  assert.deepEqual(property(schema, 'spec'), {
    description: 'What is wanted.',
    default: {},
    $ref: '#/definitions/io.k8s.api.core.v1.ServiceSpec',
  });
});
