import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { kindRegistry } from '../../api/registry.ts';
import type { CustomResourceDefinition } from '../../api/types.ts';
import { kindsOf } from '../customresources/kinds.ts';
import { asStatus, type Loose, podYaml, type Reply, type TestApi, testApi } from '../testing/testApi.ts';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

const web = '/apis/apps/v1/namespaces/default/deployments/web';
const as = (manager: string, more = '') => `?fieldManager=${manager}${more}`;
const force = '&force=true';

/** A Deployment of containers, YAML in flow style, with more in its spec. */
const deployment = (containers: string, spec = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [${containers}] }
`;
const nginx = '{ name: web, image: nginx }';
const containersOf = (reply: Reply): Loose[] => (reply.object as Loose)['spec'].template.spec.containers;
const managers = (reply: Reply): string[] =>
  ((reply.object as Loose)['metadata'].managedFields as Loose[]).map(
    (m) => `${m['manager']} ${m['operation']}`,
  );

describe('applying', () => {
  test('creates what is missing', async () => {
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 2'));
    assert.equal(reply.code, 201);
    assert.deepEqual(managers(reply), ['me Apply']);
    assert.equal((await api.get(web)).object['spec'].replicas, 2);
  });
  test('the same again changes nothing', async () => {
    const first = await api.apply(`${web}${as('me')}`, deployment(nginx));
    api.clock.advance(60_000);
    const second = await api.apply(`${web}${as('me')}`, deployment(nginx));
    assert.equal(second.code, 200);
    assert.deepEqual(second.object, first.object);
  });
  test('takes JSON as well as YAML', async () => {
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}}';
    const reply = await api.apply(`/api/v1/namespaces/default/configmaps/a${as('me')}`, body);
    assert.equal(reply.code, 201);
    assert.deepEqual(reply.object['data'], { x: '1' });
  });
  test('merges lists by the keys of their items', async () => {
    await api.apply(
      `${web}${as('one')}`,
      deployment('{ name: web, image: nginx, env: [{ name: A, value: "1" }] }'),
    );
    const reply = await api.apply(
      `${web}${as('two')}`,
      deployment('{ name: log, image: busybox }, { name: web, env: [{ name: B, value: "2" }] }'),
    );
    assert.deepEqual(
      containersOf(reply).map(({ name, image, env }) => ({ name, image, env })),
      [
        { name: 'log', image: 'busybox', env: undefined },
        {
          name: 'web',
          image: 'nginx',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    );
  });
  test('sets what is empty: a zero takes the place of a number', async () => {
    await api.apply(`${web}${as('me')}`, deployment(nginx, 'minReadySeconds: 5'));
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx, 'minReadySeconds: 0'));
    assert.equal(reply.object['spec'].minReadySeconds, undefined);
  });
});

test('of two that create at the same time one does, and the other merges', async () => {
  const replies = await Promise.all([
    api.apply(`${web}${as('one')}`, deployment(nginx)),
    api.apply(`${web}${as('two')}`, deployment(nginx)),
  ]);
  assert.deepEqual(replies.map(({ code }) => code).sort(), [200, 201]);
  assert.deepEqual(managers(await api.get(web)), ['one Apply', 'two Apply']);
});

describe('what is no longer applied', () => {
  const two = '{ name: web, image: nginx, tty: true }, { name: log, image: busybox }';
  test('goes, when nobody else has it', async () => {
    await api.apply(`${web}${as('me')}`, deployment(two, 'replicas: 3'));
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx));
    assert.deepEqual(
      containersOf(reply).map(({ name, tty }) => [name, tty]),
      [['web', undefined]],
    );
    // The default of what is left out.
    assert.equal(reply.object['spec'].replicas, 1);
  });
  test('stays, when somebody else applies it too', async () => {
    await api.apply(`${web}${as('me')}`, deployment(two));
    await api.apply(`${web}${as('you')}`, deployment(two));
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx));
    assert.deepEqual(
      containersOf(reply).map(({ name, tty }) => [name, tty]),
      [
        ['web', true],
        ['log', undefined],
      ],
    );
  });
  test('stays, when somebody has changed it since', async () => {
    await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 3'));
    await api.patch(`${web}/scale${as('scaler')}`, '{"spec":{"replicas":5}}');
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx));
    assert.equal(reply.object['spec'].replicas, 5);
  });
  test('takes an item along, with what another has put into it', async () => {
    await api.apply(`${web}${as('me')}`, deployment(two));
    await api.patch(
      `${web}${as('you')}`,
      '{"spec":{"template":{"spec":{"containers":[{"name":"log","tty":true}]}}}}',
      'strategic-merge',
    );
    const reply = await api.apply(`${web}${as('me')}`, deployment(nginx));
    assert.deepEqual(
      containersOf(reply).map(({ name }) => name),
      ['web'],
    );
    assert.deepEqual(managers(reply), ['me Apply']);
  });
  test('takes along the defaults that were filled into it', async () => {
    const rolling = 'strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1 } }';
    const probe = (handler: string) => `{ name: web, image: nginx, livenessProbe: { ${handler} } }`;
    await api.apply(`${web}${as('me')}`, deployment(probe('httpGet: { port: 80 }'), rolling));
    const reply = await api.apply(
      `${web}${as('me')}`,
      deployment(probe('tcpSocket: { port: 80 }'), 'strategy: { type: Recreate }'),
    );
    assert.equal(reply.code, 200, JSON.stringify(reply.object));
    const { spec } = reply.object as Loose;
    assert.deepEqual(spec.strategy, { type: 'Recreate' });
    const [{ livenessProbe = {} } = {}] = containersOf(reply);
    assert.deepEqual([livenessProbe.httpGet, livenessProbe.tcpSocket], [undefined, { port: 80 }]);
  });
  test('leaves its defaults to who applies a part of it', async () => {
    const rolling = (text: string) => deployment(nginx, `strategy: { rollingUpdate: { ${text} } }`);
    await api.apply(`${web}${as('me')}`, rolling('maxSurge: 1'));
    await api.apply(`${web}${as('you')}`, rolling('maxUnavailable: 0'));
    const { spec } = (await api.apply(`${web}${as('me')}`, deployment(nginx))).object as Loose;
    assert.deepEqual(spec.strategy.rollingUpdate, { maxSurge: '25%', maxUnavailable: 0 });
  });
  test('leaves no empty map behind', async () => {
    const maps = `/api/v1/namespaces/default/configmaps/a${as('me')}`;
    const map = (more: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a${more}}}`;
    await api.apply(maps, map(', labels: {app: a}, finalizers: [a/b]'));
    const { metadata } = (await api.apply(maps, map(''))).object as Loose;
    assert.deepEqual(
      [metadata.labels, metadata.finalizers, metadata.managedFields],
      [undefined, undefined, undefined],
    );
  });
});

