import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { StatusError } from '../../api/errors.ts';
import { clusterAuthorizer } from '../authz/index.ts';
import type { ApiRequest, User } from '../contract.ts';
import { encodeProtobuf, wrapUnknown } from '../wire/index.ts';
import { reviewsAnswer } from './index.ts';

const jane: User = {
  name: 'jane',
  uid: '7',
  groups: ['dev', 'system:authenticated'],
  extra: { scope: ['a'] },
};
const authentication = '/apis/authentication.k8s.io/v1';
const authorization = '/apis/authorization.k8s.io/v1';

const deps = {
  authorizer: clusterAuthorizer(),
  tokens: {
    async verify(token: string, audiences = ['api']) {
      if (token !== 'good') throw new Error('invalid bearer token');
      return { user: jane, audiences: [...audiences] };
    },
  },
};

function post(path: string, yaml: string, more: Partial<ApiRequest> = {}): ApiRequest {
  return {
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    user: jane,
    body: Buffer.from(JSON.stringify(parse(yaml))),
    signal: new AbortController().signal,
    ...more,
  };
}

/** The status of the answered review, which must be a created one. */
async function statusOf(path: string, yaml: string, more: Partial<ApiRequest> = {}): Promise<unknown> {
  const answer = await reviewsAnswer(post(path, yaml, more), deps);
  assert.ok(answer && 'object' in answer);
  assert.equal(answer.code, 201);
  return (answer.object as { status: unknown }).status;
}

const says = (code: number, message: string | RegExp) => (err: unknown) => {
  assert.ok(err instanceof StatusError, String(err));
  assert.equal(err.status.code, code);
  assert.match(
    err.message,
    message instanceof RegExp ? message : new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
  );
  return true;
};

describe('TokenReview', () => {
  const path = `${authentication}/tokenreviews`;

  test('says whom a token stands for', async () => {
    assert.deepEqual(await statusOf(path, 'spec: {token: good}'), {
      authenticated: true,
      user: { username: 'jane', uid: '7', groups: ['dev', 'system:authenticated'], extra: { scope: ['a'] } },
    });
  });

  test('names the audiences that were asked for', async () => {
    const status = await statusOf(path, 'spec: {token: good, audiences: [vault]}');
    assert.deepEqual((status as { audiences: unknown }).audiences, ['vault']);
  });

  test('says why a token does not hold, which is no failure of the review', async () => {
    assert.deepEqual(await statusOf(path, 'spec: {token: bad}'), { user: {}, error: 'invalid bearer token' });
  });

  test('needs a token', async () => {
    for (const yaml of ['spec: {}', '{}'])
      await assert.rejects(statusOf(path, yaml), says(400, 'token is required'));
  });
});

describe('SelfSubjectReview', () => {
  test('tells who is asking', async () => {
    assert.deepEqual(await statusOf(`${authentication}/selfsubjectreviews`, '{}'), {
      userInfo: {
        username: 'jane',
        uid: '7',
        groups: ['dev', 'system:authenticated'],
        extra: { scope: ['a'] },
      },
    });
  });

  test('is refused to who accepts nothing but a Table', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const ask = (accepted: string) =>
      statusOf(`${authentication}/selfsubjectreviews`, '{}', {
        headers: { 'content-type': 'application/json', accept: accepted },
      });
    await assert.rejects(ask(accept), says(406, 'only the following media types are accepted'));
    assert.ok(await ask(`${accept},application/json`));
  });

  test('is taken in protobuf, as kubectl auth whoami sends it', async () => {
    const bytes = encodeProtobuf({ metadata: {} }, 'authentication/v1.SelfSubjectReview');
    const answer = await reviewsAnswer(
      post(`${authentication}/selfsubjectreviews`, '{}', {
        headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
        body: wrapUnknown('authentication.k8s.io/v1', 'SelfSubjectReview', bytes),
      }),
      deps,
    );
    assert.ok(answer && 'object' in answer);
    assert.deepEqual(answer.object, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      metadata: {},
      status: {
        userInfo: {
          username: 'jane',
          uid: '7',
          groups: ['dev', 'system:authenticated'],
          extra: { scope: ['a'] },
        },
      },
    });
  });
});

