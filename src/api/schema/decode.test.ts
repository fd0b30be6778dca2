import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import '../kinds.ts';
import { cannotDecode, decode, strictError } from './decode.ts';

const service = (yaml: string) => decode(parse(yaml), 'core/v1.Service');
const pod = (yaml: string) => decode(parse(yaml), 'core/v1.Pod');

describe('a body that is an object of its kind', () => {
  test('comes through as it is', () => {
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80 }] },
    };
    assert.deepEqual(decode(body, 'core/v1.Service'), { object: body, unknown: [], errors: [] });
  });

  test('loses what is null', () => {
    const { object } = service(
      '{ metadata: { name: web, labels: null }, spec: { ports: null, clusterIP: null } }',
    );
    assert.deepEqual(object, { metadata: { name: 'web' }, spec: {} });
  });

  test('loses what is empty, except where nothing at all would say something else', () => {
    const { object } = pod(`
      metadata: { name: web, labels: {}, ownerReferences: [], generateName: '' }
      spec:
        hostNetwork: false
        automountServiceAccountToken: false
        terminationGracePeriodSeconds: 0
        tolerations: []
        volumes: [{ name: a, emptyDir: {} }]
        containers: [{ name: web, env: [{ name: EMPTY, value: '' }], args: [''] }]
    `);
    assert.deepEqual(object, {
      metadata: { name: 'web' },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'a', emptyDir: {} }],
        containers: [{ name: 'web', env: [{ name: 'EMPTY' }], args: [''] }],
      },
    });
    const list = { items: [] };
    assert.deepEqual(decode(list, 'core/v1.PodList').object, list);
    const settings = { data: { key: '' } };
    assert.deepEqual(decode(settings, 'core/v1.ConfigMap').object, settings);
  });

  test('loses what is unknown, and says where it stood', () => {
    const { object, unknown } = pod(`
      spec:
        foo: 1
        containers:
        - name: web
        - name: log
          prots: []
    `);
    assert.deepEqual(unknown, ['unknown field "spec.foo"', 'unknown field "spec.containers[1].prots"']);
    assert.deepEqual(object, { spec: { containers: [{ name: 'web' }, { name: 'log' }] } });
  });

  test('may have members of an inlined message anywhere in the parent', () => {
    const { object, unknown } = pod('{ spec: { volumes: [{ name: a, configMap: { name: c } }] } }');
    assert.deepEqual(unknown, []);
    assert.deepEqual(object, { spec: { volumes: [{ name: 'a', configMap: { name: 'c' } }] } });
  });

  test('has its quantities and times in canonical form', () => {
    const { object, errors } = pod(`
      metadata: { creationTimestamp: '2026-01-01T02:00:00+02:00' }
      spec: { containers: [{ name: a, resources: { limits: { cpu: 0.5, memory: 1024Mi } } }] }
    `);
    assert.deepEqual(errors, []);
    assert.deepEqual(object, {
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { containers: [{ name: 'a', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
  });

  test('keeps the microseconds of a Lease', () => {
    const json = { spec: { renewTime: '2026-01-01T00:00:00.123456Z' } };
    assert.deepEqual(decode(json, 'coordination/v1.Lease').object, json);
    assert.deepEqual(
      decode({ spec: { renewTime: '2026-01-01T00:00:00Z' } }, 'coordination/v1.Lease').object,
      {
        spec: { renewTime: '2026-01-01T00:00:00.000000Z' },
      },
    );
  });

  test('may carry any JSON where the API takes any', () => {
    const json = { data: { a: [1, null, { b: true }] }, revision: 3 };
    assert.deepEqual(decode(json, 'apps/v1.ControllerRevision'), { object: json, unknown: [], errors: [] });
  });

  test('may have a list of texts where protobuf has a message', () => {
    const json = { spec: { user: 'ann', extra: { scopes: ['a', 'b'] } } };
    assert.deepEqual(decode(json, 'authorization/v1.SubjectAccessReview').object, json);
  });
});

describe('a wrong type is named as Go names it', () => {
  const cases: [string, string][] = [
    [
      '{ spec: { ports: [{ port: http }] } }',
      'json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      '{ spec: { ports: [{ port: 70000000000 }] } }',
      'json: cannot unmarshal number 70000000000 into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      '{ spec: { ports: 80 } }',
      'json: cannot unmarshal number into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort',
    ],
    [
      '{ metadata: { labels: { a: 1 } } }',
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      '{ metadata: { labels: [a] } }',
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    ['{ spec: [] }', 'json: cannot unmarshal array into Go struct field Service.spec of type v1.ServiceSpec'],
    ['[]', 'json: cannot unmarshal array into Go value of type v1.Service'],
    [
      '{ spec: { publishNotReadyAddresses: "yes" } }',
      'json: cannot unmarshal string into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool',
    ],
    [
      '{ metadata: { creationTimestamp: yesterday } }',
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ];
  for (const [yaml, message] of cases)
    test(yaml, () => {
      assert.deepEqual(service(yaml).errors, [message]);
    });

  test('a bad quantity', () => {
    const { errors } = pod('{ spec: { containers: [{ resources: { limits: { cpu: lots } } }] } }');
    assert.match(errors[0] ?? '', /^quantities must match the regular expression/);
  });

  test('bad base64 in a Secret', () => {
    assert.match(
      decode({ data: { a: '!!' } }, 'core/v1.Secret').errors[0] ?? '',
      /^illegal base64 data at input byte 0/,
    );
    assert.deepEqual(decode({ data: { a: 'aGk=' } }, 'core/v1.Secret').errors, []);
  });
});

test('what a client is told names the kind and its version', () => {
  const resource = { kind: 'Service', version: 'v1' };
  const { status } = cannotDecode(resource, 'json: …');
  assert.equal(status.code, 400);
  assert.equal(status.reason, 'BadRequest');
  assert.equal(status.message, 'Service in version "v1" cannot be handled as a Service: json: …');
  assert.equal(
    strictError(resource, ['unknown field "spec.a"', 'unknown field "spec.b"']).message,
    'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.a", unknown field "spec.b"',
  );
});
