import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kinds } from '../../api/kinds.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { discoveryAnswer } from './index.ts';

const request = (path: string, accept?: string): ApiRequest => ({
  method: 'GET',
  path,
  query: new URLSearchParams(),
  headers: { accept, host: '10.0.0.1:6443' },
  user: { name: 'somebody', groups: [] },
  body: new Uint8Array(),
  signal: new AbortController().signal,
});

const get = (path: string, accept?: string) => discoveryAnswer(request(path, accept), kinds);

type Doc = Record<string, unknown> & { resources?: Resource[]; groups?: { name: string }[]; items?: Item[] };
type Resource = {
  name: string;
  kind: string;
  verbs: string[];
  shortNames?: string[];
  singularName: string;
  namespaced: boolean;
  group?: string;
};
type Item = {
  metadata: { name?: string };
  versions: {
    version: string;
    resources: { resource: string; subresources?: { subresource: string }[] }[];
  }[];
};

function document(answer: Answer | undefined): Doc {
  assert.ok(answer);
  if ('object' in answer) return answer.object as Doc;
  assert.ok('body' in answer && typeof answer.body === 'string');
  return JSON.parse(answer.body) as Doc;
}

const resource = (path: string, name: string) => document(get(path)).resources?.find((r) => r.name === name);

describe('discovery', () => {
  test('says at / where to look next', () => {
    const paths = document(get('/'))['paths'] as string[];
    for (const path of ['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/openapi/v3', '/version'])
      assert.ok(paths.includes(path), path);
    assert.deepEqual(paths, paths.toSorted());
  });

  test('lists the versions of the core group at /api', () => {
    assert.deepEqual(document(get('/api')), {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    });
  });

  test('lists the other groups at /apis, with a preferred version', () => {
    const { groups } = document(get('/apis/'));
    assert.deepEqual(
      groups?.find((g) => g.name === 'apps'),
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    );
    for (const name of [
      'authentication.k8s.io',
      'authorization.k8s.io',
      'coordination.k8s.io',
      'discovery.k8s.io',
    ])
      assert.ok(
        groups?.some((g) => g.name === name),
        name,
      );
  });

  test('describes one group at /apis/GROUP', () => {
    assert.equal(document(get('/apis/apps'))['kind'], 'APIGroup');
  });

  test('describes a resource with its names and verbs', () => {
    assert.deepEqual(resource('/api/v1', 'services'), {
      name: 'services',
      singularName: 'service',
      namespaced: true,
      kind: 'Service',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['svc'],
      categories: ['all'],
    });
    assert.equal(resource('/api/v1', 'namespaces')?.namespaced, false);
  });

  test('lists subresources, each with the kind that is sent to it', () => {
    assert.deepEqual(resource('/apis/apps/v1', 'deployments/scale'), {
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
    assert.equal(resource('/api/v1', 'serviceaccounts/token')?.kind, 'TokenRequest');
    for (const name of ['log', 'exec', 'attach', 'portforward', 'binding', 'status'])
      assert.ok(resource('/api/v1', `pods/${name}`), name);
    for (const [plural, kind] of [
      ['pods', 'PodProxyOptions'],
      ['services', 'ServiceProxyOptions'],
      ['nodes', 'NodeProxyOptions'],
    ]) {
      const proxy = resource('/api/v1', `${plural}/proxy`);
      assert.deepEqual([proxy?.kind, proxy?.verbs], [kind, ['create', 'delete', 'get', 'patch', 'update']]);
    }
    assert.deepEqual(resource('/api/v1', 'namespaces/finalize')?.verbs, ['update']);
    assert.deepEqual(resource('/api/v1', 'pods/eviction'), {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
    assert.equal(resource('/api/v1', 'configmaps/status'), undefined);
  });

  test('lists reviews, which can only be created', () => {
    assert.deepEqual(resource('/apis/authentication.k8s.io/v1', 'tokenreviews')?.verbs, ['create']);
    assert.equal(resource('/apis/authorization.k8s.io/v1', 'localsubjectaccessreviews')?.namespaced, true);
  });

  for (const version of ['v2', 'v2beta1'])
    test(`answers with all groups in one document of ${version}`, () => {
      const accept = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const answer = get('/apis', accept);
      assert.ok(answer && 'contentType' in answer);
      assert.equal(answer.contentType, accept);
      const { items, apiVersion } = document(answer);
      assert.equal(apiVersion, `apidiscovery.k8s.io/${version}`);
      const apps = items?.find((i) => i.metadata.name === 'apps')?.versions[0]?.resources;
      const deployments = apps?.find((r) => r.resource === 'deployments');
      assert.deepEqual(
        deployments?.subresources?.map((s) => s.subresource),
        ['scale', 'status'],
      );
      const [core] = document(get('/api', accept)).items ?? [];
      assert.deepEqual(core?.metadata, { creationTimestamp: null });
      assert.ok(core?.versions[0]?.resources.some((r) => r.resource === 'pods'));
    });

  test('says at /version which Kubernetes this looks like', () => {
    assert.equal(document(get('/version'))['gitVersion'], 'v1.36.0+switchboard');
  });

  test('answers 406 to a client that accepts nothing that there is', () => {
    assert.equal((get('/apis', 'application/cbor') as { code: number }).code, 406);
  });

  for (const path of ['/apis/nothing', '/apis/apps/v9', '/api/v1/pods', '/api/v2', '/healthz', '/version/x'])
    test(`leaves ${path} to others`, () => assert.equal(get(path), undefined));

  test('is only read', () => {
    assert.equal(discoveryAnswer({ ...request('/api'), method: 'POST' }, kinds), undefined);
  });
});
