import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StatusError } from '../../../api/errors.ts';
import '../../../api/kinds.ts';
import { message, messageNames } from '../../../api/message.ts';
import { encodeProtobuf } from './encode.ts';
import { decodeEnveloped, decodeProtobuf, messageNameOf, wrapUnknown } from './envelope.ts';
import { objectOf } from './testing/arbitrary.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
const hex = (b: Uint8Array) =>
  Buffer.from(b)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');
const sent = (base64: string) => decodeEnveloped(Uint8Array.from(Buffer.from(base64, 'base64')));

message(
  'test/v1.Everything',
  `
  1 int      int32
  2 long     int64     pointer
  3 ratio    double
  4 wait     duration
  5 at       microTime
  6 flags    bool[]
  7 numbers  {int64}
  8 inner    Inner     inline
  9 children Everything[]
`,
);
message('test/v1.Inner', '1 port intOrString\n2 raw rawExtension');

describe('protobuf and JSON forms of an object', () => {
  for (const [what, name, object, encoded] of [
    ['a text', 'core/v1.ServicePort', { name: 'http' }, '0a 04 68 74 74 70'],
    ['a number', 'core/v1.ServicePort', { port: 8080 }, '18 90 3f'],
    ['a port by number', 'core/v1.ServicePort', { targetPort: 80 }, '22 04 08 00 10 50'],
    ['a port by name', 'core/v1.ServicePort', { targetPort: 'web' }, '22 07 08 01 1a 03 77 65 62'],
    ['a negative number', 'test/v1.Everything', { int: -2 }, '08 fe ff ff ff ff ff ff ff ff 01'],
    ['a large number', 'test/v1.Everything', { long: 2 ** 40 }, '10 80 80 80 80 80 20'],
    ['a pointer to zero', 'apps/v1.DeploymentSpec', { replicas: 0 }, '08 00'],
    ['half of one', 'test/v1.Everything', { ratio: 0.5 }, '19 00 00 00 00 00 00 e0 3f'],
    ['a second and a half', 'test/v1.Everything', { wait: '1.5s' }, '22 06 08 80 de a0 cb 05'],
    [
      'a time of microseconds',
      'test/v1.Everything',
      { at: '1970-01-01T00:00:01.000002Z' },
      '2a 05 08 01 10 d0 0f',
    ],
    ['a list of bools', 'test/v1.Everything', { flags: [true, false] }, '30 01 30 00'],
    ['a map', 'test/v1.Everything', { numbers: { a: 1 } }, '3a 05 0a 01 61 10 01'],
    [
      'members of an inline message',
      'test/v1.Everything',
      { port: 1, raw: { a: 1 } },
      '42 11 0a 04 08 00 10 01 12 09 0a 07 7b 22 61 22 3a 31 7d',
    ],
    ['a time', 'meta/v1.ObjectMeta', { creationTimestamp: '1970-01-01T00:00:00Z' }, '42 02 08 00'],
    [
      'a schema of items',
      'apiextensions/v1.JSONSchemaProps',
      { items: { type: 'a' } },
      'c2 01 05 0a 03 2a 01 61',
    ],
    [
      'schemas of items',
      'apiextensions/v1.JSONSchemaProps',
      { items: [{ type: 'a' }] },
      'c2 01 05 12 03 2a 01 61',
    ],
    [
      'no other properties',
      'apiextensions/v1.JSONSchemaProps',
      { additionalProperties: false },
      'f2 01 02 08 00',
    ],
    [
      'other properties of a type',
      'apiextensions/v1.JSONSchemaProps',
      { additionalProperties: { type: 'a' } },
      'f2 01 07 08 01 12 03 2a 01 61',
    ],
    ['labels', 'meta/v1.ObjectMeta', { labels: { a: 'b' } }, '5a 06 0a 01 61 12 01 62'],
    ['a Secret’s data', 'core/v1.Secret', { data: { k: 'AP8=' } }, '12 07 0a 01 6b 12 02 00 ff'],
    [
      'an amount of memory',
      'core/v1.ResourceRequirements',
      { limits: { memory: '1Gi' } },
      '0a 0f 0a 06 6d 65 6d 6f 72 79 12 05 0a 03 31 47 69',
    ],
    [
      'a probe’s handler',
      'core/v1.Probe',
      { tcpSocket: { port: 80 }, periodSeconds: 5 },
      '0a 08 1a 06 0a 04 08 00 10 50 20 05',
    ],
    ['a volume’s source', 'core/v1.Volume', { name: 'v', emptyDir: {} }, '0a 01 76 12 02 12 00'],
    [
      'a list that has a message of its own',
      'authentication/v1.UserInfo',
      { extra: { scopes: ['a', 'b'] } },
      '22 10 0a 06 73 63 6f 70 65 73 12 06 0a 01 61 0a 01 62',
    ],
  ] as const) {
    test(`of ${what} are ${JSON.stringify(object)} and ${encoded}`, () => {
      assert.equal(hex(encodeProtobuf(object, name)), encoded);
      assert.deepEqual(decodeProtobuf(bytes(encoded), name), object);
    });
  }

  for (const name of messageNames()) {
    test(`of any ${name} say the same`, () => {
      fc.assert(
        fc.property(objectOf(name), (object) => {
          assert.deepEqual(decodeProtobuf(encodeProtobuf(object, name), name), object);
        }),
        { numRuns: 10 },
      );
    });
  }

  test('agree when numbers come packed', () => {
    assert.deepEqual(decodeProtobuf(bytes('32 03 01 00 01'), 'test/v1.Everything'), {
      flags: [true, false, true],
    });
  });

  test('agree when a message comes in two parts', () => {
    const parts = '0a 04 0a 02 68 69 0a 05 1a 03 6e 73 31';
    assert.deepEqual(decodeProtobuf(bytes(parts), 'core/v1.Pod'), {
      metadata: { name: 'hi', namespace: 'ns1' },
    });
  });

  test('agree when fields are there that nobody knows', () => {
    const unknown = 'f8 07 05 fa 07 01 00 f9 07 0000000000000000 fd 07 00000000';
    assert.deepEqual(decodeProtobuf(bytes(`${unknown} 0a 01 61`), 'core/v1.ServicePort'), { name: 'a' });
  });

  test('leave out a zero that Go’s clients send for what was not given, and keep one that is meant', () => {
    assert.deepEqual(decodeProtobuf(bytes('0a 00 12 00 28 00'), 'core/v1.ServicePort'), {});
    assert.deepEqual(decodeProtobuf(bytes('18 00'), 'core/v1.ServicePort'), { port: 0 });
    assert.deepEqual(decodeProtobuf(bytes('08 00 28 00'), 'apps/v1.DeploymentSpec'), { replicas: 0 });
    assert.deepEqual(decodeProtobuf(bytes('42 00'), 'meta/v1.ObjectMeta'), {});
  });
});

