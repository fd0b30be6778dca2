import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from './authz/contract.ts';
import { createMetrics } from './observe/metrics.ts';
import { parsePath } from './request/path.ts';
import { testApi } from './testing/testApi.ts';

test('paths say group, version, namespace, resource, name and subresource', () => {
  const cases: [string, ReturnType<typeof parsePath>][] = [
    ['/api/v1/pods', { group: '', version: 'v1', plural: 'pods' }],
    ['/api/v1/nodes/n1', { group: '', version: 'v1', plural: 'nodes', name: 'n1' }],
    [
      '/apis/apps/v1/namespaces/dev/deployments/web/scale',
      {
        group: 'apps',
        version: 'v1',
        namespace: 'dev',
        plural: 'deployments',
        name: 'web',
        subresource: 'scale',
      },
    ],
    ['/api/v1/namespaces', { group: '', version: 'v1', plural: 'namespaces' }],
    [
      '/api/v1/namespaces/dev',
      { group: '', version: 'v1', plural: 'namespaces', name: 'dev', namespace: 'dev' },
    ],
    [
      '/api/v1/namespaces/dev/finalize',
      {
        group: '',
        version: 'v1',
        plural: 'namespaces',
        name: 'dev',
        namespace: 'dev',
        subresource: 'finalize',
      },
    ],
    ['/api/v1/namespaces/dev/pods/', { group: '', version: 'v1', namespace: 'dev', plural: 'pods' }],
    [
      '/api/v1/namespaces/dev/pods/web/proxy/a/b',
      {
        group: '',
        version: 'v1',
        namespace: 'dev',
        plural: 'pods',
        name: 'web',
        subresource: 'proxy',
        rest: 'a/b',
      },
    ],
    ['/api/v1', undefined],
    ['/apis/apps/v1', undefined],
    ['/healthz', undefined],
  ];
  for (const [path, expected] of cases) assert.deepEqual(parsePath(path), expected, path);
});

test('every request is authorized in the words of RBAC before anything else', async () => {
  const asked: Attributes[] = [];
  const api = testApi({
    authorizer: {
      authorize(attributes) {
        asked.push(attributes);
        return { allowed: false, reason: 'User "admin" cannot do that' };
      },
    },
  });
  const said = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string) => {
    const answer = await api.ask({ method, url });
    assert.equal(answer.code, 403);
    const { verb, resource } = asked.at(-1) as Attributes;
    return [verb, resource?.plural, resource?.subresource, resource?.namespace, resource?.name]
      .map((part) => part ?? '-')
      .join(' ');
  };
  const pods = '/api/v1/namespaces/dev/pods';
  assert.equal(await said('GET', pods), 'list pods - dev -');
  assert.equal(await said('GET', `${pods}?watch=true`), 'watch pods - dev -');
  assert.equal(await said('GET', `${pods}?watch=true&fieldSelector=metadata.name%3Da`), 'watch pods - dev a');
  assert.equal(await said('GET', `${pods}/a`), 'get pods - dev a');
  assert.equal(await said('GET', `${pods}/a/log`), 'get pods log dev a');
  assert.equal(await said('POST', pods), 'create pods - dev -');
  assert.equal(await said('POST', `${pods}/a/binding`), 'create pods binding dev a');
  assert.equal(await said('PUT', `${pods}/a/status`), 'update pods status dev a');
  assert.equal(await said('PATCH', `${pods}/a`), 'patch pods - dev a');
  assert.equal(await said('DELETE', `${pods}/a`), 'delete pods - dev a');
  assert.equal(await said('DELETE', pods), 'deletecollection pods - dev -');
  assert.equal(await said('GET', '/healthz'), 'get - - - -');
  await api.close();
});

