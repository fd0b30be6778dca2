import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { AdmissionPlugin } from '../contract.ts';
import {
  type AdmissionApi,
  admissionApi,
  admissionPath,
  type HookServer,
  hookServer,
  patched,
} from '../dynamic/testing/world.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const allowed = () => ({ allowed: true });

const configMap = (name: string, more = '') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: b}${more}}`;

interface HookYaml {
  client: string;
  name?: string;
  operations?: string;
  rules?: string;
  more?: string;
}

const webhook = ({ client, name = 'check.example.com', operations = '"*"', rules, more = '' }: HookYaml) => `
- name: ${name}
  clientConfig: ${client}
  rules: ${rules ?? `[{operations: [${operations}], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"]}]`}
  admissionReviewVersions: [v1]
  sideEffects: None
${more.replaceAll(/^/gm, '  ')}`;

const configuration = (kind: 'Mutating' | 'Validating', name: string, ...hooks: HookYaml[]) =>
  `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}WebhookConfiguration
metadata: {name: ${name}}
webhooks:${hooks.map(webhook).join('')}`;

let hooks: HookServer;
let api: AdmissionApi;
before(async () => {
  hooks = await hookServer();
});
after(() => hooks.close());
beforeEach(async () => {
  api = await admissionApi();
  hooks.asked.clear();
  await api.create(
    '/api/v1/namespaces',
    '{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {team: a}}}',
  );
});
afterEach(() => api.close());

const validating = (...all: HookYaml[]) =>
  api.create(
    `${admissionPath}/validatingwebhookconfigurations`,
    configuration('Validating', 'checks', ...all),
  );
const mutating = (name: string, ...all: HookYaml[]) =>
  api.create(`${admissionPath}/mutatingwebhookconfigurations`, configuration('Mutating', name, ...all));

describe('a validating webhook', () => {
  test('is told who does what to which object, and with which options', async () => {
    await validating({ client: hooks.at('/told', allowed) });
    await api.create(`${maps}?fieldManager=me`, configMap('one'));
    await api.patch(`${maps}/one`, '{"data":{"a":"c"}}');
    await api.delete(`${maps}/one`, '{"propagationPolicy":"Background"}');
    const [create, update, remove] = hooks.asked.get('/told') ?? [];
    assert.deepEqual(
      [create?.operation, create?.name, create?.namespace, create?.kind, create?.resource],
      [
        'CREATE',
        'one',
        'default',
        { group: '', version: 'v1', kind: 'ConfigMap' },
        { group: '', version: 'v1', resource: 'configmaps' },
      ],
    );
    assert.deepEqual([create?.userInfo.username, create?.dryRun, create?.oldObject], ['admin', false, null]);
    assert.deepEqual(create?.options, {
      kind: 'CreateOptions',
      apiVersion: 'meta.k8s.io/v1',
      fieldManager: 'me',
    });
    assert.deepEqual(
      [update?.operation, update?.object?.['data'], update?.oldObject?.['data']],
      ['UPDATE', { a: 'c' }, { a: 'b' }],
    );
    assert.deepEqual(
      [remove?.operation, remove?.object, remove?.oldObject?.['data'], remove?.options['propagationPolicy']],
      ['DELETE', null, { a: 'c' }, 'Background'],
    );
    assert.ok(hooks.queries.every((query) => query === '?timeout=10s'));
  });

  test('denies with its message and code; nothing is stored', async () => {
    const status = { message: 'no such data here', code: 403, reason: 'Forbidden' };
    await validating({ client: hooks.at('/deny', () => ({ allowed: false, status })) });
    const { code, object } = await api.post(maps, configMap('one'));
    assert.deepEqual(
      [code, object['reason'], object['message']],
      [403, 'Forbidden', 'admission webhook "check.example.com" denied the request: no such data here'],
    );
    assert.equal((await api.get(`${maps}/one`)).code, 404);
  });

  test('may say nothing of why', async () => {
    await validating({ client: hooks.at('/silent', () => ({ allowed: false })) });
    const { code, object } = await api.post(maps, configMap('one'));
    assert.deepEqual(
      [code, object['message']],
      [400, 'admission webhook "check.example.com" denied the request without explanation'],
    );
  });

  test('warns whoever asks, whether it denies or not', async () => {
    const warnings = ['that is old'];
    await validating({
      client: hooks.at('/warn', ({ name }) => ({ allowed: name !== 'bad', warnings })),
    });
    assert.deepEqual((await api.post(maps, configMap('good'))).warnings, warnings);
    const refused = await api.post(maps, configMap('bad'));
    assert.deepEqual([refused.code, refused.warnings], [400, warnings]);
  });

  test('keeps objects from being deleted, one or many', async () => {
    await api.create(maps, configMap('keep'));
    await validating({
      client: hooks.at('/delete', ({ name }) => ({
        allowed: name !== 'keep',
        status: { message: 'keep it' },
      })),
      operations: 'DELETE',
    });
    assert.equal((await api.delete(`${maps}/keep`)).code, 400);
    assert.equal(
      (await api.delete(maps)).object['message'],
      'admission webhook "check.example.com" denied the request: keep it',
    );
    assert.equal((await api.get(`${maps}/keep`)).code, 200);
  });

  test('sees the object as it is valid and complete, and after that nothing changes it', async () => {
    await validating({ client: hooks.at('/order', allowed) });
    const wrong = await api.post(maps, '{apiVersion: v1, kind: ConfigMap, metadata: {name: Wrong}}');
    assert.equal(wrong.code, 422);
    assert.equal(hooks.asked.get('/order'), undefined);
  });

  const failures: [string, () => object | string | number, RegExp][] = [
    [
      'answers with an error',
      () => 500,
      /failed to call webhook: Post "https:\/\/127\.0\.0\.1:\d+\/f\?timeout=10s": it answered 500: no$/,
    ],
    ['answers no JSON', () => 'hello', /its answer is not JSON$/],
    [
      'answers something else',
      () => '{"kind":"Pod"}',
      /received invalid webhook response: expected webhook response of admission\.k8s\.io\/v1, Kind=AdmissionReview, got , Kind=Pod$/,
    ],
    [
      'answers another question',
      () => ({ uid: 'other', allowed: true }),
      /received invalid webhook response: expected response\.uid="review-1", got "other"$/,
    ],
  ];
  for (const [what, says, message] of failures)
    test(`that ${what} is a failure, which is ignored only if that is its policy`, async () => {
      await validating({ client: hooks.at('/f', says) });
      const { code, object } = await api.post(maps, configMap('one'));
      assert.deepEqual([code, object['reason']], [500, 'InternalError']);
      assert.match(
        object['message'],
        /^Internal error occurred: failed calling webhook "check\.example\.com": /,
      );
      assert.match(object['message'], message);
      const path = `${admissionPath}/validatingwebhookconfigurations/checks`;
      await api.patch(path, '[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]', 'json');
      assert.equal((await api.post(maps, configMap('one'))).code, 201);
    });

  test('that cannot be reached says so as Kubernetes does', async () => {
    await validating({ client: '{url: "https://127.0.0.1:1/x"}' });
    const { object } = await api.post(maps, configMap('one'));
    assert.equal(
      object['message'],
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    );
  });

  test('that shows a certificate of somebody else is not trusted', async () => {
    const client = hooks.at('/tls', allowed).replace(/, caBundle: .*}/, '}');
    await validating({ client });
    const { object } = await api.post(maps, configMap('one'));
    assert.match(object['message'], /x509: certificate signed by unknown authority$/);
  });

  test('that does not answer in its time fails', async () => {
    await validating({ client: hooks.at('/hangs', () => 0), more: 'timeoutSeconds: 1' });
    const { object } = await api.post(maps, configMap('one'));
    assert.match(object['message'], /Post "https:.*\?timeout=1s": context deadline exceeded$/);
  });

  test('of a Service that is not there fails', async () => {
    await validating({ client: '{service: {namespace: hooks, name: gone}}' });
    const { object } = await api.post(maps, configMap('one'));
    assert.match(object['message'], /failed to call webhook: service "gone" not found$/);
  });

  test('has its conditions, which see the request', async () => {
    await validating({
      client: hooks.at('/conditions', () => ({ allowed: false })),
      more: `matchConditions:
