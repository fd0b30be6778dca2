import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kinds } from '../../api/kinds.ts';
import { messageOf } from '../../api/message.ts';
import type { ApiRequest, TextAnswer } from '../contract.ts';
import { decodeProtobuf } from '../wire/index.ts';
import { openapiAnswer } from './index.ts';

const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

const request = (url: string, headers: ApiRequest['headers'] = {}): ApiRequest => {
  const { pathname, searchParams } = new URL(url, 'http://server');
  return {
    method: 'GET',
    path: pathname,
    query: searchParams,
    headers,
    user: { name: 'somebody', groups: [] },
    body: new Uint8Array(),
    signal: new AbortController().signal,
  };
};

async function get(url: string, headers?: ApiRequest['headers']): Promise<TextAnswer> {
  const answer = await openapiAnswer(request(url, headers), kinds);
  assert.ok(answer && 'contentType' in answer);
  return answer;
}

interface Schema {
  type?: string;
  format?: string;
  description?: string;
  default?: unknown;
  $ref?: string;
  allOf?: Schema[];
  items?: Schema;
  oneOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
  [extension: `x-${string}`]: unknown;
}
interface Operation {
  parameters: { name: string; in: string }[];
  [extension: `x-${string}`]: unknown;
}
type Paths = Record<string, Record<string, Operation>>;
interface Document {
  paths: Paths;
  definitions: Record<string, Schema>;
  components: { schemas: Record<string, Schema> };
}

async function document(url: string): Promise<Document> {
  const { body } = await get(url);
  assert.ok(body instanceof Uint8Array);
  return JSON.parse(Buffer.from(body).toString()) as Document;
}

/** Every `$ref` in the document, found anywhere. */
function* refs(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') yield value;
    else yield* refs(value);
  }
}

const gv = '/openapi/v3/api/v1';
const service = 'io.k8s.api.core.v1.Service';

describe('the schemas', async () => {
  const { components, paths } = await document(gv);
  const schema = (name: string) => components.schemas[name] ?? assert.fail(`no ${name}`);
  const property = (name: string, field: string) =>
    schema(name).properties?.[field] ?? assert.fail(`no ${name}.${field}`);

  test('name their group, version and kind', () => {
    assert.deepEqual(schema(service)['x-kubernetes-group-version-kind'], [
      { group: '', version: 'v1', kind: 'Service' },
    ]);
    assert.equal(schema('io.k8s.api.core.v1.ServiceSpec')['x-kubernetes-group-version-kind'], undefined);
  });

  test('say how lists merge', () => {
    const ports = property('io.k8s.api.core.v1.ServiceSpec', 'ports');
    assert.equal(ports['x-kubernetes-patch-strategy'], 'merge');
    assert.equal(ports['x-kubernetes-patch-merge-key'], 'port');
    assert.equal(ports['x-kubernetes-list-type'], 'map');
    assert.deepEqual(ports['x-kubernetes-list-map-keys'], ['port', 'protocol']);
    assert.deepEqual(ports.items, { $ref: '#/components/schemas/io.k8s.api.core.v1.ServicePort' });
    const volumes = property('io.k8s.api.core.v1.PodSpec', 'volumes');
    assert.equal(volumes['x-kubernetes-patch-strategy'], 'merge,retainKeys');
    assert.equal(property('io.k8s.api.core.v1.ServiceSpec', 'selector')['x-kubernetes-map-type'], 'atomic');
  });

  test('say types, formats, defaults and what is required', () => {
    const { required } = schema('io.k8s.api.core.v1.ServicePort');
    assert.deepEqual(required, ['port']);
    const { type, format } = property('io.k8s.api.core.v1.ServicePort', 'port');
    assert.deepEqual({ type, format }, { type: 'integer', format: 'int32' });
    assert.equal(property('io.k8s.api.core.v1.ServicePort', 'protocol').default, 'TCP');
    assert.deepEqual(schema('io.k8s.apimachinery.pkg.util.intstr.IntOrString'), {
      oneOf: [{ type: 'integer' }, { type: 'string' }],
      format: 'int-or-string',
    });
  });

  test('have members of inline messages as their own', () => {
    assert.ok(property('io.k8s.api.core.v1.Probe', 'httpGet'));
    assert.ok(property('io.k8s.api.core.v1.Volume', 'emptyDir'));
    assert.ok(property(service, 'apiVersion'));
  });

  test('can all be found where they are referred to', () => {
    for (const ref of refs({ components, paths }))
      assert.ok(components.schemas[ref.replace('#/components/schemas/', '')], ref);
  });

  test('have every field of every message that is there', () => {
    const fields = [...messageOf('core/v1.PodSpec').byName.keys()];
    assert.deepEqual(
      Object.keys(schema('io.k8s.api.core.v1.PodSpec').properties ?? {}).sort(),
      fields.sort(),
    );
  });
});

