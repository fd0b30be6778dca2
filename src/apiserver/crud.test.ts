import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AdmissionPlugin } from './admission/contract.ts';
import { asStatus, podYaml, type TestApi, testApi, yaml } from './testing/testApi.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

const deploymentYaml = (name: string, replicas = 1) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: web, image: nginx}]}
`;

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

describe('create', () => {
  test('what was posted can be got, with identity, age, version and defaults', async () => {
    const made = await api.post(pods, podYaml('web'));
    assert.equal(made.code, 201);
    const { object, code } = await api.get(`${pods}/web`);
    assert.equal(code, 200);
    assert.deepEqual(object, made.object);
    assert.equal(object['metadata'].namespace, 'default');
    assert.equal(object['metadata'].uid, 'uid-1');
    assert.equal(object['metadata'].creationTimestamp, '2026-01-01T00:00:00Z');
    assert.equal(object['metadata'].resourceVersion, String(api.store.revision()));
    assert.equal(object['metadata'].generation, 1);
    assert.equal(object['spec'].restartPolicy, 'Always');
    assert.equal(object['status'].phase, 'Pending');
  });

  test('a name that is taken is a conflict', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const { object } = await api.post(maps, '{metadata: {name: a}}');
    assert.deepEqual(
      [object['code'], object['reason'], object['message']],
      [409, 'AlreadyExists', 'configmaps "a" already exists'],
    );
  });

  test('generateName gets five characters behind it', async () => {
    const { object } = await api.post(maps, '{metadata: {generateName: web-}}');
    assert.match(object['metadata'].name, /^web-gen\d\d$/);
    assert.equal(object['metadata'].generateName, 'web-');
  });

  test('a generated name that is taken is replaced by another one', async () => {
    const suffixes = ['aaaaa', 'aaaaa', 'bbbbb'];
    const own = testApi({ ids: { uid: () => 'u', suffix: () => suffixes.shift() ?? '' } });
    await own.post(maps, '{metadata: {generateName: web-}}');
    const second = await own.post(maps, '{metadata: {generateName: web-}}');
    assert.equal(second.object['metadata'].name, 'web-bbbbb');
    await own.close();
  });

  test('neither a name nor generateName is invalid', async () => {
    const { object } = await api.post(maps, '{data: {a: b}}');
    assert.deepEqual([object['code'], object['reason']], [422, 'Invalid']);
    assert.equal(object['details'].causes[0].field, 'metadata.name');
  });

  test('the status of a new object is not taken from its creator', async () => {
    const { object } = await api.post(deployments, `${deploymentYaml('web')}status: {readyReplicas: 7}\n`);
    assert.equal(object['status'].readyReplicas, undefined);
  });

  test('a dry run answers like a write and stores nothing', async () => {
    const { code, object } = await api.post(`${maps}?dryRun=All`, '{metadata: {name: a}}');
    assert.deepEqual([code, object['metadata'].name], [201, 'a']);
    assert.equal((await api.get(`${maps}/a`)).code, 404);
    assert.equal((await api.post(`${maps}?dryRun=Some`, '{metadata: {name: a}}')).code, 422);
  });

  test('a namespace begins Active and is held by its finalizer', async () => {
    const { object } = await api.post('/api/v1/namespaces', '{metadata: {name: dev}}');
    assert.equal(object['status'].phase, 'Active');
    assert.deepEqual(object['spec'].finalizers, ['kubernetes']);
  });
});

describe('what cannot be understood is answered by a Status, and nothing is stored', () => {
  const cases: [string, () => Promise<{ object: Record<string, unknown> }>, number, RegExp][] = [
    ['malformed YAML', () => api.post(maps, '{metadata: [}'), 400, /./],
    ['a body that is no object', () => api.post(maps, '[1, 2]'), 400, /is not an object/],
    ['an empty body', () => api.post(maps, ''), 400, /./],
    [
      'a wrong type',
      () => api.post(deployments, deploymentYaml('web').replace('replicas: 1', 'replicas: many')),
      400,
      /^Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32$/,
    ],
    ['another kind', () => api.post(maps, '{kind: Secret, metadata: {name: a}}'), 400, /kind in the data/],
    [
      'another version',
      () => api.post(maps, '{apiVersion: v2, metadata: {name: a}}'),
      400,
      /^the API version in the data \(v2\) does not match the expected API version \(v1\)$/,
    ],
    [
      'another namespace',
      () => api.post(maps, '{metadata: {name: a, namespace: other}}'),
      400,
      /^the namespace of the provided object does not match the namespace sent on the request$/,
    ],
    [
      'a resourceVersion on a new object',
      () => api.post(maps, '{metadata: {name: a, resourceVersion: "5"}}'),
      400,
      /^resourceVersion should not be set on objects to be created$/,
    ],
    [
      'a bad label value',
      () => api.post(maps, '{metadata: {name: a, labels: {app: "not a value"}}}'),
      422,
      /metadata.labels: Invalid value: "not a value"/,
    ],
    [
      'an unknown kind',
      () => api.post('/api/v1/namespaces/default/teapots', '{metadata: {name: a}}'),
      404,
      /^the server could not find the requested resource$/,
    ],
    ['an unknown path', () => api.get('/nothing/here'), 404, /^the server could not find/],
    ['an unknown subresource', () => api.get(`${maps}/a/status`), 404, /^the server could not find/],
    ['a path with a slash in a name', () => api.get(`${maps}/a%2Fb`), 400, /is not a name/],
    ['a path that is not encoded', () => api.get(`${maps}/a%`), 400, /is not URL encoded/],
    ['PUT to a collection', () => api.put(maps, '{metadata: {name: a}}'), 405, /does not allow this method/],
    ['POST to an object', () => api.post(`${maps}/a`, '{metadata: {name: a}}'), 405, /does not allow/],
    [
      'a content type that is not known',
      async () =>
        (await api.ask({
          method: 'POST',
          url: maps,
          headers: { 'content-type': 'text/plain' },
          body: Buffer.from('x'),
        })) as { object: Record<string, unknown> },
      415,
      /media types/,
    ],
  ];
  for (const [what, ask, code, message] of cases)
    test(what, async () => {
      const { object } = await ask();
      assert.equal(object['kind'], 'Status');
      assert.equal(object['status'], 'Failure');
      assert.equal(object['code'], code);
      assert.match(String(object['message']), message);
      assert.equal((await api.store.list('')).entries.length, 0);
    });
});

describe('fieldValidation', () => {
  const body = '{metadata: {name: a}, dta: {x: "1"}}';
  test('warns of unknown fields when nothing is asked', async () => {
    const { code, warnings, object } = await api.post(maps, body);
    assert.deepEqual([code, warnings], [201, ['unknown field "dta"']]);
    assert.equal(object['dta'], undefined);
  });
  test('Strict refuses them', async () => {
    const { object } = await api.post(`${maps}?fieldValidation=Strict`, body);
    assert.equal(object['code'], 400);
    assert.match(object['message'], /strict decoding error: unknown field "dta"/);
  });
  test('Strict refuses a field that is there twice', async () => {
    const answer = await api.ask({
      method: 'POST',
      url: `${maps}?fieldValidation=Strict`,
      body: Buffer.from('{"metadata":{"name":"a"},"data":{"x":"1","x":"2"}}'),
    });
    assert.equal(answer.code, 400);
  });
  test('Strict tells unknown fields before those that are there twice', async () => {
    const answer = await api.ask({
      method: 'POST',
      url: `${maps}?fieldValidation=Strict`,
      body: Buffer.from('{"metadata":{"name":"a"},"dta":{},"data":{"x":"1","x":"2"}}'),
    });
    assert.ok('object' in answer);
    const { message = '' } = answer.object as { message?: string };
    assert.match(message, /unknown field "dta", duplicate field "data.x"$/);
  });
  test('Ignore says nothing', async () => {
    assert.deepEqual((await api.post(`${maps}?fieldValidation=Ignore`, body)).warnings, []);
  });
  test('anything else is refused', async () => {
    assert.equal((await api.post(`${maps}?fieldValidation=Perhaps`, body)).code, 422);
  });
  test('a patch with unknown fields is refused under Strict', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const { object } = await api.patch(`${maps}/a?fieldValidation=Strict`, '{"dta":{}}');
    assert.equal(object['code'], 422);
    assert.match(object['message'], /strict decoding error: unknown field "dta"/);
  });
});

describe('update', () => {
  test('replaces the object; identity and age stay', async () => {
    const made = await api.post(maps, '{metadata: {name: a}, data: {x: "1"}}');
    const { code, object } = await api.put(
      `${maps}/a`,
      '{metadata: {name: a, creationTimestamp: null}, data: {b: "2"}}',
    );
    assert.equal(code, 200);
    assert.deepEqual(object['data'], { b: '2' });
    assert.equal(object['metadata'].uid, made.object['metadata'].uid);
    assert.equal(object['metadata'].creationTimestamp, made.object['metadata'].creationTimestamp);
    assert.ok(Number(object['metadata'].resourceVersion) > Number(made.object['metadata'].resourceVersion));
  });

  test('with an older resourceVersion is a conflict, without one it is not', async () => {
    const { object: first } = await api.post(maps, '{metadata: {name: a}}');
    await api.put(`${maps}/a`, '{metadata: {name: a}, data: {x: "1"}}');
    const late = { ...first, data: { x: '2' } };
    const { object } = await api.put(`${maps}/a`, yaml(late));
    assert.deepEqual([object['code'], object['reason']], [409, 'Conflict']);
    assert.match(
      object['message'],
      /^Operation cannot be fulfilled on configmaps "a": the object has been modified/,
    );
    assert.equal((await api.get(`${maps}/a`)).object['data'].x, '1');
  });

  test('of many updates at once with one resourceVersion, one holds', async () => {
    const { object } = await api.post(maps, '{metadata: {name: a}}');
    const replies = await Promise.all(
      [1, 2, 3, 4].map((n) => api.put(`${maps}/a`, yaml({ ...object, data: { n: String(n) } }))),
    );
    assert.deepEqual(
      replies.map((r) => r.code).toSorted((a, b) => a - b),
      [200, 409, 409, 409],
    );
  });

  test('many unconditional updates at once all hold', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const replies = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        api.put(`${maps}/a`, yaml({ metadata: { name: 'a' }, data: { n: String(n) } })),
      ),
    );
    assert.deepEqual(
      replies.map((r) => r.code),
      [200, 200, 200, 200],
    );
  });

  test('does not create', async () => {
    assert.equal((await api.put(`${maps}/a`, '{metadata: {name: a}}')).code, 404);
  });

  test('of another uid is a conflict', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const { object } = await api.put(`${maps}/a`, '{metadata: {name: a, uid: other}}');
    assert.equal(object['code'], 409);
    assert.match(
      object['message'],
      /Precondition failed: UID in precondition: other, UID in object meta: uid-1/,
    );
  });

  test('must be about the object of the path', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const other = asStatus(await api.put(`${maps}/a`, '{metadata: {name: b}}'));
    assert.equal(other.message, 'the name of the object (b) does not match the name on the URL (a)');
    const elsewhere = asStatus(await api.put(`${maps}/a`, '{metadata: {name: a, namespace: x}}'));
    assert.equal(
      elsewhere.message,
      'the namespace of the object (x) does not match the namespace on the request (default)',
    );
  });

  test('that changes nothing writes nothing', async () => {
    const { object } = await api.post(deployments, deploymentYaml('web'));
    const again = await api.put(`${deployments}/web`, deploymentYaml('web'));
    assert.deepEqual(again.object, object);
  });

  test('counts the generation only when the spec changes, and leaves the status alone', async () => {
    await api.post(deployments, deploymentYaml('web'));
    await api.patch(`${deployments}/web/status`, '{"status":{"readyReplicas":1}}');
    const labelled = await api.patch(`${deployments}/web`, '{"metadata":{"labels":{"a":"b"}}}');
    assert.equal(labelled.object['metadata'].generation, 1);
    const { object } = await api.put(
      `${deployments}/web`,
      `${deploymentYaml('web', 3)}status: {readyReplicas: 9}\n`,
    );
    assert.equal(object['metadata'].generation, 2);
    assert.equal(object['status'].readyReplicas, 1);
  });

  test('a dry run stores nothing', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const { object } = await api.put(`${maps}/a?dryRun=All`, '{metadata: {name: a}, data: {x: "1"}}');
    assert.equal(object['data'].x, '1');
    assert.equal((await api.get(`${maps}/a`)).object['data'], undefined);
  });
});

describe('the status subresource', () => {
  test('changes the status and nothing else', async () => {
    const { object } = await api.post(deployments, deploymentYaml('web'));
    const wish = {
      ...object,
      metadata: { ...object['metadata'], labels: { no: 'no' } },
      spec: { ...object['spec'], replicas: 9 },
      status: { replicas: 1 },
    };
    const written = await api.put(`${deployments}/web/status`, yaml(wish));
    assert.equal(written.code, 200);
    assert.equal(written.object['spec'].replicas, 1);
    assert.equal(written.object['metadata'].labels, undefined);
    assert.equal(written.object['metadata'].generation, 1);
    assert.deepEqual(written.object['status'], { replicas: 1 });
    assert.deepEqual((await api.get(`${deployments}/web/status`)).object, written.object);
  });
});

describe('patch', () => {
  test('merge, strategic merge and JSON patches', async () => {
    await api.post(deployments, deploymentYaml('web'));
    const path = `${deployments}/web`;
    await api.patch(path, '{"spec":{"replicas":2}}');
    await api.patch(
      path,
      '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"busybox"},{"name":"side","image":"x"}]}}}}',
      'strategic-merge',
    );
    const { object, code } = await api.patch(
      path,
      '[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]',
      'json',
    );
    assert.equal(code, 200);
    assert.equal(object['spec'].replicas, 2);
    assert.deepEqual(object['metadata'].labels, { a: 'b' });
    const containers = object['spec'].template.spec.containers as { name: string; image: string }[];
    assert.deepEqual(
      new Set(containers.map((c) => `${c.name}=${c.image}`)),
      new Set(['web=busybox', 'side=x']),
    );
  });

  test('of an object that is not there is a 404', async () => {
    assert.equal((await api.patch(`${maps}/a`, '{}')).code, 404);
  });

  test('many at once without a resourceVersion all hold', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const replies = await Promise.all([1, 2, 3].map((n) => api.patch(`${maps}/a`, `{"data":{"k${n}":"v"}}`)));
    assert.deepEqual(
      replies.map((r) => r.code),
      [200, 200, 200],
    );
    assert.deepEqual(Object.keys((await api.get(`${maps}/a`)).object['data']).sort(), ['k1', 'k2', 'k3']);
  });

  test('with an older resourceVersion is a conflict', async () => {
    const { object } = await api.post(maps, '{metadata: {name: a}}');
    await api.patch(`${maps}/a`, '{"data":{"x":"1"}}');
    const late = { metadata: { resourceVersion: object['metadata'].resourceVersion }, data: { x: '2' } };
    assert.equal((await api.patch(`${maps}/a`, yaml(late))).code, 409);
  });

  test('that would rename the object is refused', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    assert.equal((await api.patch(`${maps}/a`, '{"metadata":{"name":"b"}}')).code, 400);
  });

  test('of a wrong type is refused as invalid', async () => {
    await api.post(deployments, deploymentYaml('web'));
    assert.equal((await api.patch(`${deployments}/web`, '{"spec":{"replicas":"x"}}')).code, 422);
  });
});

describe('admission', () => {
  const told: string[] = [];
  const plugin = (name: string, admit: AdmissionPlugin['admit']): AdmissionPlugin => ({
    name,
    handles: () => true,
    admit,
    committed: ({ verb }) => told.push(`${name} committed ${verb}`),
  });
  const labels = plugin('labels', ({ object, verb }) => {
    if (verb !== 'delete') object.metadata.labels = { added: 'yes' };
    return () => told.push('labels undone');
  });
  const refuses = plugin('refuses', ({ object }) => {
    if (object.metadata.name === 'bad') throw new Error('no');
    return undefined;
  });

  beforeEach(() => told.splice(0));

  test('completes the object in the order of the list, and hears when the write is done', async () => {
    const own = testApi({ admission: [labels, refuses] });
    const { object } = await own.post(maps, '{metadata: {name: good}}');
    assert.deepEqual(object['metadata'].labels, { added: 'yes' });
    assert.deepEqual(told, ['labels committed create', 'refuses committed create']);
    await own.delete(`${maps}/good`);
    assert.deepEqual(told.slice(2), ['labels committed delete', 'refuses committed delete']);
    await own.close();
  });

  test('gives back what was taken when a later plugin, the validation, the store or a dry run ends it', async () => {
    const own = testApi({ admission: [labels, refuses] });
    assert.equal((await own.post(maps, '{metadata: {name: bad}}')).code, 500);
    assert.equal((await own.post(maps, '{metadata: {name: NOT_VALID}}')).code, 422);
    await own.post(maps, '{metadata: {name: good}}');
    assert.equal((await own.post(maps, '{metadata: {name: good}}')).code, 409);
    await own.post(`${maps}?dryRun=All`, '{metadata: {name: dry}}');
    assert.deepEqual(told.filter((line) => line === 'labels undone').length, 4);
    await own.close();
  });

  test('a stored object is out of its reach', async () => {
    const own = testApi({
      admission: [
        plugin('breaks', ({ object, verb }) => {
          if (verb === 'update') {
            (object as { status?: { replicas?: number } }).status = { replicas: 99 };
            throw new Error('no');
          }
          return undefined;
        }),
      ],
    });
    await own.post(deployments, deploymentYaml('web'));
    await own.put(`${deployments}/web`, deploymentYaml('web', 4));
    const { object } = await own.get(`${deployments}/web`);
    assert.equal(object['status'].replicas, undefined);
    await own.close();
  });
});
