import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { asStatus, type Loose, podYaml, type TestApi, testApi, yaml } from '../testing/testApi.ts';

const pods = '/api/v1/namespaces/default/pods';
const ephemeral = `${pods}/web/ephemeralcontainers`;
const look = { name: 'look', image: 'busybox', targetContainerName: 'web', stdin: true, tty: true };

let api: TestApi;
beforeEach(async () => {
  api = testApi();
  await api.post(pods, podYaml('web'));
});
afterEach(() => api.close());

const add = (...containers: object[]) =>
  api.patch(ephemeral, yaml({ spec: { ephemeralContainers: containers } }), 'strategic-merge');

describe('pods/ephemeralcontainers', () => {
  test('adds to a pod that is there, by each kind of patch and by put', async () => {
    const { code, object } = await add(look);
    assert.equal(code, 200);
    assert.deepEqual(object['spec'].ephemeralContainers, [
      {
        ...look,
        imagePullPolicy: 'Always',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ]);
    assert.equal((await add({ name: 'second', image: 'busybox:1' })).code, 200);
    const whole = (await api.get(ephemeral)).object;
    whole['spec'].ephemeralContainers.push({ name: 'third', image: 'busybox:1' });
    assert.equal((await api.put(ephemeral, yaml(whole))).code, 200);
    const json = [
      { op: 'add', path: '/spec/ephemeralContainers/-', value: { name: 'fourth', image: 'busybox:1' } },
    ];
    assert.equal((await api.patch(ephemeral, yaml(json), 'json')).code, 200);
    const { spec, metadata }: Loose = (await api.get(`${pods}/web`)).object;
    assert.deepEqual(spec.ephemeralContainers.map((c: { name: string }) => c.name).toSorted(), [
      'fourth',
      'look',
      'second',
      'third',
    ]);
    assert.equal(metadata.generation, 5);
  });

  test('changes nothing else of the pod', async () => {
    const { object } = await api.get(ephemeral);
    object['spec'].activeDeadlineSeconds = 7;
    object['metadata'].labels = { a: 'b' };
    object['spec'].ephemeralContainers = [look];
    await api.put(ephemeral, yaml(object));
    const { spec, metadata }: Loose = (await api.get(`${pods}/web`)).object;
    assert.deepEqual(
      [spec.activeDeadlineSeconds, metadata.labels, spec.ephemeralContainers.length],
      [undefined, undefined, 1],
    );
  });

  test('those that are there can be neither changed nor removed', async () => {
    await add(look);
    const changed = await add({ ...look, image: 'netshoot' });
    assert.equal(changed.code, 422);
    assert.match(
      asStatus(changed).message ?? '',
      /spec.ephemeralContainers: Forbidden: existing ephemeral containers "look" may not be changed/,
    );
    const removed = await api.patch(ephemeral, '{"spec":{"ephemeralContainers":[]}}', 'merge');
    assert.equal(removed.code, 422);
    assert.match(asStatus(removed).message ?? '', /"look" may not be removed/);
  });

  const refused: [string, object, string][] = [
    [
      'ports',
      { ports: [{ containerPort: 80 }] },
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'probes',
      { livenessProbe: { tcpSocket: { port: 80 } } },
      'spec.ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'resources',
      { resources: { limits: { cpu: '1' } } },
      'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'hooks',
      { lifecycle: { preStop: { sleep: { seconds: 1 } } } },
      'spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'the name of another container',
      { name: 'web' },
      'spec.ephemeralContainers[0].name: Duplicate value: "web"',
    ],
    [
      'a target that is not there',
      { targetContainerName: 'none' },
      'spec.ephemeralContainers[0].targetContainerName: Not found: "none"',
    ],
    ['no image', { image: '' }, 'spec.ephemeralContainers[0].image: Required value'],
  ];
  for (const [what, own, message] of refused)
    test(`refuses ${what}`, async () => {
      const reply = await add({ ...look, ...own });
      assert.equal(reply.code, 422);
      assert.match(asStatus(reply).message ?? '', new RegExp(message.replaceAll(/[[\]]/g, '\\$&')));
    });

  test('is the only way in', async () => {
    const put = await api.patch(
      `${pods}/web`,
      yaml({ spec: { ephemeralContainers: [look] } }),
      'strategic-merge',
    );
    assert.equal(put.code, 422);
    assert.match(asStatus(put).message ?? '', /pod updates may not change fields other than/);
    const post = await api.post(
      pods,
      podYaml('new').replace('spec:', `spec:\n  ephemeralContainers: ${yaml([look])}`),
    );
    assert.equal(post.code, 422);
    assert.match(
      asStatus(post).message ?? '',
      /spec.ephemeralContainers: Forbidden: cannot be set on create/,
    );
  });

  test('is told by discovery', async () => {
    const { object } = await api.get('/api/v1');
    const found = object['resources'].find((r: { name: string }) => r.name === 'pods/ephemeralcontainers');
    assert.deepEqual([found.kind, found.verbs], ['Pod', ['get', 'patch', 'update']]);
  });
});
