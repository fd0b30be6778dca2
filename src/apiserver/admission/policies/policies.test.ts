import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type AdmissionApi, admissionApi, admissionPath } from '../dynamic/testing/world.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const maps = '/api/v1/namespaces/default/configmaps';

const deployment = (name: string, replicas: number, image = 'nginx') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: ${image}}]}}`;

const about = (resources: string, group = '') =>
  `{resourceRules: [{apiGroups: ["${group}"], apiVersions: ["v1"], operations: [CREATE, UPDATE], resources: [${resources}]}]}`;

/** The example of Kubernetes' documentation. */
const demo = (more = '', validation = '') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: demo-policy.example.com}
spec:
  matchConstraints: ${about('deployments', 'apps')}
  validations:
  - expression: object.spec.replicas <= 5
${validation.replaceAll(/^(?=.)/gm, '    ')}
${more.replaceAll(/^(?=.)/gm, '  ')}`;

const binding = (more = '', actions = '[Deny]') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: demo-binding}
spec:
  policyName: demo-policy.example.com
  validationActions: ${actions}
${more.replaceAll(/^(?=.)/gm, '  ')}`;

let api: AdmissionApi;
beforeEach(async () => {
  api = await admissionApi();
  await api.create(
    '/api/v1/namespaces',
    '{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {env: test}}}',
  );
});
afterEach(() => api.close());

async function policy(yaml: string, bound = binding()): Promise<void> {
  await api.create(`${admissionPath}/validatingadmissionpolicies`, yaml);
  await api.create(`${admissionPath}/validatingadmissionpolicybindings`, bound);
}

const denied = (why: string, name = 'many') =>
  `deployments.apps "${name}" is forbidden: ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding' denied request: ${why}`;

describe('a validating admission policy', () => {
  test('denies what does not pass, on create and update', async () => {
    await policy(demo());
    assert.equal((await api.post(deployments, deployment('few', 5))).code, 201);
    const { code, object } = await api.post(deployments, deployment('many', 6));
    assert.deepEqual(
      [code, object['reason'], object['message']],
      [422, 'Invalid', denied('failed expression: object.spec.replicas <= 5')],
    );
    assert.equal((await api.patch(`${deployments}/few`, '{"spec":{"replicas":6}}')).code, 422);
  });

  test('does nothing without a binding', async () => {
    await api.create(`${admissionPath}/validatingadmissionpolicies`, demo());
    assert.equal((await api.post(deployments, deployment('many', 6))).code, 201);
  });

  const messages: [string, string, string, number][] = [
    ['a message', 'message: too many', 'too many', 422],
    ['an expression', `messageExpression: "'replicas: ' + string(object.spec.replicas)"`, 'replicas: 6', 422],
    [
      'a message where the expression has no value',
      'message: plain\nmessageExpression: string(object.nothing)',
      'plain',
      422,
    ],
    ['a reason', 'message: never\nreason: Forbidden', 'never', 403],
  ];
  for (const [what, yaml, message, expected] of messages)
    test(`says why by ${what}`, async () => {
      await policy(demo('', yaml));
      const { code, object } = await api.post(deployments, deployment('many', 6));
      assert.deepEqual([code, object['message']], [expected, denied(message)]);
    });

  test('may warn, and write to the audit log, instead', async () => {
    await policy(
      demo('auditAnnotations: [{key: replicas, valueExpression: "string(object.spec.replicas)"}]'),
      binding('', '[Warn, Audit]'),
    );
    const answer = await api.ask({
      method: 'POST',
      url: deployments,
      headers: { 'content-type': 'application/yaml' },
      body: Buffer.from(deployment('many', 6)),
    });
    assert.ok('object' in answer);
    assert.equal(answer.code, 201);
    assert.deepEqual(answer.warnings, [
      "Validation failed for ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding': failed expression: object.spec.replicas <= 5",
    ]);
    assert.deepEqual(answer.auditAnnotations, {
      'demo-policy.example.com/replicas': '6',
      'validation.policy.admission.k8s.io/validation_failure':
        '[{"message":"failed expression: object.spec.replicas <= 5","policy":"demo-policy.example.com","binding":"demo-binding","expressionIndex":"0","validationActions":["Warn","Audit"]}]',
    });
  });

  test('has variables, which are worked out when they are used', async () => {
    await policy(
      demo(
        `variables:
- {name: images, expression: "object.spec.template.spec.containers.map(c, c.image)"}
- {name: never, expression: object.nothing.at.all}
- {name: latest, expression: "variables.images.filter(i, i.endsWith(':latest'))"}`,
      ).replace('object.spec.replicas <= 5', 'size(variables.latest) == 0'),
    );
    assert.equal((await api.post(deployments, deployment('good', 1, 'nginx:1'))).code, 201);
    assert.equal((await api.post(deployments, deployment('bad', 1, 'nginx:latest'))).code, 422);
  });

  test('is asked under conditions, and about a namespace by its labels', async () => {
    await policy(
      demo('matchConditions: [{name: not-me, expression: "request.userInfo.username != \'admin\'"}]'),
    );
    assert.equal((await api.post(deployments, deployment('many', 6))).code, 201);
    await api.patch(
      `${admissionPath}/validatingadmissionpolicies/demo-policy.example.com`,
      '{"spec":{"matchConditions":null}}',
    );
    const path = `${admissionPath}/validatingadmissionpolicybindings/demo-binding`;
    const select = (env: string) =>
      api.patch(path, `{"spec":{"matchResources":{"namespaceSelector":{"matchLabels":{"env":"${env}"}}}}}`);
    await select('prod');
    assert.equal((await api.post(deployments, deployment('more', 6))).code, 201);
    await select('test');
    assert.equal((await api.post(deployments, deployment('most', 6))).code, 422);
  });

  test('sees what was there before, the namespace and what somebody may do', async () => {
    const validations = `validations:
- {expression: "oldObject == null || !has(oldObject.data) || object.data.a == oldObject.data.a", message: a stays}
- {expression: "namespaceObject.metadata.labels.env == 'test'", message: only in test}
- {expression: "authorizer.group('apps').resource('deployments').check('create').allowed()", message: not you}
- {expression: "authorizer.requestResource.check('get').allowed() && request.operation in ['CREATE', 'UPDATE']"}`;
    await policy(
      demo(validations)
        .replace(/ {2}validations:\n {2}- expression: .*\n/, '')
        .replace('deployments', 'configmaps')
        .replace('"apps"', '""'),
    );
    await api.create(maps, '{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: b}}');
    const { code, object } = await api.patch(`${maps}/m`, '{"data":{"a":"c"}}');
    assert.equal(code, 422);
    assert.match(object['message'], /denied request: a stays$/);
  });

  test('whose expression has no value denies, unless it may fail', async () => {
    const broken = demo().replace('object.spec.replicas <= 5', 'object.spec.nothing == 1');
    await policy(broken);
    const { object } = await api.post(deployments, deployment('many', 1));
    assert.equal(
      object['message'],
      denied("expression 'object.spec.nothing == 1' resulted in error: No such key: nothing"),
    );
    await api.patch(
      `${admissionPath}/validatingadmissionpolicies/demo-policy.example.com`,
      '{"spec":{"failurePolicy":"Ignore"}}',
    );
    assert.equal((await api.post(deployments, deployment('many', 1))).code, 201);
  });

  test('whose expression takes too long denies', async () => {
    const slow = `object.metadata.annotations.a.matches('^(a+)+$')`;
    await policy(demo().replace('object.spec.replicas <= 5', () => slow));
    const annotated = deployment('many', 1).replace(
      '{name: many}',
      `{name: many, annotations: {a: "${'a'.repeat(60)}!"}}`,
    );
    const { code, object } = await api.post(deployments, annotated);
    assert.equal(code, 422);
    assert.match(object['message'], /denied request: it took longer than 500 ms$/);
  });

  test('whose expression cannot be compiled is refused', async () => {
    const path = `${admissionPath}/validatingadmissionpolicies`;
    const { code, object } = await api.post(path, demo().replace('object.spec.replicas <= 5', 'objct.spec'));
    assert.equal(code, 422);
    assert.match(
      object['message'],
      /spec\.validations\[0\]\.expression: Invalid value: "objct\.spec": compilation failed: ERROR: .*Unknown variable: objct/,
    );
    const unknown = demo('variables: [{name: a, expression: "1"}]').replace(
      'object.spec.replicas <= 5',
      'variables.b == 1',
    );
    assert.match(
      (await api.post(path, unknown)).object['message'],
      /compilation failed: ERROR: .*No such key: b/,
    );
    const number = await api.post(path, demo().replace('object.spec.replicas <= 5', '1 + 1'));
    assert.match(number.object['message'], /must evaluate to bool/);
  });
});