describe('SubjectAccessReview', () => {
  const path = `${authorization}/subjectaccessreviews`;

  test('says whether somebody may, and by what', async () => {
    assert.deepEqual(
      await statusOf(
        path,
        'spec: {user: "system:serviceaccount:kube-system:coredns", resourceAttributes: {verb: watch, resource: services}}',
      ),
      {
        allowed: true,
        reason:
          'RBAC: allowed by ClusterRoleBinding "system:coredns" of ClusterRole "system:coredns" to ServiceAccount "coredns/kube-system"',
      },
    );
  });

  test('says that somebody may not', async () => {
    const ask = (attributes: string) => statusOf(path, `spec: {user: jane, groups: [dev], ${attributes}}`);
    assert.deepEqual(
      await ask('resourceAttributes: {verb: get, resource: secrets, namespace: shop, name: tls}'),
      {
        allowed: false,
      },
    );
    assert.deepEqual(await ask('nonResourceAttributes: {verb: get, path: /metrics}'), { allowed: false });
  });

  test('looks at groups, subresources and API groups', async () => {
    const ask = async (attributes: string) =>
      (
        (await statusOf(
          path,
          `spec: {user: "system:node:a", groups: ["system:nodes"], resourceAttributes: {${attributes}}}`,
        )) as { allowed: boolean }
      ).allowed;
    assert.equal(await ask('verb: patch, resource: pods, subresource: status, namespace: shop'), true);
    assert.equal(await ask('verb: patch, resource: pods, namespace: shop'), false);
    assert.equal(await ask('verb: list, resource: csidrivers, group: storage.k8s.io'), true);
    assert.equal(await ask('verb: list, resource: csidrivers'), false);
  });

  test('looks at what a field selector pins down', async () => {
    const ask = async (selector: string) =>
      (
        (await statusOf(
          path,
          `spec: {user: "system:node:a", groups: ["system:nodes"], resourceAttributes: {verb: list, resource: pods, fieldSelector: {${selector}}}}`,
        )) as { allowed: boolean }
      ).allowed;
    assert.equal(await ask('rawSelector: spec.nodeName=a'), true);
    assert.equal(await ask('rawSelector: spec.nodeName=b'), false);
    assert.equal(await ask('rawSelector: "spec.nodeName!=a"'), false);
    assert.equal(await ask('rawSelector: "???"'), false);
    assert.equal(await ask('requirements: [{key: spec.nodeName, operator: In, values: [a]}]'), true);
    assert.equal(await ask('requirements: [{key: spec.nodeName, operator: In, values: [a, b]}]'), false);
    assert.equal(await ask('requirements: [{key: spec.nodeName, operator: NotIn, values: [a]}]'), false);
    const field = 'spec.resourceAttributes.fieldSelector';
    await assert.rejects(
      ask(''),
      says(
        422,
        new RegExp(
          `${field}.requirements: Required value: when ${field} is specified, requirements or rawSelector`,
        ),
      ),
    );
    await assert.rejects(
      ask('rawSelector: a=b, requirements: [{key: a, operator: Exists}]'),
      says(422, /rawSelector: Invalid value: "a=b": may not specified at the same time as requirements/),
    );
  });

  test('must be about somebody and one thing', async () => {
    await assert.rejects(
      statusOf(path, 'spec: {resourceAttributes: {verb: get, resource: pods}}'),
      says(422, 'spec.user: Invalid value: "": at least one of user or group must be specified'),
    );
    for (const spec of [
      'user: jane',
      'user: jane, resourceAttributes: {verb: get}, nonResourceAttributes: {verb: get}',
    ])
      await assert.rejects(
        statusOf(path, `spec: {${spec}}`),
        says(
          422,
          /^SubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: .*exactly one of/,
        ),
      );
  });

  test('of one namespace asks about that one only', async () => {
    const local = `${authorization}/namespaces/shop/localsubjectaccessreviews`;
    const ask = (namespace: string) =>
      statusOf(
        local,
        `spec: {groups: ["system:masters"], resourceAttributes: {verb: get, resource: pods, namespace: ${namespace}}}`,
      );
    assert.deepEqual(await ask('shop'), { allowed: true });
    await assert.rejects(
      ask('other'),
      says(400, 'spec.resourceAttributes.namespace must match namespace: shop'),
    );
  });
});

