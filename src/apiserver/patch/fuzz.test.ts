/** Bodies of patches that nobody meant: they are applied or refused, and the server says which. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { testApi } from '../testing/testApi.ts';

const path = '/api/v1/namespaces/default/services/a';
const service =
  '{apiVersion: v1, kind: Service, metadata: {name: a, labels: {a: b}}, spec: {ports: [{port: 80}, {port: 81, name: b}], selector: {a: b}}}';

const names = fc.constantFrom(
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'labels',
  'finalizers',
  'ownerReferences',
  'managedFields',
  'spec',
  'ports',
  'port',
  'protocol',
  'selector',
  'status',
  '$patch',
  '$setElementOrder/ports',
  '__proto__',
  'constructor',
  'op',
  'path',
  'value',
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      80,
      -1,
      1e300,
      '',
      'a',
      'v1',
      'Service',
      'TCP',
      'add',
      '/spec/ports/0',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  ),
}));

/** Like a configuration of the right kind, with anything in it. */
const configuration = fc
  .record({ metadata: value, spec: value, status: value }, { requiredKeys: [] })
  .map((rest) => ({
    apiVersion: 'v1',
    kind: 'Service',
    ...rest,
    metadata: { ...(typeof rest.metadata === 'object' ? rest.metadata : {}), name: 'a' },
  }));
const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace', 'test', 'copy', 'move'),
  path: fc.constantFrom('', '/spec', '/spec/ports/-', '/metadata', '/metadata/managedFields'),
  from: fc.constantFrom('/spec', '/metadata/labels'),
  value,
});
const body = fc.oneof(
  value.map((json) => JSON.stringify(json)),
  configuration.map((json) => JSON.stringify(json)),
  fc.array(operation, { maxLength: 3 }).map((json) => JSON.stringify(json)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '{', '[', '- a', 'a: &a [*a]', '---\n---', '%YAML 9', '!!set {a}', '{}{}'),
);

describe('whatever is sent as a patch is applied or refused', () => {
  for (const type of [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'application/apply-patch+yaml',
  ])
    test(type, async () => {
      const api = testApi();
      await api.post('/api/v1/namespaces/default/services', service);
      const before = await api.get(path);
      await fc.assert(
        fc.asyncProperty(body, fc.boolean(), async (text, force) => {
          const isApply = type.includes('apply');
          const query = isApply ? `?fieldManager=me&dryRun=All${force ? '&force=true' : ''}` : '?dryRun=All';
          const answer = await api.ask({
            method: 'PATCH',
            url: path + query,
            headers: { 'content-type': type },
            body: Buffer.from(text),
          });
          assert.ok('object' in answer);
          const { message = '' } = answer.object as { message?: string };
          // The one refusal that Kubernetes calls its own failure.
          const isUntyped = message.startsWith('failed to create typed patch object');
          assert.ok(answer.code < 500 || isUntyped, `${answer.code} ${message}`);
        }),
        { numRuns: 1000 },
      );
      assert.deepEqual((await api.get(path)).object, before.object);
      assert.deepEqual(Object.keys(Object.prototype), []);
      await api.close();
    });
});
