import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pods } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { localClient } from '../local.ts';
import { admin, type Loose, podYaml, type Reply, type TestApi, testApi } from '../testing/testApi.ts';
import type { ManagedFields } from './entries.ts';
import type { FieldSet } from './fieldSet.ts';
import { pathsOf } from './fieldSet.ts';
import { showPath } from './steps.ts';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

const managedFields = ({ object }: Reply) =>
  ((object as unknown as KubeObject).metadata.managedFields ?? []) as ManagedFields;

/** `manager operation subresource: paths`, one line an entry. */
const told = (reply: Reply) =>
  managedFields(reply).map(({ manager, operation, subresource, fieldsV1 }) => {
    const paths = [...pathsOf(fieldsV1 as FieldSet)].map(showPath);
    return `${manager} ${operation}${subresource ? ` ${subresource}` : ''}: ${paths.join(' ')}`;
  });

const mapYaml = (data: string, metadata = '') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: a${metadata}}, data: {${data}}}`;

describe('who creates an object', () => {
  test('owns what was sent and its defaults', async () => {
    const reply = await api.post(`${maps}?fieldManager=me`, mapYaml('x: "1"', ', labels: {app: a}'));
    assert.deepEqual(managedFields(reply), [
      {
        manager: 'me',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:data': { '.': {}, 'f:x': {} },
        },
      },
    ]);
    const service = await api.post(
      '/api/v1/namespaces/default/services',
      '{kind: Service, apiVersion: v1, metadata: {name: a}, spec: {ports: [{port: 80}]}}',
    );
    assert.deepEqual(told(service), [
      'unknown Update: .spec.internalTrafficPolicy .spec.ports .spec.ports[port=80,protocol="TCP"] .spec.ports[port=80,protocol="TCP"].port .spec.ports[port=80,protocol="TCP"].protocol .spec.ports[port=80,protocol="TCP"].targetPort .spec.sessionAffinity .spec.type',
    ]);
  });
  test('is named by the User-Agent when the query names nobody', async () => {
    await api.ask({
      method: 'POST',
      url: maps,
      headers: { 'user-agent': 'helm/3.0', 'content-type': 'application/yaml' },
      body: Buffer.from(mapYaml('x: "1"')),
    });
    assert.deepEqual(told(await api.get(`${maps}/a`)), ['helm Update: .data .data.x']);
  });
  test('in the server itself is named by its component', async () => {
    const client = localClient(api.handler, admin, 'kube-controller-manager');
    const pod = JSON.parse(
      '{"metadata":{"name":"a","namespace":"default"},"spec":{"containers":[{"name":"a","image":"b"}]}}',
    ) as KubeObject;
    const made = await client.create(pods, pod);
    assert.equal(made.metadata.managedFields?.[0]?.manager, 'kube-controller-manager');
  });
  test('does not own a status, which is not his to write', async () => {
    const reply = await api.post(
      '/api/v1/namespaces/default/pods',
      `${podYaml('a')}status: { phase: Running }\n`,
    );
    assert.ok(
      told(reply).every((line) => !line.includes('.status')),
      told(reply).join('\n'),
    );
  });
  test('must not have a name that is too long', async () => {
    const reply = await api.post(`${maps}?fieldManager=${'a'.repeat(129)}`, mapYaml(''));
    assert.equal(reply.code, 422);
  });
});

describe('who changes an object', () => {
  beforeEach(() => api.post(`${maps}?fieldManager=one`, mapYaml('x: "1", w: "1"')));

  test('by PUT owns what he changed, and what he took away is nobody`s', async () => {
    const reply = await api.put(`${maps}/a?fieldManager=two`, mapYaml('x: "2", z: "2"'));
    assert.deepEqual(told(reply), ['one Update: .data', 'two Update: .data.x .data.z']);
  });
  for (const [type, patch] of [
    ['merge', '{"data":{"x":"2"}}'],
    ['strategic-merge', '{"data":{"x":"2"}}'],
    ['json', '[{"op":"replace","path":"/data/x","value":"2"}]'],
  ] as const)
    test(`by a ${type} patch owns what he changed`, async () => {
      const reply = await api.patch(`${maps}/a?fieldManager=two`, patch, type);
      assert.deepEqual(told(reply), ['one Update: .data .data.w', 'two Update: .data.x']);
    });
  test('into what it is already changes no owner, and nothing is written', async () => {
    const before = await api.get(`${maps}/a`);
    const reply = await api.patch(`${maps}/a?fieldManager=two`, '{"data":{"x":"1"}}');
    assert.deepEqual(reply.object, before.object);
  });
  test('has one entry, with the time of the last change', async () => {
    api.clock.advance(60_000);
    await api.patch(`${maps}/a?fieldManager=two`, '{"data":{"x":"2"}}');
    api.clock.advance(60_000);
    const reply = await api.patch(`${maps}/a?fieldManager=two`, '{"data":{"w":"2"}}');
    assert.deepEqual(told(reply), ['one Update: .data', 'two Update: .data.w .data.x']);
    assert.deepEqual(
      managedFields(reply).map((entry) => entry.time),
      ['2026-01-01T00:00:00Z', '2026-01-01T00:02:00Z'],
    );
  });
  test('cannot force a patch that is no apply', async () => {
    assert.equal((await api.patch(`${maps}/a?force=true`, '{}')).code, 422);
  });
  test('on trial is told who would own what, and nothing is kept', async () => {
    const reply = await api.patch(`${maps}/a?fieldManager=two&dryRun=All`, '{"data":{"x":"2"}}');
    assert.deepEqual(told(reply), ['one Update: .data .data.w', 'two Update: .data.x']);
    assert.deepEqual(told(await api.get(`${maps}/a`)), ['one Update: .data .data.w .data.x']);
  });
});