describe('parameters', () => {
  const withParams = demo('paramKind: {apiVersion: v1, kind: ConfigMap}').replace(
    'object.spec.replicas <= 5',
    'object.spec.replicas <= int(params.data.max)',
  );
  const limit = (name: string, max: number, labels = '{}') =>
    api.create(
      maps,
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, labels: ${labels}}, data: {max: "${max}"}}`,
    );

  test('come from the object that the binding names, in the namespace of the request', async () => {
    await policy(withParams, binding('paramRef: {name: limit, parameterNotFoundAction: Deny}'));
    const missing = await api.post(deployments, deployment('many', 1));
    assert.equal(
      missing.object['message'],
      denied(
        'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
      ),
    );
    await limit('limit', 3);
    assert.equal((await api.post(deployments, deployment('few', 3))).code, 201);
    assert.equal((await api.post(deployments, deployment('many', 4))).code, 422);
  });

  test('may be missing where that is allowed', async () => {
    await policy(withParams, binding('paramRef: {name: limit, parameterNotFoundAction: Allow}'));
    assert.equal((await api.post(deployments, deployment('many', 9))).code, 201);
  });

  test('may be many, by their labels, and each is asked', async () => {
    await policy(
      withParams,
      binding(
        'paramRef: {namespace: default, selector: {matchLabels: {use: "yes"}}, parameterNotFoundAction: Deny}',
      ),
    );
    await limit('high', 9, '{use: "yes"}');
    await limit('low', 2, '{use: "yes"}');
    await limit('other', 1);
    assert.equal((await api.post(deployments, deployment('few', 2))).code, 201);
    assert.equal((await api.post(deployments, deployment('many', 3))).code, 422);
  });

  test('of a kind that is not there deny', async () => {
    await policy(
      demo('paramKind: {apiVersion: rules.example.com/v1, kind: Limit}'),
      binding('paramRef: {name: x, parameterNotFoundAction: Deny}'),
    );
    const { object } = await api.post(deployments, deployment('many', 1));
    assert.equal(
      object['message'],
      denied(
        "failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'",
      ),
    );
  });
});
