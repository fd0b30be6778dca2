import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldError } from '../errors.ts';
import type { Kind } from '../kind.ts';
import { setDefaults } from '../schema/defaults.ts';
import type { KubeObject } from '../types.ts';
import { validatingAdmissionPolicy } from './validatingadmissionpolicy/kind.ts';
import { validatingAdmissionPolicyBinding } from './validatingadmissionpolicybinding/kind.ts';
import { validatingWebhookConfiguration } from './validatingwebhookconfiguration/kind.ts';

type Loose = Record<string, unknown>;

const wrong = (kind: Kind, object: object): string[] => {
  const made = setDefaults(kind, { metadata: { name: 'x' }, ...object } as KubeObject);
  return (kind.validate?.(made) ?? []).map(({ field, message }: FieldError) => `${field}: ${message}`);
};

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const hook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://example.com/x' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const ofHook = (more: Loose) =>
  wrong(validatingWebhookConfiguration as Kind, { webhooks: [{ ...hook, ...more }] });
const ofRule = (more: Loose) => ofHook({ rules: [{ ...rule, ...more }] });

describe('a webhook configuration', () => {
  test('is well as it stands in the documentation', () => {
    assert.deepEqual(ofHook({}), []);
    assert.deepEqual(ofHook({ clientConfig: { service: { name: 'a', namespace: 'b', path: '/c/d' } } }), []);
    assert.deepEqual(ofRule({ resources: ['*', '*/status'], operations: ['*'], scope: '*' }), []);
  });

  const cases: [Loose, string][] = [
    [
      { name: 'short' },
      'name: Invalid value: "short": should be a domain with at least three segments separated by dots',
    ],
    [{ name: '' }, 'name: Required value'],
    [{ sideEffects: undefined }, 'sideEffects: Required value: must specify one of None, NoneOnDryRun'],
    [
      { sideEffects: 'Some' },
      'sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
    ],
    [
      { admissionReviewVersions: [] },
      'admissionReviewVersions: Required value: must specify one of v1, v1beta1',
    ],
    [
      { admissionReviewVersions: ['v2'] },
      'admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1',
    ],
    [
      { timeoutSeconds: 31 },
      'timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
    ],
    [{ failurePolicy: 'No' }, 'failurePolicy: Unsupported value: "No": supported values: "Fail", "Ignore"'],
    [{ matchPolicy: 'No' }, 'matchPolicy: Unsupported value: "No": supported values: "Equivalent", "Exact"'],
    [{ clientConfig: {} }, 'clientConfig: Required value: exactly one of url or service is required'],
    [
      { clientConfig: { url: 'http://a' } },
      `clientConfig.url: Invalid value: "http://a": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ],
    [
      { clientConfig: { url: 'https://a?b=c' } },
      'clientConfig.url: Invalid value: "https://a?b=c": query parameters are not permitted in the URL',
    ],
    [
      { clientConfig: { service: { name: 'a', namespace: 'b', port: 70000 } } },
      'clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
    ],
    [
      { clientConfig: { service: { name: 'a', namespace: 'b', path: 'x' } } },
      `clientConfig.service.path: Invalid value: "x": must start with a '/'`,
    ],
    [{ matchConditions: [{ name: 'a', expression: ' ' }] }, 'matchConditions[0].expression: Required value'],
  ];
  for (const [more, message] of cases)
    test(`is refused: ${message}`, () => {
      assert.deepEqual(ofHook(more), [`webhooks[0].${message}`]);
    });

  const rules: [Loose, string][] = [
    [{ operations: [] }, 'operations: Required value'],
    [
      { operations: ['READ'] },
      'operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
    ],
    [
      { operations: ['*', 'CREATE'] },
      `operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
    ],
    [
      { apiGroups: ['*', 'a'] },
      `apiGroups: Invalid value: ["*","a"]: if '*' is present, must not specify other API groups`,
    ],
    [
      { resources: ['*/*', 'pods'] },
      `resources: Invalid value: ["*/*","pods"]: if '*/*' is present, must not specify other resources`,
    ],
    [
      { resources: ['pods/*', 'pods/log'] },
      `resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`,
    ],
    [{ scope: 'Some' }, 'scope: Unsupported value: "Some": supported values: "*", "Cluster", "Namespaced"'],
  ];
  for (const [more, message] of rules)
    test(`is refused for its rule: ${message}`, () => {
      assert.deepEqual(ofRule(more), [`webhooks[0].rules[0].${message}`]);
    });

  test('may be asked at the root of a service, however that is said', () => {
    for (const path of ['', '/', undefined])
      assert.deepEqual(ofHook({ clientConfig: { service: { name: 'a', namespace: 'b', path } } }), []);
  });

  test('names each webhook once', () => {
    const twice = wrong(validatingWebhookConfiguration as Kind, { webhooks: [hook, hook] });
    assert.deepEqual(twice, ['webhooks[1].name: Duplicate value: "a.example.com"']);
  });
});

const policy = {
  matchConstraints: { resourceRules: [rule] },
  validations: [{ expression: 'true' }],
};
const ofPolicy = (more: Loose) => wrong(validatingAdmissionPolicy as Kind, { spec: { ...policy, ...more } });

describe('a policy', () => {
  const cases: [Loose, string[]][] = [
    [{}, []],
    [{ matchConstraints: undefined }, ['spec.matchConstraints: Required value']],
    [{ matchConstraints: {} }, ['spec.matchConstraints.resourceRules: Required value']],
    [
      { validations: [] },
      ['spec.validations', 'spec.auditAnnotations'].map(
        (field) => `${field}: Required value: validations or auditAnnotations must contain at least one item`,
      ),
    ],
    [
      { validations: [{ expression: 'a\n && b' }] },
      [
        'spec.validations[0].message: Required value: message must be specified if expression contains line breaks',
      ],
    ],
    [
      { validations: [{ expression: 'a', reason: 'Because' }] },
      [
        'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
      ],
    ],
    [
      { variables: [{ name: 'a-b', expression: '1' }] },
      ['spec.variables[0].name: Invalid value: "a-b": name is not a valid CEL identifier'],
    ],
    [{ paramKind: { kind: 'X' } }, ['spec.paramKind.apiVersion: Required value']],
  ];
  for (const [more, errors] of cases)
    test(errors[0] ? `is refused: ${errors[0]}` : 'is well', () => {
      assert.deepEqual(ofPolicy(more), errors);
    });
});

const ofBinding = (more: Loose) =>
  wrong(validatingAdmissionPolicyBinding as Kind, {
    spec: { policyName: 'a', validationActions: ['Deny'], ...more },
  });

describe('a binding', () => {
  const cases: [Loose, string[]][] = [
    [{}, []],
    [{ policyName: '' }, ['spec.policyName: Required value']],
    [
      { validationActions: [] },
      ['spec.validationActions: Required value: at least one validation action is required'],
    ],
    [{ paramRef: { name: 'a' } }, ['spec.paramRef.parameterNotFoundAction: Required value']],
    [
      { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } },
      ['spec.paramRef.name: Forbidden: name and selector are mutually exclusive'],
    ],
    [
      { validationActions: ['Shout'] },
      ['spec.validationActions[0]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"'],
    ],
  ];
  for (const [more, errors] of cases)
    test(errors[0] ? `is refused: ${errors[0]}` : 'is well', () => {
      assert.deepEqual(ofBinding(more), errors);
    });
});