describe('applying what somebody else owns', () => {
  const five = '{"spec":{"replicas":5}}';
  beforeEach(() => api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 3')));

  test('is a conflict, with its field and its owner', async () => {
    const reply = await api.apply(`${web}${as('you')}`, deployment(nginx, 'replicas: 4'));
    const status = asStatus(reply);
    assert.equal(status.code, 409);
    assert.equal(status.reason, 'Conflict');
    assert.equal(status.message, 'Apply failed with 1 conflict: conflict with "me": .spec.replicas');
    assert.deepEqual(status.details, {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.spec.replicas' }],
    });
    assert.equal((await api.get(web)).object['spec'].replicas, 3);
  });
  test('names the version of an owner by update, and the subresource', async () => {
    await api.patch(`${web}${as('kubectl-client-side-apply')}`, five);
    const first = await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 3'));
    assert.equal(
      asStatus(first).message,
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
    );
    await api.patch(`${web}/scale${as('hpa')}`, '{"spec":{"replicas":6}}');
    const second = await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 3'));
    assert.equal(
      asStatus(second).message,
      'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });
  test('names several conflicts by their owners', async () => {
    await api.patch(`${web}${as('also')}`, five);
    const reply = await api.apply(
      `${web}${as('you')}`,
      deployment('{ name: web, image: httpd }', 'replicas: 4'),
    );
    assert.equal(
      asStatus(reply).message,
      [
        'Apply failed with 2 conflicts: conflicts with "also" using apps/v1:',
        '- .spec.replicas',
        'conflicts with "me":',
        '- .spec.template.spec.containers[name="web"].image',
      ].join('\n'),
    );
  });
  test('is no conflict when it is the same, and both own it then', async () => {
    const reply = await api.apply(`${web}${as('you')}`, deployment(nginx, 'replicas: 3'));
    assert.deepEqual(managers(reply), ['me Apply', 'you Apply']);
  });
  test('takes it when forced', async () => {
    const reply = await api.apply(`${web}${as('you', force)}`, deployment(nginx, 'replicas: 4'));
    assert.equal(reply.object['spec'].replicas, 4);
    const again = await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 3'));
    assert.equal(again.code, 409);
  });
});

describe('a configuration is refused', () => {
  const maps = '/api/v1/namespaces/default/configmaps/a';
  const map = (more: string) => `{apiVersion: v1, kind: ConfigMap, ${more}}`;
  const named = (more = '') => map(`metadata: {name: a${more}}`);
  for (const [why, query, body, code, message] of [
    ['that nobody applies', '', named(), 422, /fieldManager: Required value: is required for apply patch/],
    [
      'of another version',
      as('me'),
      named().replace('v1', 'v2'),
      400,
      /^Incorrect version specified in apply patch. Specified patch version: v2, expected: v1$/,
    ],
    [
      'of no version',
      as('me'),
      '{kind: ConfigMap, metadata: {name: a}}',
      400,
      /Incorrect version specified in apply patch/,
    ],
    [
      'of another kind',
      as('me'),
      named().replace('ConfigMap', 'Secret'),
      400,
      /does not match the expected kind/,
    ],
    ['without a name', as('me'), map('metadata: {generateName: a-}'), 400, /name must be provided/],
    ['with another name', as('me'), named().replace('a}', 'b}'), 400, /does not match the name on the URL/],
    [
      'with managedFields',
      as('me'),
      named(', managedFields: []'),
      400,
      /^metadata.managedFields must be nil$/,
    ],
    [
      'with a field that there is not',
      as('me'),
      map('metadata: {name: a}, colour: red'),
      500,
      /^failed to create typed patch object \(default\/a; v1, Kind=ConfigMap\): \.colour: field not declared in schema$/,
    ],
    [
      'with a value of another type',
      as('me'),
      map('metadata: {name: a}, data: {a: 1}'),
      400,
      /cannot unmarshal number/,
    ],
    [
      'with a map where a text belongs',
      as('me'),
      map('metadata: {name: a}, data: [1]'),
      500,
      /\.data: expected map, got \[1\]/,
    ],
    [
      'with the same item twice',
      as('me'),
      named(', finalizers: [a/b, a/b]'),
      500,
      /\.metadata\.finalizers: duplicate set element \[="a\/b"\]/,
    ],
    [
      'with a key twice, strictly',
      as('me', '&fieldValidation=Strict'),
      map('metadata: {name: a}, data: {a: "1", a: "2"}'),
      400,
      /^error strict decoding YAML: line 1: key "a" already set in map$/,
    ],
    [
      'with a resourceVersion of what is not there',
      as('me'),
      named(', resourceVersion: "1"'),
      400,
      /resourceVersion should not be set/,
    ],
    [
      'with a uid of what is not there',
      as('me'),
      named(', uid: x'),
      409,
      /uid mismatch: the provided object specified uid x/,
    ],
    ['that is a list', as('me'), '[]', 400, /not an object/],
    ['that is no YAML', as('me'), '{', 400, /yaml/],
  ] as const)
    test(why, async () => {
      const reply = await api.apply(`${maps}${query}`, body);
      assert.match(asStatus(reply).message ?? '', message);
      assert.equal(reply.code, code);
    });

  test('with a key twice is warned of otherwise', async () => {
    const reply = await api.apply(`${maps}${as('me')}`, map('metadata: {name: a}, data: {a: "1", a: "2"}'));
    assert.deepEqual(reply.warnings, ['line 1: key "a" already set in map']);
  });
  test('when its resourceVersion is an old one', async () => {
    await api.apply(`${maps}${as('me')}`, named());
    const reply = await api.apply(`${maps}${as('me')}`, named(', resourceVersion: "1", labels: {a: b}'));
    assert.equal(reply.code, 409);
    assert.match(asStatus(reply).message ?? '', /the object has been modified/);
  });
});

describe('applying on trial', () => {
  test('tells what would be, and keeps nothing', async () => {
    const created = await api.apply(`${web}${as('me', '&dryRun=All')}`, deployment(nginx));
    assert.equal(created.code, 201);
    assert.equal((await api.get(web)).code, 404);
    await api.apply(`${web}${as('me')}`, deployment(nginx));
    const changed = await api.apply(`${web}${as('me', '&dryRun=All')}`, deployment(nginx, 'replicas: 2'));
    assert.equal(changed.object['spec'].replicas, 2);
    assert.equal((await api.get(web)).object['spec'].replicas, 1);
  });
});

describe('applying to a subresource', () => {
  const scale = (replicas: number) =>
    `{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: ${replicas}}}`;
  const status =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true}, status: {replicas: 1}}';

  test('that is not there is no creation', async () => {
    assert.equal((await api.apply(`${web}/status${as('me')}`, status)).code, 404);
    assert.equal((await api.apply(`${web}/scale${as('me')}`, scale(1))).code, 404);
  });
  test('status writes the status alone', async () => {
    await api.apply(`${web}${as('me')}`, deployment(nginx));
    const reply = await api.apply(`${web}/status${as('me')}`, status);
    const { spec, metadata } = reply.object as Loose;
    assert.deepEqual([reply.object['status'].replicas, spec.paused], [1, undefined]);
    assert.deepEqual(metadata.managedFields[1].fieldsV1, { 'f:status': { 'f:replicas': {} } });
    assert.equal(metadata.managedFields[1].subresource, 'status');
  });
  test('ephemeralcontainers writes those alone', async () => {
    const pod = '/api/v1/namespaces/default/pods/a';
    await api.post('/api/v1/namespaces/default/pods', podYaml('a'));
    const reply = await api.apply(
      `${pod}/ephemeralcontainers${as('debugger')}`,
      '{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {a: b}}, spec: {ephemeralContainers: [{name: d, image: busybox}]}}',
    );
    const { managedFields, labels } = reply.object['metadata'];
    assert.equal(labels, undefined);
    assert.deepEqual(managedFields[0].fieldsV1, {
      'f:spec': {
        'f:ephemeralContainers': { 'k:{"name":"d"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
      },
    });
  });
  test('scale writes the replicas, and conflicts about them', async () => {
    await api.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 2'));
    const refused = await api.apply(`${web}/scale${as('hpa')}`, scale(4));
    assert.equal(
      asStatus(refused).message,
      'Apply failed with 1 conflict: conflict with "me": .spec.replicas',
    );
    const reply = await api.apply(`${web}/scale${as('hpa', force)}`, scale(4));
    assert.equal(reply.object['spec'].replicas, 4);
    assert.deepEqual(managers(await api.get(web)), ['hpa Apply', 'me Apply']);
  });
});

describe('from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const maps = '/api/v1/namespaces/default/configmaps';
  const config = (x: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default', annotations: {} },
    data: { x },
  });
  beforeEach(() => {
    const body = config('1');
    const annotations = { [annotation]: JSON.stringify(body) };
    return api.post(
      `${maps}${as('kubectl-client-side-apply')}`,
      JSON.stringify({ ...body, metadata: { ...body.metadata, annotations } }),
    );
  });

  test('kubectl takes over what client-side apply wrote, and its annotation follows', async () => {
    const reply = await api.apply(`${maps}/a${as('kubectl')}`, JSON.stringify(config('2')));
    assert.deepEqual(reply.object['data'], { x: '2' });
    assert.deepEqual(JSON.parse(reply.object['metadata'].annotations[annotation]), config('2'));
  });
  test('but not what somebody has changed since', async () => {
    await api.patch(`${maps}/a${as('other')}`, '{"data":{"x":"3"}}');
    assert.equal((await api.apply(`${maps}/a${as('kubectl')}`, JSON.stringify(config('2')))).code, 409);
  });
  test('and nobody else takes it over', async () => {
    const reply = await api.apply(`${maps}/a${as('flux')}`, JSON.stringify(config('2')));
    assert.equal(reply.code, 409);
    assert.match(
      asStatus(reply).message ?? '',
      /conflict with "kubectl-client-side-apply" using v1: .data.x$/,
    );
  });
});

test('who may patch but not create applies to what is there only', async () => {
  const limited = testApi({
    store: api.store,
    authorizer: { authorize: ({ verb }) => ({ allowed: verb !== 'create', reason: '' }) },
  });
  assert.equal((await limited.apply(`${web}${as('me')}`, deployment(nginx))).code, 403);
  await api.apply(`${web}${as('me')}`, deployment(nginx));
  assert.equal((await limited.apply(`${web}${as('me')}`, deployment(nginx, 'replicas: 2'))).code, 200);
});

describe('applying a custom resource', () => {
  const crd = parse(`
    spec:
      group: example.com
      scope: Namespaced
      names: { kind: Thing, plural: things }
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  size: { type: integer }
                  whole: { type: array, items: { type: string } }
                  parts:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [name]
                    items:
                      type: object
                      properties: { name: { type: string }, colour: { type: string } }
  `) as CustomResourceDefinition;
  const things = '/apis/example.com/v1/namespaces/default/things/a';
  const spec = (text: string) =>
    `{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}, spec: {${text}}}`;
  let custom: TestApi;
  beforeEach(() => {
    const kinds = kindsOf(
      { ...crd, metadata: { name: 'things' } },
      { convert: (objects) => objects, rules: new Map() },
    );
    custom = testApi({ kinds: kindRegistry(kinds) });
  });
  afterEach(() => custom.close());

  test('merges lists as its schema says', async () => {
    await custom.apply(things + as('one'), spec('parts: [{name: x, colour: red}], whole: [a]'));
    const reply = await custom.apply(things + as('two', force), spec('parts: [{name: z}], whole: [b]'));
    assert.deepEqual(reply.object['spec'], {
      parts: [{ name: 'x', colour: 'red' }, { name: 'z' }],
      whole: ['b'],
    });
  });
  test('conflicts about its fields, and knows no others', async () => {
    await custom.apply(things + as('one'), spec('size: 1'));
    const conflict = await custom.apply(things + as('two'), spec('size: 2'));
    assert.equal(asStatus(conflict).message, 'Apply failed with 1 conflict: conflict with "one": .spec.size');
    const unknown = await custom.apply(things + as('one'), spec('weight: 2'));
    assert.match(asStatus(unknown).message ?? '', /\.spec\.weight: field not declared in schema$/);
  });
  test('is owned as a whole by who creates it', async () => {
    const reply = await custom.post(`${things.slice(0, -2)}${as('me')}`, spec('size: 1'));
    assert.deepEqual(reply.object['metadata'].managedFields[0].fieldsV1, {
      'f:spec': { '.': {}, 'f:size': {} },
    });
  });
});