- {name: not-admin, expression: "request.userInfo.username != 'nobody'"}
- {name: labelled, expression: "has(object.metadata.labels) && 'strict' in object.metadata.labels"}`,
    });
    assert.equal((await api.post(maps, configMap('free'))).code, 201);
    const labelled = configMap('strict').replace('{name: strict', '{name: strict, labels: {strict: "yes"}');
    assert.equal((await api.post(maps, labelled)).code, 400);
  });

  test('whose condition has no value fails by its policy', async () => {
    await validating({
      client: hooks.at('/broken', allowed),
      more: 'matchConditions: [{name: broken, expression: "object.spec.replicas > 1"}]',
    });
    const { code, object } = await api.post(maps, configMap('one'));
    assert.equal(code, 403);
    assert.match(
      object['message'],
      /configmaps "one" is forbidden: expression 'broken' resulted in error: No such key: spec/,
    );
  });

  const selected: [string, string, boolean][] = [
    ['namespaceSelector: {matchLabels: {team: a}}', 'the labels of the namespace', true],
    ['namespaceSelector: {matchLabels: {team: b}}', 'other labels of the namespace', false],
    ['objectSelector: {matchLabels: {app: web}}', 'labels of the object', false],
    [
      'objectSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}',
      'the absence of a label',
      true,
    ],
  ];
  for (const [more, what, isAsked] of selected)
    test(`is ${isAsked ? '' : 'not '}asked by ${what}`, async () => {
      await validating({ client: hooks.at('/selected', allowed), more });
      await api.create(maps, configMap('one'));
      assert.equal(hooks.asked.has('/selected'), isAsked);
    });

  test('is told of a dry run, after which nothing is stored', async () => {
    await validating({ client: hooks.at('/dry', allowed) });
    assert.equal((await api.post(`${maps}?dryRun=All`, configMap('one'))).code, 201);
    assert.equal(hooks.asked.get('/dry')?.[0]?.dryRun, true);
    assert.equal((await api.get(`${maps}/one`)).code, 404);
  });

  test('is not asked about webhooks', async () => {
    await validating({
      client: hooks.at('/all', () => ({ allowed: false })),
      rules: '[{operations: ["*"], apiGroups: ["*"], apiVersions: ["*"], resources: ["*/*"]}]',
    });
    assert.equal((await api.post(maps, configMap('one'))).code, 400);
    assert.equal((await api.delete(`${admissionPath}/validatingwebhookconfigurations/checks`)).code, 200);
    assert.equal((await api.post(maps, configMap('one'))).code, 201);
  });

  test('hears of subresources that its rules name', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await validating({
      client: hooks.at('/sub', allowed),
      rules:
        '[{operations: ["*"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods/status", "pods/binding"]}]',
    });
    await api.create(
      pods,
      '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}',
    );
    await api.post(
      `${pods}/p/binding`,
      '{apiVersion: v1, kind: Binding, metadata: {name: p}, target: {kind: Node, name: node-1}}',
    );
    await api.patch(`${pods}/p/status`, '{"status":{"phase":"Running"}}');
    const [binding, status] = hooks.asked.get('/sub') ?? [];
    assert.deepEqual(
      [binding?.operation, binding?.subResource, binding?.kind.kind, binding?.object?.['target']],
      ['CREATE', 'binding', 'Binding', { kind: 'Node', name: 'node-1' }],
    );
    assert.deepEqual(
      [status?.operation, status?.subResource, status?.kind.kind],
      ['UPDATE', 'status', 'Pod'],
    );
  });

  test('gets the version that it knows, if that is its policy', async () => {
    const rules =
      '[{operations: ["*"], apiGroups: [autoscaling], apiVersions: [v1], resources: [horizontalpodautoscalers]}]';
    await validating(
      { client: hooks.at('/equivalent', allowed), rules },
      { client: hooks.at('/exact', allowed), rules, name: 'exact.example.com', more: 'matchPolicy: Exact' },
    );
    await api.create(
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 3,
       scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d},
       metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]}}`,
    );
    assert.equal(hooks.asked.has('/exact'), false);
    const [review] = hooks.asked.get('/equivalent') ?? [];
    assert.deepEqual(
      [review?.kind.version, review?.requestKind.version, review?.object?.['apiVersion']],
      ['v1', 'v2', 'autoscaling/v1'],
    );
    assert.equal(review?.object?.['spec'].targetCPUUtilizationPercentage, 60);
  });
});

