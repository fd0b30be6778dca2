/** What nobody should send: the API answers with a Status as Kubernetes does, and stores nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KubeObject, List } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { type Ask, asking, statusOf } from '../support/https.ts';

const base = '/api/v1/namespaces/errors';
const configMaps = `${base}/configmaps`;
const deployments = '/apis/apps/v1/namespaces/errors/deployments';

let cluster: TestCluster;
let ask: Ask;

const configMap = (fields: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...fields });

const deployment = (spec: object): string =>
  JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec });

/** Everything in the namespace that a test could have made. */
async function stored(): Promise<string[]> {
  const lists = await Promise.all(
    [configMaps, `${base}/services`, `${base}/pods`, deployments].map((path) => ask('GET', path)),
  );
  return lists
    .flatMap(({ body }) => (JSON.parse(body) as List<KubeObject>).items)
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt' && name !== 'there');
}

interface Refused {
  code: number;
  reason: string;
  message: RegExp;
  /** Of its causes, in order: `reason field`. */
  causes?: string[];
}

async function refuses(
  request: Parameters<Ask>,
  { code, reason, message, causes = [] }: Refused,
): Promise<void> {
  const answer = await ask(...request);
  const status = statusOf(answer);
  assert.equal(status.status, 'Failure');
  assert.deepEqual([status.code, status.reason], [code, reason]);
  assert.match(String(status.message), message);
  const seen = status.details?.causes ?? [];
  assert.deepEqual(
    seen.map((cause) => `${cause.reason} ${cause.field}`),
    causes,
  );
  for (const cause of seen) assert.ok(cause.message, `${cause.field} has a cause without a message`);
  assert.deepEqual(await stored(), [], 'nothing is stored');
}

const badRequest = (message: RegExp): Refused => ({ code: 400, reason: 'BadRequest', message });
const invalid = (message: RegExp, ...causes: string[]): Refused => ({
  ...{ code: 422, reason: 'Invalid', message },
  causes,
});

before(async () => {
  cluster = await startCluster({ name: 'e2e-errors' });
  ask = asking(cluster.kubeconfig);
  await cluster.kubectl('create', 'namespace', 'errors');
  await cluster.kubectl('-n', 'errors', 'create', 'configmap', 'there', '--from-literal=a=b');
});
after(() => cluster?.down());

