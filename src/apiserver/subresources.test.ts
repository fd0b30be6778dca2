import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { podYaml, type TestApi, testApi, yaml } from './testing/testApi.ts';

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

describe('scale', () => {
  beforeEach(async () => {
    await api.post(
      deployments,
      `
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web, tier: front}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec: {containers: [{name: web, image: nginx}]}
`,
    );
    await api.patch(`${deployments}/web/status`, '{"status":{"replicas":1}}');
  });

  test('is read as a Scale', async () => {
    const { object } = await api.get(`${deployments}/web/scale`);
    const { name, namespace, uid } = object['metadata'];
    assert.deepEqual(
      [object['kind'], object['apiVersion'], name, namespace, uid],
      ['Scale', 'autoscaling/v1', 'web', 'default', 'uid-1'],
    );
    assert.deepEqual(object['spec'], { replicas: 2 });
    assert.deepEqual(object['status'], { replicas: 1, selector: 'app=web,tier=front' });
  });

  test('is printed as what is wanted and what is there', async () => {
    const { object } = await api.get(`${deployments}/web/scale`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    const columns: { name: string }[] = object['columnDefinitions'];
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['Name', 'Desired', 'Available', 'Age'],
    );
    assert.deepEqual(object['rows'][0].cells.slice(0, 3), ['web', 2, 1]);
  });

  test('put changes the replicas of the object, and only those', async () => {
    const { object } = await api.get(`${deployments}/web/scale`);
    const { code } = await api.put(`${deployments}/web/scale`, yaml({ ...object, spec: { replicas: 5 } }));
    assert.equal(code, 200);
    const web = (await api.get(`${deployments}/web`)).object;
    assert.deepEqual([web['spec'].replicas, web['metadata'].generation, web['status'].replicas], [5, 2, 1]);
  });

  test('put with an older version is a conflict', async () => {
    const { object } = await api.get(`${deployments}/web/scale`);
    await api.patch(`${deployments}/web`, '{"metadata":{"labels":{"x":"y"}}}');
    assert.equal((await api.put(`${deployments}/web/scale`, yaml(object))).code, 409);
  });

  test('patch', async () => {
    const { object, code } = await api.patch(`${deployments}/web/scale`, '{"spec":{"replicas":0}}');
    assert.deepEqual([code, object['spec']], [200, { replicas: 0 }]);
    assert.equal((await api.get(`${deployments}/web`)).object['spec'].replicas, 0);
  });

  test('less than none is invalid', async () => {
    assert.equal((await api.patch(`${deployments}/web/scale`, '{"spec":{"replicas":-1}}')).code, 422);
  });

  test('of what has no replicas is not found', async () => {
    await api.post(pods, podYaml('web'));
    assert.equal((await api.get(`${pods}/web/scale`)).code, 404);
  });
});

describe('status', () => {
  const patch =
    '{"metadata":{"labels":{"a":"b"},"annotations":{"c":"d"}},"spec":{"x":1},"status":{"phase":"Running"}}';
  const patched = async (path: string) => {
    const { code, object } = await api.patch(`${path}/status`, patch);
    assert.equal(code, 200);
    return object['metadata'];
  };

  test('comes with labels and annotations', async () => {
    await api.post(pods, podYaml('web'));
    const { labels, annotations, managedFields } = await patched(`${pods}/web`);
    assert.deepEqual([labels, annotations], [{ a: 'b' }, { c: 'd' }]);
    const entry = managedFields.find(({ subresource }: { subresource?: string }) => subresource === 'status');
    assert.deepEqual(Object.keys(entry.fieldsV1), ['f:metadata', 'f:status']);
  });

  test('of a Deployment leaves its labels alone', async () => {
    await api.post(
      deployments,
      `
metadata: {name: web, labels: {own: "yes"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
`,
    );
    const { labels, annotations, generation } = await patched(`${deployments}/web`);
    assert.deepEqual([labels, annotations, generation], [{ own: 'yes' }, { c: 'd' }, 1]);
  });

  test('of kinds that say so is nothing but the status', async () => {
    const cidrs = '/apis/networking.k8s.io/v1/servicecidrs';
    await api.post(cidrs, '{metadata: {name: more}, spec: {cidrs: [10.1.0.0/24]}}');
    const { labels, annotations } = await patched(`${cidrs}/more`);
    assert.deepEqual([labels, annotations], [undefined, undefined]);
  });

  test('may be applied with annotations', async () => {
    await api.post(pods, podYaml('web'));
    const { object } = await api.apply(
      `${pods}/web/status?fieldManager=me`,
      '{apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {c: d}}, status: {message: hi}}',
    );
    assert.deepEqual([object['metadata'].annotations, object['status'].message], [{ c: 'd' }, 'hi']);
    await api.apply(
      `${pods}/web/status?fieldManager=me`,
      '{apiVersion: v1, kind: Pod, metadata: {name: web}, status: {message: hi}}',
    );
    assert.equal((await api.get(`${pods}/web`)).object['metadata'].annotations, undefined);
  });
});