describe('a subresource', () => {
  const deploymentYaml = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`;
  beforeEach(() => api.post(`${deployments}?fieldManager=me`, deploymentYaml));
  const lineOf = (reply: Reply, subresource: string) =>
    told(reply).find((line) => line.includes(` ${subresource}:`));

  test('status has owners of its own', async () => {
    const reply = await api.patch(`${deployments}/web/status?fieldManager=me`, '{"status":{"replicas":1}}');
    assert.equal(lineOf(reply, 'status'), 'me Update status: .status.replicas');
  });
  test('scale takes the replicas', async () => {
    await api.patch(`${deployments}/web/scale?fieldManager=scaler`, '{"spec":{"replicas":3}}');
    const reply = await api.get(`${deployments}/web`);
    assert.equal(lineOf(reply, 'scale'), 'scaler Update scale: .spec.replicas');
    assert.ok(!told(reply).some((line) => line.startsWith('me ') && line.includes('.spec.replicas')));
  });
  test('binding is not kept account of', async () => {
    const path = '/api/v1/namespaces/default/pods/a';
    const before = told(await api.post('/api/v1/namespaces/default/pods', podYaml('a')));
    await api.post(`${path}/binding`, '{target: {name: dev-1}}');
    const bound = await api.get(path);
    assert.equal((bound.object as Loose)['spec'].nodeName, 'dev-1');
    assert.deepEqual(told(bound), before);
  });
});

describe('managedFields that a writer sends', () => {
  beforeEach(() => api.post(`${maps}?fieldManager=one`, mapYaml('x: "1"')));
  const entry = (manager: string, fieldsV1: unknown) =>
    JSON.stringify({ manager, operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 });
  const replaced = (value: string) => `[{"op":"replace","path":"/metadata/managedFields","value":${value}}]`;

  test('take the place of those that are there', async () => {
    const mine = entry('mine', { 'f:data': { 'f:x': {} } });
    const reply = await api.patch(`${maps}/a`, replaced(`[${mine}]`), 'json');
    assert.deepEqual(told(reply), ['mine Apply: .data.x']);
  });
  test('are as good as none when they cannot be understood', async () => {
    for (const bad of [entry('mine', { data: {} }), '{"manager":"mine","operation":"Delete"}']) {
      const reply = await api.patch(`${maps}/a`, replaced(`[${bad}]`), 'json');
      assert.deepEqual(told(reply), ['one Update: .data .data.x']);
    }
  });
  for (const none of ['[]', '[{}]'])
    test(`as ${none} take all of them away, until somebody applies`, async () => {
      assert.deepEqual(told(await api.patch(`${maps}/a`, replaced(none), 'json')), []);
      assert.deepEqual(told(await api.patch(`${maps}/a`, '{"data":{"x":"2"}}')), []);
      const reply = await api.apply(`${maps}/a?fieldManager=me`, mapYaml('x: "2"'));
      assert.deepEqual(told(reply), ['me Apply: .data.x', 'before-first-apply Update: .data .data.x']);
    });
  test('that are left out stay', async () => {
    const reply = await api.put(`${maps}/a?fieldManager=two`, mapYaml('x: "1"'));
    assert.deepEqual(told(reply), ['one Update: .data .data.x']);
  });
});
