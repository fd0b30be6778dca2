import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { isForbidden } from '../../api/errors.ts';
import { builtinKinds } from '../../api/kinds.ts';
import { admin } from '../testing/testApi.ts';
import { approveConnect } from './connect.ts';
import {
  type AdmissionApi,
  admissionApi,
  admissionPath,
  type HookServer,
  hookServer,
} from './dynamic/testing/world.ts';

let hooks: HookServer;
let api: AdmissionApi;
before(async () => {
  hooks = await hookServer();
});
after(() => hooks.close());
beforeEach(async () => {
  api = await admissionApi();
  hooks.asked.clear();
});
afterEach(() => api.close());

const connect = (url: string) => {
  const [path = '', query] = url.split('?');
  return approveConnect(api.admission, builtinKinds, {
    method: 'GET',
    path: `/api/v1/${path}`,
    query: new URLSearchParams(query),
    headers: {},
    user: admin,
    body: new Uint8Array(),
    signal: new AbortController().signal,
  });
};

const webhook = (resources: string, client: string) =>
  api.create(
    `${admissionPath}/validatingwebhookconfigurations`,
    `
metadata: {name: doors}
webhooks:
- name: doors.example.com
  clientConfig: ${client}
  rules: [{operations: [CONNECT], apiGroups: [""], apiVersions: ["v1"], resources: [${resources}]}]
  admissionReviewVersions: [v1]
  sideEffects: None
`,
  );

describe('a connection', () => {
  for (const [url, resource, subResource, object] of [
    [
      'namespaces/default/pods/web/exec?command=ls&command=-l&stdout=true&container=a',
      'pods',
      'exec',
      { kind: 'PodExecOptions', apiVersion: 'v1', stdout: true, container: 'a', command: ['ls', '-l'] },
    ],
    [
      'namespaces/default/pods/web/attach?stdin=true&tty=true&stdout=false',
      'pods',
      'attach',
      { kind: 'PodAttachOptions', apiVersion: 'v1', stdin: true, tty: true },
    ],
    [
      'namespaces/default/pods/web/portforward?ports=80,81',
      'pods',
      'portforward',
      { kind: 'PodPortForwardOptions', apiVersion: 'v1', ports: [80, 81] },
    ],
    [
      'namespaces/default/services/web/proxy/a/b',
      'services',
      'proxy',
      { kind: 'ServiceProxyOptions', apiVersion: 'v1', path: 'a/b' },
    ],
  ] as const)
    test(`to ${url} is shown to webhooks with its options`, async () => {
      await webhook(
        '"*/*"',
        hooks.at('/told', () => ({ allowed: true })),
      );
      await connect(url);
      const [told] = hooks.asked.get('/told') ?? [];
      assert.deepEqual(
        [told?.operation, told?.name, told?.namespace, told?.resource.resource, told?.subResource],
        ['CONNECT', 'web', 'default', resource, subResource],
      );
      assert.equal(told?.kind.kind, object.kind);
      assert.deepEqual([told?.object, told?.oldObject], [object, null]);
    });

  test('is refused by a webhook', async () => {
    await webhook(
      'pods/exec',
      hooks.at('/no', () => ({ allowed: false, status: { message: 'no shells' } })),
    );
    await assert.rejects(connect('namespaces/default/pods/web/exec'), /denied the request: no shells/);
    await connect('namespaces/default/pods/web/attach');
  });

  test('is refused by a policy', async () => {
    await api.create(
      `${admissionPath}/validatingadmissionpolicies`,
      `
metadata: {name: no-shells}
spec:
  matchConstraints:
    resourceRules: [{operations: [CONNECT], apiGroups: [""], apiVersions: ["v1"], resources: ["pods/exec"]}]
  validations: [{expression: "!('sh' in object.command)", message: no shells, reason: Forbidden}]
`,
    );
    await api.create(
      `${admissionPath}/validatingadmissionpolicybindings`,
      '{metadata: {name: no-shells}, spec: {policyName: no-shells, validationActions: [Deny]}}',
    );
    await connect('namespaces/default/pods/web/exec?command=ls');
    await assert.rejects(connect('namespaces/default/pods/web/exec?command=sh'), isForbidden);
  });
});
