import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type CustomApi, crdPath, cronTabs, customApi } from '../customresources/testing/api.ts';
import { type Loose } from '../testing/testApi.ts';
import { schemaInV2 } from './custom.ts';

let api: CustomApi;
before(async () => {
  api = await customApi();
  await api.define(cronTabs);
});
after(() => api.close());

async function textOf(url: string, accept = 'application/json'): Promise<string> {
  const answer = await api.ask({ url, headers: { accept } });
  assert.ok('body' in answer && answer.body instanceof Uint8Array && answer.code === 200, url);
  return Buffer.from(answer.body).toString('latin1');
}

const read = async (url: string) => JSON.parse(await textOf(url)) as Loose;

const indexOf = async (): Promise<Loose> => {
  const answer = await api.ask({ url: '/openapi/v3' });
  assert.ok('body' in answer && typeof answer.body === 'string');
  return (JSON.parse(answer.body) as Loose)['paths'];
};

const definition = 'com.example.stable.v1.CronTab';

describe('a custom kind in OpenAPI', () => {
  test('has a document of its own in version 3, with its schema and metadata', async () => {
    const document = await read('/openapi/v3/apis/stable.example.com/v1');
    const schemas = document['components'].schemas;
    assert.equal(schemas[definition].properties.spec.properties.replicas.maximum, 10);
    assert.deepEqual(schemas[definition]['x-kubernetes-group-version-kind'], [
      { group: 'stable.example.com', version: 'v1', kind: 'CronTab' },
    ]);
    assert.ok(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']);
    const patch =
      document['paths']['/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}'].patch;
    assert.ok(!Object.keys(patch.requestBody.content).includes('application/strategic-merge-patch+json'));
  });

  test('every reference in its document leads somewhere', async () => {
    const document = await read('/openapi/v3/apis/stable.example.com/v1');
    const names = JSON.stringify(document).matchAll(/#\/components\/schemas\/([\w.]+)/g);
    for (const [, name = ''] of names) assert.ok(document['components'].schemas[name], name);
  });

  test('stands among all others in version 2, without what that does not know', async () => {
    const document = await read('/openapi/v2');
    const spec = document['definitions'][definition].properties.spec;
    assert.equal(spec.properties.replicas.type, 'integer');
    assert.equal(spec.properties.anything.type, undefined);
    assert.ok(document['definitions']['io.k8s.api.core.v1.Pod']);
    assert.ok(document['paths']['/apis/stable.example.com/v1/crontabs'] && document['paths']['/api/v1/pods']);
  });

  for (const [what, schema, expected] of [
    ['bounds and patterns', { type: 'string', pattern: 'a|b', maxLength: 3 }, undefined],
    ['that other members are allowed', { type: 'object', additionalProperties: true }, undefined],
    ['no alternatives', { type: 'string', anyOf: [{ format: 'a' }], not: {} }, { type: 'string' }],
    ['no type where null is one', { type: 'object', nullable: true, properties: { a: {} } }, {}],
    ['no type of a list of anything', { type: 'array' }, {}],
    [
      'no need of what may be null',
      { type: 'object', required: ['a', 'b'], properties: { a: { type: 'string', nullable: true }, b: {} } },
      { type: 'object', required: ['b'], properties: { a: {}, b: {} } },
    ],
    [
      'no members where any may be',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: {} } },
      { 'x-kubernetes-preserve-unknown-fields': true },
    ],
  ] as const)
    test(`says in version 2 ${what}`, () => {
      assert.deepEqual(schemaInV2(schema), expected ?? schema);
    });

  test('that may be anything has no members in version 2', async () => {
    await api.define(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.any.example.com}
spec:
  group: any.example.com
  scope: Namespaced
  names: {plural: things, kind: Thing}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, description: Any., x-kubernetes-preserve-unknown-fields: true}}
`);
    const { definitions } = await read('/openapi/v2');
    const { 'x-kubernetes-group-version-kind': _, ...rest } = definitions['com.example.any.v1.Thing'];
    assert.deepEqual(rest, { type: 'object' });
  });

  test('stands in the protobuf form too', async () => {
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    assert.ok((await textOf('/openapi/v2', accept)).includes(definition));
  });

  test('leaves the documents of all others as they are, and goes with its definition', async () => {
    const before = await indexOf();
    await api.delete(`${crdPath}/crontabs.stable.example.com`);
    await api.until('crontabs.stable.example.com', (crd) => crd === undefined);
    const { 'apis/stable.example.com/v1': _, ...rest } = before;
    assert.deepEqual(await indexOf(), rest);
    assert.ok(!(await textOf('/openapi/v2')).includes(definition));
  });
});
