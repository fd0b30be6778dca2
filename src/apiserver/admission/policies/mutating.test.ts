import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type AdmissionApi, admissionApi, admissionPath } from '../dynamic/testing/world.ts';

const pods = '/api/v1/namespaces/default/pods';
const pod = (name: string, more = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}${more}}, spec: {containers: [{name: c, image: nginx}]}}`;

interface PolicyYaml {
  name?: string;
  mutations: string;
  more?: string;
}

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');

const policy = ({ name = 'p', mutations, more = '' }: PolicyYaml) => `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  reinvocationPolicy: IfNeeded
${indented(more)}
  mutations:
${indented(mutations)}`;

const binding = (name: string, more = '') => `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: ${name}}
spec: {policyName: ${name}${more}}`;

let api: AdmissionApi;
beforeEach(async () => {
  api = await admissionApi();
  await api.create('/api/v1/namespaces', '{apiVersion: v1, kind: Namespace, metadata: {name: default}}');
});
afterEach(() => api.close());

async function use(yaml: PolicyYaml, more = ''): Promise<void> {
  await api.create(`${admissionPath}/mutatingadmissionpolicies`, policy(yaml));
  await api.create(`${admissionPath}/mutatingadmissionpolicybindings`, binding(yaml.name ?? 'p', more));
}

const configured = (expression: string) => `
- patchType: ApplyConfiguration
  applyConfiguration:
    expression: >-
      ${expression}`;

const patched = (expression: string) => `
- patchType: JSONPatch
  jsonPatch:
    expression: >-
      ${expression}`;

const sidecar =
  'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "proxy", image: "busybox", restartPolicy: "Always"}]}}';

describe('a mutating admission policy', () => {
  test('applies a configuration, as server-side apply would', async () => {
    await use({ mutations: configured(sidecar) });
    const { spec } = await api.create(pods, pod('web'));
    assert.deepEqual(
      [spec.containers.length, spec.initContainers[0].name, spec.initContainers[0].imagePullPolicy],
      [1, 'proxy', 'Always'],
    );
  });

  test('patches, with keys that need their slashes hidden', async () => {
    await use({
      mutations: patched(
        'has(object.metadata.labels) ? [JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/by"), value: "policy"}] : []',
      ),
    });
    assert.deepEqual((await api.create(pods, pod('web', ', labels: {a: b}'))).metadata.labels, {
      a: 'b',
      'example.com/by': 'policy',
    });
    assert.equal((await api.create(pods, pod('bare'))).metadata.labels, undefined);
  });

  test('sees with each mutation what those before it did', async () => {
    await use({
      mutations:
        configured('Object{metadata: Object.metadata{labels: {"n": "1"}}}') +
        configured('Object{metadata: Object.metadata{labels: {"m": object.metadata.labels.n + "1"}}}'),
    });
    assert.deepEqual((await api.create(pods, pod('web'))).metadata.labels, { n: '1', m: '11' });
  });

  test('has conditions, variables and parameters', async () => {
    await api.create(
      '/api/v1/namespaces/default/configmaps',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: team}, data: {team: blue}}',
    );
    await use(
      {
        more: `paramKind: {apiVersion: v1, kind: ConfigMap}
variables: [{name: team, expression: params.data.team}]
matchConditions: [{name: not-free, expression: "object.metadata.name != 'free'"}]`,
        mutations: configured('Object{metadata: Object.metadata{labels: {"team": variables.team}}}'),
      },
      ', paramRef: {name: team, parameterNotFoundAction: Deny}',
    );
    assert.deepEqual((await api.create(pods, pod('web'))).metadata.labels, { team: 'blue' });
    assert.equal((await api.create(pods, pod('free'))).metadata.labels, undefined);
  });

  test('is asked again when one after it changed the object', async () => {
    const labelled = (name: string, condition: string) => ({
      name,
      mutations: configured(
        `${condition} ? Object{metadata: Object.metadata{labels: {"${name}": "yes"}}} : Object{}`,
      ),
    });
    await use(labelled('a', 'has(object.metadata.labels) && "b" in object.metadata.labels'));
    await use(labelled('b', 'true'));
    assert.deepEqual((await api.create(pods, pod('web'))).metadata.labels, { a: 'yes', b: 'yes' });
  });

  test('whose expression has no value denies, unless it may fail', async () => {
    await use({ mutations: configured('Object{metadata: Object.metadata{labels: object.nothing}}') });
    const { code, object } = await api.post(pods, pod('web'));
    assert.deepEqual(
      [code, object['message']],
      [422, `pods "web" is forbidden: policy 'p' with binding 'p' denied request: No such key: nothing`],
    );
    await api.patch(`${admissionPath}/mutatingadmissionpolicies/p`, '{"spec":{"failurePolicy":"Ignore"}}');
    assert.equal((await api.post(pods, pod('web'))).code, 201);
  });

  const refused: [string, string, RegExp][] = [
    ['no mutation', '[]', /spec\.mutations: Required value/],
    [
      'an expression that cannot be compiled',
      configured('Object{a: }'),
      /spec\.mutations\[0\]\.applyConfiguration\.expression: Invalid value: .*compilation failed/,
    ],
    [
      'a mutation of no type',
      '- {jsonPatch: {expression: "[]"}}',
      /spec\.mutations\[0\]\.patchType: Required value/,
    ],
    [
      'the wrong one of two',
      '- {patchType: ApplyConfiguration, jsonPatch: {expression: "[]"}}',
      /jsonPatch: Forbidden: must not be specified when patchType is ApplyConfiguration/,
    ],
  ];
  for (const [what, mutations, message] of refused)
    test(`is refused with ${what}`, async () => {
      const { code, object } = await api.post(
        `${admissionPath}/mutatingadmissionpolicies`,
        policy({ mutations: mutations === '[]' ? '' : mutations }),
      );
      assert.equal(code, 422);
      assert.match(object['message'], message);
    });
});