describe('a body that kubectl 1.33 sent', () => {
  test('for create namespace', () => {
    const body = 'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhwKFAoEZGVtbxIAGgAiACoAMgA4AEIAEgAaAgoAGgAiAA==';
    assert.deepEqual(sent(body), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'demo' },
      spec: {},
      status: {},
    });
  });

  test('for create deployment --replicas=0', () => {
    const body =
      'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50ErgBCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEoYBCAASDAoKCgNhcHAS' +
      'A3dlYhpsChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEkwSLgoFbmdpbngSBW5naW54KgAyCgoAEAAYUCIAKgBCAGoAcgCAAQCI' +
      'AQCQAQCiAQAaADIAQgBKAFIAWABgAGgAggEAigEAmgEAwgEAIgIKACgAOAAaDAgAEAAYACAAKAA4ABoAIgA=';
    assert.deepEqual(sent(body), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], resources: {} }],
          },
        },
        strategy: {},
      },
      status: {},
    });
  });

  test('for auth can-i get pods', () => {
    const body =
      'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPAoQCgASABoAIgAqADIAOABCABIe' +
      'ChwKB2RlZmF1bHQSA2dldBoAIgAqBHBvZHMyADoAGggIABIAGgAgABoAIgA=';
    assert.deepEqual(sent(body), {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
      status: { allowed: false },
    });
  });
});