describe('a body that cannot be read', () => {
  const cases: [string, string | Uint8Array, string, RegExp][] = [
    ['JSON that ends too early', '{"apiVersion": "v1", "kind":', 'application/json', /json parse error/],
    ['no body at all', '', 'application/json', /json parse error/],
    ['YAML that is none', 'a: [1\nb: }', 'application/yaml', /error converting YAML to JSON/],
    [
      'YAML that grows without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghi'[i]}`)}]`).join('\n')}\n`,
      'application/yaml',
      /alias/,
    ],
    ['protobuf without its first bytes', 'nothing', 'application/vnd.kubernetes.protobuf', /6b 38 73 00/],
    ['protobuf that is none', 'k8s\0garbage', 'application/vnd.kubernetes.protobuf', /protobuf/],
    ['a list instead of an object', '[]', 'application/json', /not an object/],
    [
      'lists in lists in lists',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'application/json',
      /nested deeper than/,
    ],
    ['a key that is the prototype', configMap({}).replace('"a"', '"a","__proto__":{"b":1}'), '', /__proto__/],
  ];
  for (const [what, body, type, message] of cases) {
    test(`${what} is refused`, () =>
      refuses(['POST', configMaps, body, type || 'application/json'], badRequest(message)));
  }

  test('a media type that is not known is refused with those that are', () =>
    refuses(['POST', configMaps, 'hello', 'text/plain'], {
      ...{ code: 415, reason: 'UnsupportedMediaType' },
      message: /application\/json, application\/yaml, application\/vnd\.kubernetes\.protobuf/,
    }));

  test('a body beyond 3 MiB is refused', () =>
    refuses(['POST', configMaps, configMap({ data: { a: 'x'.repeat(3 << 20) } })], {
      ...{ code: 413, reason: 'RequestEntityTooLarge' },
      message: /limit is 3145728/,
    }));
});

describe('a field of the wrong type', () => {
  test('text where an object belongs', () =>
    refuses(
      ['POST', configMaps, configMap({ metadata: 'a' })],
      badRequest(/cannot unmarshal string into Go struct field ConfigMap\.metadata of type v1\.ObjectMeta/),
    ));
  test('a number where a map belongs', () =>
    refuses(
      ['POST', configMaps, configMap({ data: 5 })],
      badRequest(/cannot unmarshal number into Go struct field ConfigMap\.data of type map\[string\]string/),
    ));
  test('a fraction where a whole number belongs', () =>
    refuses(
      ['POST', deployments, deployment({ replicas: 1.5 })],
      badRequest(/cannot unmarshal number 1\.5 into Go struct field DeploymentSpec\.spec\.replicas/),
    ));
  test('another kind than the path says', () =>
    refuses(
      ['POST', configMaps, configMap({ kind: 'Secret' })],
      badRequest(/the kind in the data \(Secret\) does not match/),
    ));
  test('another namespace than the path says', () =>
    refuses(
      ['POST', configMaps, configMap({ metadata: { name: 'a', namespace: 'default' } })],
      badRequest(/namespace of the provided object does not match/),
    ));
});

describe('an unknown field', () => {
  const body = configMap({ metadata: { name: 'a', lables: {} }, dta: {} });

  test('is refused under strict validation, together with all others', () =>
    refuses(
      ['POST', `${configMaps}?fieldValidation=Strict`, body],
      badRequest(/strict decoding error: unknown field "metadata\.lables", unknown field "dta"/),
    ));
  test('given twice is refused under strict validation', () =>
    refuses(
      [
        'POST',
        `${configMaps}?fieldValidation=Strict`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"b"},"data":{}}',
      ],
      badRequest(/strict decoding error: duplicate field "data"/),
    ));
  test('is warned of otherwise', async () => {
    const { code, headers } = await ask('POST', `${configMaps}?dryRun=All`, body);
    assert.equal(code, 201);
    assert.match(String(headers['warning']), /299 - "unknown field \\?"metadata\.lables/);
    assert.deepEqual(await stored(), []);
  });
  test('is refused in a patch too, and the object stays as it was', async () => {
    const patch = JSON.stringify({ dta: { a: 'c' } });
    const path = `${configMaps}/there?fieldValidation=Strict`;
    const answer = await ask('PATCH', path, patch, 'application/merge-patch+json');
    assert.equal(statusOf(answer).code, 422);
    assert.match(statusOf(answer).message ?? '', /unknown field "dta"/);
    const { body: now } = await ask('GET', `${configMaps}/there`);
    assert.deepEqual((JSON.parse(now) as { data: object }).data, { a: 'b' });
  });
});

describe('a value that is not valid', () => {
  test('bad labels are named one by one', () =>
    refuses(
      [
        'POST',
        configMaps,
        configMap({ metadata: { name: 'a', labels: { 'bad key!': 'x', ok: 'bad value!' } } }),
      ],
      invalid(
        /ConfigMap "a" is invalid: .*bad key!.*a valid label must be an empty string or consist of/,
        'FieldValueInvalid metadata.labels',
        'FieldValueInvalid metadata.labels',
      ),
    ));
  test('a bad name', () =>
    refuses(
      ['POST', configMaps, configMap({ metadata: { name: 'A_B' } })],
      invalid(/a lowercase RFC 1123 subdomain must consist of/, 'FieldValueInvalid metadata.name'),
    ));
  test('a Deployment whose selector misses its own template', () =>
    refuses(
      [
        'POST',
        deployments,
        deployment({
          replicas: -1,
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'c' } }, spec: { containers: [] } },
        }),
      ],
      invalid(
        /selector.*does not match template/,
        'FieldValueInvalid spec.replicas',
        'FieldValueInvalid spec.template.metadata.labels',
        'FieldValueRequired spec.template.spec.containers',
      ),
    ));
  test('data beyond 1 MiB', () =>
    refuses(
      ['POST', configMaps, configMap({ data: { a: 'x'.repeat(2 << 20) } })],
      invalid(/may not be more than 1048576 bytes/, 'FieldValueTooLong []'),
    ));
  test('a namespace that is not there', () =>
    refuses(['POST', '/api/v1/namespaces/nowhere/configmaps', configMap({})], {
      ...{ code: 404, reason: 'NotFound' },
      message: /namespaces "nowhere" not found/,
    }));
});

describe('the real kubectl', () => {
  const refusal = async (manifest: string, ...options: string[]): Promise<string> => {
    const failed = await cluster.kubectl
      .input(manifest, '-n', 'errors', 'apply', '-f', '-', ...options)
      .then(() => undefined)
      .catch((err: Error) => err.message);
    assert.ok(failed !== undefined, 'kubectl took it');
    assert.deepEqual(await stored(), []);
    return failed;
  };

  test('says what is wrong with a label', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {b: "not good"}}\n';
    assert.match(await refusal(manifest), /metadata\.labels: Invalid value: "not good"/);
  });
  test('says which field is not known', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndate: {a: b}\n';
    assert.match(await refusal(manifest), /unknown field "date"|unknown field "ConfigMap\.date"|\[date\]/i);
  });
  test('says which type was expected', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 5}\n';
    assert.match(
      await refusal(manifest, '--validate=false'),
      /cannot unmarshal number into Go struct field ConfigMap\.data/,
    );
  });
});