describe('the paths', async () => {
  const { paths } = await document(gv);
  const operation = (path: string, method: string) =>
    paths[path]?.[method] ?? assert.fail(`no ${method} ${path}`);

  test('tell kubectl that patch knows dryRun and fieldValidation', () => {
    const patch = operation('/api/v1/namespaces/{namespace}/services/{name}', 'patch');
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: '', version: 'v1', kind: 'Service' });
    assert.equal(patch['x-kubernetes-action'], 'patch');
    for (const name of ['dryRun', 'fieldValidation'])
      assert.ok(
        patch.parameters.some((p) => p.name === name && p.in === 'query'),
        name,
      );
  });

  test('are there for collections, objects, subresources and all namespaces', () => {
    const names = (path: string) =>
      Object.keys(paths[path] ?? {})
        .filter((key) => key !== 'parameters')
        .sort();
    assert.deepEqual(names('/api/v1/namespaces/{namespace}/pods'), ['delete', 'get', 'post']);
    assert.deepEqual(names('/api/v1/namespaces/{namespace}/pods/{name}'), ['delete', 'get', 'patch', 'put']);
    assert.deepEqual(names('/api/v1/namespaces/{namespace}/pods/{name}/status'), ['get', 'patch', 'put']);
    assert.deepEqual(names('/api/v1/namespaces/{namespace}/pods/{name}/log'), ['get']);
    assert.deepEqual(names('/api/v1/pods'), ['get']);
    assert.equal(
      operation('/api/v1/namespaces/{namespace}/pods/{name}/exec', 'post')['x-kubernetes-action'],
      'connect',
    );
  });

  test('are there for what is passed on, with any path behind it', () => {
    for (const base of [
      '/api/v1/namespaces/{namespace}/pods/{name}/proxy',
      '/api/v1/namespaces/{namespace}/services/{name}/proxy',
      '/api/v1/nodes/{name}/proxy',
    ])
      for (const path of [base, `${base}/{path}`])
        assert.equal(operation(path, 'delete')['x-kubernetes-action'], 'connect', path);
  });

  test('have identities of their own', () => {
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item).flatMap((op) => ('operationId' in op ? [op['operationId']] : [])),
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes('readCoreV1NamespacedPodLog'));
    assert.ok(ids.includes('listCoreV1PodForAllNamespaces'));
  });
});

describe('OpenAPI v3', () => {
  test('has an index whose hashes lead to documents that clients may keep', async () => {
    const { body } = await get('/openapi/v3');
    const { paths } = JSON.parse(body as string) as { paths: Record<string, { serverRelativeURL: string }> };
    assert.ok(paths['apis/apps/v1']);
    const url = paths['api/v1']?.serverRelativeURL ?? '';
    assert.match(url, /^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{64}$/);
    const answer = await get(url);
    assert.equal(answer.code, 200);
    assert.equal(answer.headers?.['cache-control'], 'public, immutable');
  });

  test('sends who has an old hash to the new one', async () => {
    const { code, headers } = await get('/openapi/v3/apis/apps/v1?hash=OLD');
    assert.equal(code, 301);
    assert.match(headers?.['location'] ?? '', /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
  });

  test('does not send again what the client has', async () => {
    const etag = (await get(gv)).headers?.['etag'];
    assert.ok(etag);
    assert.equal((await get(gv, { 'if-none-match': etag })).code, 304);
  });

  test('is not spoken in protobuf, and leaves other paths to others', async () => {
    const answer = await openapiAnswer(
      request(gv, { accept: 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf' }),
      kinds,
    );
    assert.equal(answer && 'code' in answer && answer.code, 406);
    for (const path of ['/openapi/v3/apis/none/v1', '/openapi', '/openapi/v4', '/api/v1'])
      assert.equal(await openapiAnswer(request(path), kinds), undefined);
  });
});

describe('OpenAPI v2', async () => {
  const json = await document('/openapi/v2');
  const { contentType, body } = await get('/openapi/v2', { accept: protobuf });
  assert.ok(body instanceof Uint8Array);
  interface Named<T> {
    name: string;
    value: T;
  }
  const decoded = decodeProtobuf(body, 'openapi/v2.Document') as {
    paths: {
      path: Named<{ patch?: { parameters: object[]; vendor_extension: Named<{ yaml: string }>[] } }>[];
    };
    definitions: {
      additional_properties: Named<{
        vendor_extension?: Named<{ yaml: string }>[];
        properties?: { additional_properties: Named<object>[] };
      }>[];
    };
  };

  test('has all groups in one document', () => {
    assert.ok(json.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']);
    assert.ok(json.definitions['io.k8s.api.apps.v1.Deployment']);
    for (const ref of refs(json)) assert.ok(json.definitions[ref.replace('#/definitions/', '')], ref);
  });

  test('is the same in protobuf', () => {
    assert.equal(contentType, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    assert.equal(Buffer.from(body.subarray(0, 5)).toString('latin1'), '\x0a\x032.0');
    assert.deepEqual(
      decoded.paths.path.map((p) => p.name),
      Object.keys(json.paths),
    );
    assert.deepEqual(
      decoded.definitions.additional_properties.map((d) => d.name),
      Object.keys(json.definitions),
    );
    for (const { name, value } of decoded.definitions.additional_properties)
      assert.deepEqual(
        (value.properties?.additional_properties ?? []).map((p) => p.name),
        Object.keys(json.definitions[name]?.properties ?? {}),
      );
  });

  test('carries in protobuf what kubectl looks for', () => {
    const spec = decoded.definitions.additional_properties.find(
      (d) => d.name === 'io.k8s.api.core.v1.ServiceSpec',
    );
    const ports = spec?.value.properties?.additional_properties.find((p) => p.name === 'ports')?.value;
    const extensions = (ports as { vendor_extension: Named<{ yaml: string }>[] }).vendor_extension;
    assert.deepEqual(
      extensions.map(({ name, value }) => [name, JSON.parse(value.yaml) as unknown]),
      [
        ['x-kubernetes-patch-strategy', 'merge'],
        ['x-kubernetes-patch-merge-key', 'port'],
        ['x-kubernetes-list-type', 'map'],
        ['x-kubernetes-list-map-keys', ['port', 'protocol']],
      ],
    );
    const path = decoded.paths.path.find((p) => p.name === '/api/v1/namespaces/{namespace}/services/{name}');
    assert.match(
      JSON.stringify(path?.value.patch?.parameters),
      /"query_parameter_sub_schema":\{[^}]*"name":"dryRun"/,
    );
    assert.match(JSON.stringify(path?.value.patch?.vendor_extension), /x-kubernetes-group-version-kind/);
  });
});