describe('the envelope', () => {
  test('names the message by the group’s first label, and options by their own name anywhere', () => {
    assert.equal(messageNameOf({ apiVersion: 'v1', kind: 'Pod' }), 'core/v1.Pod');
    assert.equal(
      messageNameOf({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }),
      'discovery/v1.EndpointSlice',
    );
    assert.equal(messageNameOf({ apiVersion: 'apps/v1', kind: 'DeleteOptions' }), 'meta/v1.DeleteOptions');
    assert.equal(messageNameOf({ apiVersion: 'v1', kind: 'Nobody' }), undefined);
  });

  test('is read as it is written', () => {
    const object = { metadata: { name: 'a' }, data: { x: 'y' } };
    const body = wrapUnknown('v1', 'ConfigMap', encodeProtobuf(object, 'core/v1.ConfigMap'));
    assert.deepEqual(decodeEnveloped(body), { apiVersion: 'v1', kind: 'ConfigMap', ...object });
  });

  test('that does not say its kind means the kind that is expected', () => {
    const body = wrapUnknown('', '', encodeProtobuf({ metadata: { name: 'a' } }, 'core/v1.Pod'));
    assert.deepEqual(decodeEnveloped(body, { apiVersion: 'v1', kind: 'Pod' }), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
    });
    assert.throws(() => decodeEnveloped(body), /says no apiVersion and kind/);
  });

  test('may stand in a raw extension', () => {
    const pod = wrapUnknown('v1', 'Pod', encodeProtobuf({ metadata: { name: 'a' } }, 'core/v1.Pod'));
    const length = (n: number) => (n < 128 ? [n] : [(n % 128) | 128, n >> 7]);
    const raw = [0x0a, ...length(pod.length), ...pod];
    const event = Uint8Array.from([0x0a, 5, ...Buffer.from('ADDED'), 0x12, ...length(raw.length), ...raw]);
    assert.deepEqual(decodeProtobuf(event, 'meta/v1.WatchEvent'), {
      type: 'ADDED',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
    });
  });

  test('of a kind that is not served is a bad request', () => {
    assert.throws(() => decodeEnveloped(wrapUnknown('v9', 'Pod', new Uint8Array())), {
      message: 'no kind "Pod" is registered for version "v9"',
    });
  });
});

describe('a body that lies', () => {
  const refused = (body: Uint8Array, name: string) =>
    assert.throws(
      () => decodeProtobuf(body, name),
      (err) => err instanceof StatusError && err.status.code === 400,
    );

  for (const [what, encoded, name] of [
    ['goes on after its end', '0a 05 61', 'core/v1.ServicePort'],
    ['has a length of four gigabytes', '0a ff ff ff ff 0f', 'core/v1.ServicePort'],
    ['has a length beyond 32 bits', '0a 80 80 80 80 80 80 01', 'core/v1.ServicePort'],
    ['lets a member end after its parent', '0a 02 0a 05 61 62 63 64 65', 'core/v1.Pod'],
    ['ends in the middle of a number', '18 90', 'core/v1.ServicePort'],
    ['has a number without end', '18 ff ff ff ff ff ff ff ff ff ff ff', 'core/v1.ServicePort'],
    ['has the field zero', '02 00', 'core/v1.ServicePort'],
    ['has a wire type that is long gone', '0b 0c', 'core/v1.ServicePort'],
    ['writes a text as a number', '08 05', 'core/v1.ServicePort'],
    ['has a time in the year 300000', '42 07 08 80 c0 ca f3 84 a3 02', 'meta/v1.ObjectMeta'],
    ['has a number that JSON cannot carry', '10 ff ff ff ff ff ff ff ff 7f', 'test/v1.Everything'],
    ['has raw bytes that are no JSON', '42 05 12 03 0a 01 7b', 'test/v1.Everything'],
    ['has an unsafe key', '5a 0b 0a 09 5f 5f 70 72 6f 74 6f 5f 5f', 'meta/v1.ObjectMeta'],
  ] as const) {
    test(`and ${what} is a bad request`, () => refused(bytes(encoded), name));
  }

  test('and nests without end is a bad request', () => {
    let body: number[] = [];
    for (let i = 0; i < 300; i++) {
      const n = body.length;
      body = [0x4a, (n & 127) | 128, ((n >> 7) & 127) | 128, n >> 14, ...body];
    }
    refused(Uint8Array.from(body), 'test/v1.Everything');
  });

  test('in any way is a bad request or an object, never anything else', () => {
    const pod = encodeProtobuf(
      {
        metadata: { name: 'a', labels: { a: 'b' }, creationTimestamp: '2026-07-01T00:00:00Z' },
        spec: {
          containers: [
            { name: 'c', livenessProbe: { httpGet: { port: 'x' } }, resources: { limits: { cpu: '1' } } },
          ],
        },
      },
      'core/v1.Pod',
    );
    const change = fc.tuple(fc.nat(pod.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(pod.length), (changes, length) => {
        const body = Uint8Array.from(pod);
        for (const [at, byte] of changes) body[at] = byte;
        try {
          decodeProtobuf(body.subarray(0, length), 'core/v1.Pod');
        } catch (err) {
          assert.ok(err instanceof StatusError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