describe('SelfSubjectAccessReview', () => {
  const path = `${authorization}/selfsubjectaccessreviews`;

  test('is about who asks, whatever else it says: kubectl auth can-i', async () => {
    const can = (attributes: string, user: User = jane) =>
      statusOf(path, `spec: {resourceAttributes: {${attributes}}}`, { user });
    assert.deepEqual(await can('verb: list, resource: pods, namespace: shop'), { allowed: false });
    const admin = { name: 'admin', groups: ['system:masters'] };
    assert.deepEqual(await can("verb: '*', resource: '*', group: '*'", admin), { allowed: true });
  });

  test('takes paths', async () => {
    const status = await statusOf(path, 'spec: {nonResourceAttributes: {verb: get, path: /version}}');
    assert.equal((status as { allowed: boolean }).allowed, true);
  });
});

describe('SelfSubjectRulesReview', () => {
  const path = `${authorization}/selfsubjectrulesreviews`;

  test('lists what may be done: kubectl auth can-i --list', async () => {
    const status = (await statusOf(path, 'spec: {namespace: shop}')) as {
      resourceRules: { resources: string[] }[];
      nonResourceRules: { nonResourceURLs: string[] }[];
      incomplete: boolean;
    };
    assert.deepEqual(status.resourceRules[0], {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    });
    assert.ok(status.nonResourceRules.some((rule) => rule.nonResourceURLs.includes('/api/*')));
    assert.equal(status.incomplete, false);
  });

  test('needs a namespace', async () => {
    await assert.rejects(statusOf(path, 'spec: {}'), says(400, 'no namespace on request'));
  });
});

describe('a request', () => {
  test('about anything else is left to others', async () => {
    for (const path of [
      '/api/v1/namespaces/shop/pods',
      authentication,
      `${authentication}/tokenreviews/x`,
      '/apis/authentication.k8s.io/v1beta1/tokenreviews',
      `${authorization}/localsubjectaccessreviews`,
      `${authorization}/namespaces/shop/subjectaccessreviews`,
    ])
      assert.equal(await reviewsAnswer(post(path, '{}'), deps), undefined, path);
  });

  test('that reads or deletes reviews is refused', async () => {
    await assert.rejects(
      reviewsAnswer(post(`${authentication}/tokenreviews`, '{}', { method: 'GET' }), deps),
      says(405, 'GET is not supported on resources of kind "tokenreviews.authentication.k8s.io"'),
    );
  });

  test('with an unknown field is answered with a warning, or refused if asked to be strict', async () => {
    const path = `${authorization}/selfsubjectrulesreviews`;
    const yaml = 'spec: {namespace: shop, colour: red}';
    const answer = await reviewsAnswer(post(path, yaml), deps);
    assert.ok(answer && 'object' in answer);
    assert.deepEqual(answer.warnings, ['unknown field "spec.colour"']);
    const query = new URLSearchParams('fieldValidation=Strict');
    await assert.rejects(
      reviewsAnswer(post(path, yaml, { query }), deps),
      says(400, 'unknown field "spec.colour"'),
    );
  });

  test('of another kind than the path is refused', async () => {
    await assert.rejects(
      reviewsAnswer(post(`${authentication}/tokenreviews`, 'kind: Pod'), deps),
      says(400, 'the kind in the data (Pod) does not match'),
    );
  });
});