const label = (name: string, value: string) => ({ op: 'add', path: `/metadata/labels/${name}`, value });
const labels = { op: 'add', path: '/metadata/labels', value: {} };

describe('a mutating webhook', () => {
  test('changes what is stored, also of an update', async () => {
    await mutating('change', {
      client: hooks.at('/change', ({ operation }) => patched(labels, label('by', operation))),
    });
    const { metadata } = await api.create(maps, configMap('one'));
    assert.deepEqual(metadata.labels, { by: 'CREATE' });
    const { object } = await api.patch(`${maps}/one`, '{"data":{"a":"c"}}');
    assert.deepEqual(object['metadata'].labels, { by: 'UPDATE' });
  });

  test('cannot change what only the server says', async () => {
    await mutating('change', {
      client: hooks.at('/server', () => patched({ op: 'add', path: '/metadata/uid', value: 'mine' })),
    });
    const { metadata } = await api.create(maps, configMap('one'));
    assert.match(metadata.uid, /^uid-/);
  });

  test('is followed by defaults and validation', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const rules = '[{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]';
    const sidecar = { op: 'add', path: '/spec/containers/-', value: { name: 'side', image: 'busybox' } };
    const twice = { op: 'add', path: '/spec/containers/-', value: { name: 'c', image: 'busybox' } };
    const says = ({ name }: { name: string }) => patched(name === 'bad' ? twice : sidecar);
    await mutating('inject', { client: hooks.at('/inject', says), rules });
    const pod = (name: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: i}]}}`;
    const { spec } = await api.create(pods, pod('good'));
    assert.deepEqual(
      [spec.containers[1].name, spec.containers[1].terminationMessagePath],
      ['side', '/dev/termination-log'],
    );
    const { code, object } = await api.post(pods, pod('bad'));
    assert.equal(code, 422);
    assert.match(object['message'], /spec\.containers\[1\]\.name: Duplicate value: "c"/);
  });

  test('comes in the order of the names, and sees what those before it did', async () => {
    const order: string[] = [];
    const says = (name: string) => () => {
      order.push(name);
      return name === 'a' ? patched(labels, label(name, '1')) : { allowed: true };
    };
    await mutating('b', { client: hooks.at('/b', says('b')) });
    await mutating('a', { client: hooks.at('/a', says('a')) });
    await api.create(maps, configMap('one'));
    assert.deepEqual(order, ['a', 'b']);
    assert.deepEqual(hooks.asked.get('/b')?.[0]?.object?.['metadata'].labels, { a: '1' });
  });

  test('is asked again after a change by others, if it wants that, and once', async () => {
    await mutating('a', { client: hooks.at('/again', allowed), more: 'reinvocationPolicy: IfNeeded' });
    await mutating('b', { client: hooks.at('/changes', () => patched(labels, label('b', '1'))) });
    await mutating('c', { client: hooks.at('/once', allowed) });
    await api.create(maps, configMap('one'));
    assert.deepEqual(
      ['/again', '/changes', '/once'].map((path) => hooks.asked.get(path)?.length),
      [2, 1, 1],
    );
    assert.deepEqual(hooks.asked.get('/again')?.[1]?.object?.['metadata'].labels, { b: '1' });
  });

  test('lets the plugins before it see what it has added', async () => {
    const seen: number[] = [];
    const plugin: AdmissionPlugin = {
      name: 'Before',
      handles: ({ kind }) => kind.singular === 'configmap',
      admit({ object }) {
        seen.push(Object.keys(object.metadata.labels ?? {}).length);
        return undefined;
      },
    };
    await api.close();
    api = await admissionApi([plugin]);
    await mutating('change', { client: hooks.at('/before', () => patched(labels, label('a', '1'))) });
    await api.create(maps, configMap('one'));
    assert.deepEqual(seen, [0, 1]);
  });

  test('whose patch does not fit makes the request fail', async () => {
    await mutating('bad', { client: hooks.at('/unfit', () => patched({ op: 'remove', path: '/spec/x' })) });
    assert.equal((await api.post(maps, configMap('one'))).code, 500);
    assert.equal((await api.get(`${maps}/one`)).code, 404);
  });

  test('cannot change what is deleted', async () => {
    await api.create(maps, configMap('one'));
    await mutating('bad', { client: hooks.at('/gone', () => patched(labels)), operations: 'DELETE' });
    const { code, object } = await api.delete(`${maps}/one`);
    assert.equal(code, 500);
    assert.match(
      object['message'],
      /attempted to modify the object, which is not supported for this operation$/,
    );
  });
});