test('health, version, discovery and OpenAPI are answered', async () => {
  let why: string | undefined = 'the informers are not synced';
  const api = testApi({ notReady: () => why });
  const textOf = async (url: string) => {
    const answer = await api.ask({ url });
    return [answer.code, 'body' in answer && typeof answer.body === 'string' ? answer.body : ''];
  };
  assert.deepEqual(await textOf('/healthz'), [200, 'ok']);
  assert.deepEqual(await textOf('/livez'), [200, 'ok']);
  assert.equal((await textOf('/readyz'))[0], 500);
  why = undefined;
  assert.deepEqual(await textOf('/readyz'), [200, 'ok']);
  assert.equal((await api.get('/version')).object['minor'], '36');
  const { object } = await api.get('/apis/apps/v1');
  assert.ok(object['resources'].some((r: { name: string }) => r.name === 'deployments/scale'));
  assert.equal((await api.ask({ url: '/openapi/v3' })).code, 200);
  assert.equal((await api.get('/apis/nothing/v1')).code, 404);
  await api.close();
});

test('metrics count requests by verb, resource and code', async () => {
  const api = testApi({ metrics: createMetrics() });
  await api.post('/api/v1/namespaces/default/configmaps', '{metadata: {name: a}}');
  await api.get('/api/v1/namespaces/default/configmaps/b');
  const answer = await api.ask({ url: '/metrics' });
  assert.ok('body' in answer && typeof answer.body === 'string');
  const lines = answer.body.split('\n');
  const has = (...parts: string[]) =>
    lines.some((line) => line.startsWith('apiserver_request_total{') && parts.every((p) => line.includes(p)));
  assert.ok(has('verb="POST"', 'resource="configmaps"', 'code="201"'));
  assert.ok(has('verb="GET"', 'resource="configmaps"', 'code="404"'));
  await api.close();
});

test('metrics tell of watches while they go on, of objects and of the process', async () => {
  const api = testApi({ metrics: createMetrics() });
  const textOf = async () => {
    const answer = await api.ask({ url: '/metrics' });
    assert.ok('body' in answer && typeof answer.body === 'string');
    return answer.body;
  };
  const maps = '/api/v1/namespaces/default/configmaps';
  const watch = await api.watch(`${maps}?watch=true`);
  await api.post(maps, '{metadata: {name: a}}');
  await watch.next(1);
  const during = await textOf();
  assert.match(during, /^apiserver_longrunning_requests\{verb="WATCH",.*resource="configmaps".*\} 1$/m);
  assert.match(during, /^apiserver_watch_events_total\{group="",version="v1",resource="configmaps"\} 1$/m);
  assert.match(during, /^apiserver_storage_objects\{resource="configmaps"\} 1$/m);
  assert.match(during, /^apiserver_storage_objects\{resource="deployments.apps"\} 0$/m);
  assert.match(during, /^apiserver_current_inflight_requests\{request_kind="readOnly"\} 1$/m);
  for (const name of ['process_resident_memory_bytes', 'process_open_fds', 'process_cpu_seconds_total'])
    assert.match(during, new RegExp(`^${name} [1-9]|^${name} 0\\.`, 'm'));
  watch.stop();
  await watch.next(1);
  assert.match(await textOf(), /^apiserver_longrunning_requests\{verb="WATCH",.*\} 0$/m);
  await api.close();
});

test('no path fills the memory with metrics', async () => {
  const api = testApi({ metrics: createMetrics() });
  for (const url of [
    '/x',
    '/apis/a/v1/b',
    '/api/v1/namespaces/default/pods/a/b1',
    '/api/v1/namespaces/default/pods/a/b2',
  ])
    await api.get(url);
  const answer = await api.ask({ url: '/metrics' });
  assert.ok('body' in answer && typeof answer.body === 'string');
  const lines = answer.body.split('\n').filter((line) => line.startsWith('apiserver_request_total{'));
  assert.equal(lines.length, 2);
  await api.close();
});

test('a failure of the store is a 500 that says so', async () => {
  const api = testApi();
  await api.close();
  const { object } = await api.post('/api/v1/namespaces/default/configmaps', '{metadata: {name: a}}');
  assert.deepEqual([object['code'], object['reason']], [500, 'InternalError']);
});