describe('binding', () => {
  const binding = (name: string) => `{metadata: {name: web}, target: {kind: Node, name: ${name}}}`;

  test('puts a pod on a node, once', async () => {
    await api.post(pods, podYaml('web'));
    const { code, object } = await api.post(`${pods}/web/binding`, binding('node-1'));
    assert.deepEqual([code, object['status']], [201, 'Success']);
    const pod = (await api.get(`${pods}/web`)).object;
    assert.deepEqual([pod['spec'].nodeName, pod['metadata'].generation], ['node-1', 1]);
    assert.deepEqual(pod['status'].conditions, [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
    const again = await api.post(`${pods}/web/binding`, binding('node-2'));
    assert.equal(again.code, 409);
    assert.match(again.object['message'], /pod web is already assigned to node "node-1"/);
  });

  test('of two schedulers at once, one wins', async () => {
    await api.post(pods, podYaml('web'));
    const replies = await Promise.all(
      ['node-1', 'node-2'].map((n) => api.post(`${pods}/web/binding`, binding(n))),
    );
    assert.deepEqual(
      replies.map((r) => r.code).toSorted((a, b) => a - b),
      [201, 409],
    );
  });

  test('by the collection of bindings too', async () => {
    await api.post(pods, podYaml('web'));
    assert.equal((await api.post('/api/v1/namespaces/default/bindings', binding('node-1'))).code, 201);
    assert.equal((await api.get(`${pods}/web`)).object['spec'].nodeName, 'node-1');
  });

  test('needs a node and a pod', async () => {
    await api.post(pods, podYaml('web'));
    assert.equal(
      (await api.post(`${pods}/web/binding`, '{metadata: {name: web}, target: {kind: Node}}')).code,
      422,
    );
    assert.equal((await api.post(`${pods}/none/binding`, '{target: {kind: Node, name: node-1}}')).code, 404);
  });
});

describe('what others answer', () => {
  test('serviceaccounts/token is minted by who has the key', async () => {
    const own = testApi({
      mintToken: async ({ namespace, name }, request) => ({
        ...request,
        status: { token: `${namespace}/${name}`, expirationTimestamp: '' },
      }),
    });
    const { code, object } = await own.post(
      '/api/v1/namespaces/default/serviceaccounts/web/token',
      '{spec: {audiences: [a], expirationSeconds: 600}}',
    );
    assert.deepEqual([code, object['kind'], object['status'].token], [201, 'TokenRequest', 'default/web']);
    await own.close();
  });

  test('pods/log is passed on to who knows the node', async () => {
    const own = testApi({
      proxy: async ({ path, query }) => ({
        code: 200,
        contentType: 'text/plain',
        body: `${path} ${query.get('tailLines')}`,
      }),
    });
    const answer = await own.ask({ url: `${pods}/web/log?tailLines=3` });
    assert.ok('body' in answer);
    assert.equal(answer.body, `${pods}/web/log 3`);
    await own.close();
  });

  test('reviews and the like are tried before the kinds', async () => {
    const own = testApi({
      extra: [
        async ({ path }) =>
          path.endsWith('/tokenreviews') ? { code: 201, object: { kind: 'TokenReview' } } : undefined,
      ],
    });
    assert.equal((await own.post('/apis/authentication.k8s.io/v1/tokenreviews', '{}')).code, 201);
    assert.equal((await own.get(pods)).code, 200);
    await own.close();
  });
});
