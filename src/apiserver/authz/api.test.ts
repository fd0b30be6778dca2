/** Roles, bindings and nodes through the API, over a store in memory. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Status } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { openMemory } from '../../store/index.ts';
import { rbacEscalation } from '../admission/rbacEscalation.ts';
import { impersonate } from '../authn/impersonation.ts';
import type { ApiRequest, ObjectAnswer, User } from '../contract.ts';
import { type Loose, type TestApi, testApi } from '../testing/testApi.ts';
import type { ClusterAuthorizer } from './index.ts';
import { startAuthorizer } from './start.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const rolesOf = (namespace: string) => `${rbac}/namespaces/${namespace}/roles`;
const bindingsOf = (namespace: string) => `${rbac}/namespaces/${namespace}/rolebindings`;
const podsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;

const clock = new FakeClock();
const store = openMemory({ clock });
let api: TestApi;
let authorizer: ClusterAuthorizer;

before(async () => {
  authorizer = await startAuthorizer(store, clock);
  api = testApi({ store, clock, authorizer, admission: [rbacEscalation({ authorizer })] });
});
after(() => api.close());

const user = (name: string, ...groups: string[]): User => ({
  name,
  groups: [...groups, 'system:authenticated'],
});

interface Answered {
  code: number;
  object: Loose;
}

async function as(who: User, method: ApiRequest['method'], url: string, yaml = ''): Promise<Answered> {
  const headers = { 'content-type': 'application/yaml' };
  const answer = await api.ask({ method, url, user: who, headers, body: Buffer.from(yaml) });
  assert.ok('object' in answer);
  const { code, object, json } = answer as ObjectAnswer;
  return { code, object: json ? (JSON.parse(json) as Loose) : (object as Loose) };
}

async function made(url: string, yaml: string): Promise<void> {
  const { code, object } = await as(user('root', 'system:masters'), 'POST', url, yaml);
  assert.equal(code, 201, (object as Partial<Status>).message ?? '');
}

const refusal = ({ code, object }: Answered): string => {
  assert.equal(code, 403, JSON.stringify(object));
  return object['message'] as string;
};

const role = (name: string, rules: string) => `{metadata: {name: ${name}}, rules: [${rules}]}`;
const binding = (name: string, roleRef: string, subjects: string) =>
  `{metadata: {name: ${name}}, roleRef: {${roleRef}}, subjects: [${subjects}]}`;
const podReader = '{verbs: [get, list], apiGroups: [""], resources: [pods]}';

describe('a binding', () => {
  test('that was acknowledged holds for the next request, and so does its end', async () => {
    const jane = user('jane');
    assert.match(refusal(await as(jane, 'GET', podsOf('shop'))), /User "jane" cannot list resource "pods"/);
    await made(rolesOf('shop'), role('reader', podReader));
    for (let round = 0; round < 20; round++) {
      await made(
        bindingsOf('shop'),
        binding('readers', 'kind: Role, name: reader', '{kind: User, name: jane}'),
      );
      assert.equal((await as(jane, 'GET', podsOf('shop'))).code, 200);
      await api.delete(`${bindingsOf('shop')}/readers`);
      assert.equal((await as(jane, 'GET', podsOf('shop'))).code, 403);
    }
  });

  test('gives what its role says now', async () => {
    const joe = user('joe');
    await made(rolesOf('now'), role('reader', podReader));
    await made(bindingsOf('now'), binding('joe', 'kind: Role, name: reader', '{kind: User, name: joe}'));
    assert.equal((await as(joe, 'GET', podsOf('now'))).code, 200);
    await api.put(`${rolesOf('now')}/reader`, role('reader', ''));
    assert.equal((await as(joe, 'GET', podsOf('now'))).code, 403);
  });

  test('to a service account is for that one', async () => {
    const robot = 'system:serviceaccount:robots:robot';
    await made(
      bindingsOf('robots'),
      binding('viewers', 'kind: ClusterRole, name: view', '{kind: ServiceAccount, name: robot}'),
    );
    assert.equal((await as(user(robot), 'GET', podsOf('robots'))).code, 200);
    assert.equal((await as(user(`${robot}2`), 'GET', podsOf('robots'))).code, 403);
    assert.equal((await as(user(robot), 'GET', '/api/v1/namespaces/robots/secrets')).code, 403);
  });
});

describe('the default policy', () => {
  test('stands as objects from the beginning', async () => {
    const { object } = await api.get(`${rbac}/clusterroles/edit`);
    assert.equal(object['metadata'].labels['kubernetes.io/bootstrapping'], 'rbac-defaults');
    assert.equal(object['metadata'].annotations['rbac.authorization.kubernetes.io/autoupdate'], 'true');
    assert.ok(object['metadata'].uid);
    assert.ok(object['rules'].length > 10);
    const bound = await api.get(`${rbac}/clusterrolebindings/cluster-admin`);
    assert.deepEqual(bound.object['subjects'], [
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:masters' },
    ]);
  });

  test('passes the validation of its own kinds', async () => {
    for (const plural of ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']) {
      const { object } = await api.get(`${rbac}/${plural}`);
      for (const item of object['items'] as Loose[]) {
        const { name, namespace } = item['metadata'] as { name: string; namespace?: string };
        const path = `${rbac}/${namespace ? `namespaces/${namespace}/` : ''}${plural}/${name}`;
        const { code, object: answer } = await api.put(path, JSON.stringify(item));
        assert.equal(code, 200, JSON.stringify(answer));
      }
    }
  });

  test('is written once: a second start finds all as it was', async () => {
    const before = store.revision();
    await startAuthorizer(store, clock);
    assert.equal(store.revision(), before);
  });

  test('comes back where it was cut, keeps what was added, and leaves alone what says so', async () => {
    const path = (name: string) => `${rbac}/clusterroles/${name}`;
    const change = (name: string, patch: object) => api.patch(path(name), JSON.stringify(patch));
    const mine = { verbs: ['get'], nonResourceURLs: ['/mine'] };
    await change('system:monitoring', { rules: [mine] });
    await change('system:auth-delegator', {
      metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
      rules: [],
    });
    await api.delete(`${rbac}/clusterrolebindings/system:monitoring`);
    await startAuthorizer(store, clock);
    const { object: monitoring } = await api.get(path('system:monitoring'));
    assert.deepEqual(monitoring['rules'][0], mine);
    assert.ok(monitoring['rules'].some((rule: Loose) => rule['nonResourceURLs'].includes('/metrics')));
    const { object: delegator } = await api.get(path('system:auth-delegator'));
    assert.deepEqual(delegator['rules'] ?? [], []);
    assert.equal((await api.get(`${rbac}/clusterrolebindings/system:monitoring`)).code, 200);
  });
});

describe('who does not hold a right', () => {
  const lead = user('lead', 'team');
  before(async () => {
    await made(
      bindingsOf('team'),
      binding('lead', 'kind: ClusterRole, name: admin', '{kind: User, name: lead}'),
    );
  });

  test('cannot put it into a role', async () => {
    const yaml = role('nodes', '{verbs: [get, delete], apiGroups: [""], resources: [pods, nodes]}');
    assert.equal(
      refusal(await as(lead, 'POST', rolesOf('team'), yaml)),
      'roles.rbac.authorization.k8s.io "nodes" is forbidden: user "lead" (groups=["team" "system:authenticated"]) ' +
        'is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "delete"]}',
    );
    assert.equal((await as(lead, 'POST', rolesOf('team'), role('pods', podReader))).code, 201);
    assert.match(
      refusal(await as(lead, 'PUT', `${rolesOf('team')}/pods`, yaml.replace('nodes}', 'pods}'))),
      /not currently held/,
    );
  });

  test('cannot bind a role that has it', async () => {
    const bind = (name: string, kind: string, to: string) =>
      as(
        lead,
        'POST',
        bindingsOf('team'),
        binding(name, `kind: ${kind}, name: ${to}`, '{kind: User, name: friend}'),
      );
    assert.match(
      refusal(await bind('all', 'ClusterRole', 'cluster-admin')),
      /\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}\n\{NonResourceURLs:\["\*"\], Verbs:\["\*"\]\}$/,
    );
    assert.equal((await bind('same', 'ClusterRole', 'edit')).code, 201);
    const missing = await bind('missing', 'Role', 'nowhere');
    assert.deepEqual(
      [missing.code, missing.object['message']],
      [404, 'roles.rbac.authorization.k8s.io "nowhere" not found'],
    );
  });

  test('may keep what is there: labels of a role that is too great for him', async () => {
    await made(rolesOf('team'), role('great', '{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}'));
    const labelled = `{metadata: {name: great, labels: {a: b}}, rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]}`;
    assert.equal((await as(lead, 'PUT', `${rolesOf('team')}/great`, labelled)).code, 200);
  });

  test('may do both when he is trusted with `escalate` and `bind`', async () => {
    const trusted = user('trusted');
    const all = '{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}';
    await made(
      rolesOf('trust'),
      role(
        'trusted',
        '{verbs: [create, escalate], apiGroups: [rbac.authorization.k8s.io], resources: [roles]}, ' +
          '{verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings]}, ' +
          '{verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [admin]}',
      ),
    );
    await made(
      bindingsOf('trust'),
      binding('trusted', 'kind: Role, name: trusted', '{kind: User, name: trusted}'),
    );
    assert.equal((await as(trusted, 'POST', rolesOf('trust'), role('all', all))).code, 201);
    const bind = (name: string) =>
      as(
        trusted,
        'POST',
        bindingsOf('trust'),
        binding(name, `kind: ClusterRole, name: ${name}`, '{kind: User, name: friend}'),
      );
    assert.equal((await bind('admin')).code, 201);
    assert.equal((await bind('cluster-admin')).code, 403);
  });

  test('cannot make a role of others', async () => {
    const maker = user('maker');
    await made(
      `${rbac}/clusterroles`,
      role('maker', '{verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles]}'),
    );
    await made(
      `${rbac}/clusterrolebindings`,
      binding('maker', 'kind: ClusterRole, name: maker', '{kind: User, name: maker}'),
    );
    const yaml =
      '{metadata: {name: sum}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}, rules: []}';
    assert.match(
      refusal(await as(maker, 'POST', `${rbac}/clusterroles`, yaml)),
      /must have cluster-admin privileges to use the aggregationRule$/,
    );
  });
});

describe('who acts as somebody else', () => {
  const boss = user('boss');
  const wanting = (headers: Record<string, string>) => impersonate(boss, headers, authorizer);
  const asBob = { 'impersonate-user': 'bob' };

  test('needs a right for the user, each group, the uid and each extra value', async () => {
    const resources = (group: string, plural: string, name: string) =>
      `{verbs: [impersonate], apiGroups: ["${group}"], resources: [${plural}], resourceNames: [${name}]}`;
    await made(
      `${rbac}/clusterroles`,
      role(
        'act',
        [
          resources('', 'users', 'bob'),
          resources('', 'groups', 'dev'),
          resources('', 'serviceaccounts', 'robot'),
          resources('authentication.k8s.io', 'uids', '"42"'),
          resources('authentication.k8s.io', 'userextras/scopes', 'view'),
        ].join(', '),
      ),
    );
    await made(
      `${rbac}/clusterrolebindings`,
      binding('act', 'kind: ClusterRole, name: act', '{kind: User, name: boss}'),
    );
    const whole = {
      ...{ ...asBob, 'impersonate-group': 'dev', 'impersonate-uid': '42' },
      'impersonate-extra-scopes': 'view',
    };
    assert.equal(wanting(whole).name, 'bob');
    assert.equal(
      wanting({ 'impersonate-user': 'system:serviceaccount:shop:robot' }).name,
      'system:serviceaccount:shop:robot',
    );
    for (const [header, value] of [
      ['impersonate-user', 'eve'],
      ['impersonate-group', 'ops'],
      ['impersonate-uid', '43'],
      ['impersonate-extra-scopes', 'edit'],
      ['impersonate-extra-other', 'view'],
    ] as const)
      assert.throws(() => wanting({ ...whole, [header]: value }), /cannot impersonate/, header);
  });
});

describe('a node', () => {
  const kubelet = user('system:node:a', 'system:nodes');
  const secret = '/api/v1/namespaces/shop/secrets/tls';
  const pod = (name: string, node: string) => `
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  containers: [{name: c, image: nginx}]
  volumes: [{name: s, secret: {secretName: tls}}]`;

  test('reads a secret from the moment on in which a pod that names it is bound to it', async () => {
    await made('/api/v1/namespaces/shop/secrets', 'metadata: {name: tls}');
    assert.match(
      refusal(await as(kubelet, 'GET', secret)),
      /no relationship found between node 'a' and this/,
    );
    await made(podsOf('shop'), pod('elsewhere', 'b'));
    assert.equal((await as(kubelet, 'GET', secret)).code, 403);
    await made(podsOf('shop'), pod('here', 'a'));
    assert.equal((await as(kubelet, 'GET', secret)).code, 200);
    const one = '/api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Dtls';
    assert.equal((await as(kubelet, 'GET', one)).code, 200);
    assert.equal((await as(kubelet, 'GET', '/api/v1/namespaces/shop/secrets')).code, 403);
    await api.delete(`${podsOf('shop')}/here`, 'gracePeriodSeconds: 0');
    assert.equal((await as(kubelet, 'GET', secret)).code, 403);
  });
});

describe('roles and bindings', () => {
  const causes = async (url: string, yaml: string) => {
    const { object } = await api.post(url, yaml);
    const { causes = [] } = (object['details'] ?? {}) as { causes?: { field: string; message: string }[] };
    return causes.map(({ field, message }) => `${field}: ${message}`);
  };

  test('must make sense', async () => {
    assert.deepEqual(
      await causes(
        rolesOf('shop'),
        role('x', '{verbs: []}, {verbs: [get], nonResourceURLs: [/x], resources: [pods]}'),
      ),
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
        'rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
        'rules[1].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
      ],
    );
    assert.deepEqual(
      await causes(
        bindingsOf('shop'),
        binding(
          'x',
          'kind: Group, name: "a/b"',
          '{kind: User}, {kind: ServiceAccount, name: Big}, {kind: Robot, name: r}, {kind: Group, name: g, apiGroup: x}',
        ),
      ),
      [
        'roleRef.kind: Unsupported value: "Group": supported values: "Role", "ClusterRole"',
        `roleRef.name: Invalid value: "a/b": may not contain '/'`,
        'subjects[0].name: Required value',
        `subjects[1].name: Invalid value: "Big": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        'subjects[2].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
        'subjects[3].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
      ],
    );
    assert.deepEqual(
      await causes(
        `${rbac}/clusterrolebindings`,
        binding('x', 'kind: Role, name: r', '{kind: ServiceAccount, name: s}'),
      ),
      [
        'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
        'subjects[0].namespace: Required value',
      ],
    );
    assert.deepEqual(
      await causes(
        `${rbac}/clusterroles`,
        '{metadata: {name: x}, aggregationRule: {clusterRoleSelectors: []}, rules: []}',
      ),
      [
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
    );
  });

  test('say their group where it was left out, and keep the role for good', async () => {
    await made(bindingsOf('shop'), binding('fixed', 'kind: Role, name: reader', '{kind: User, name: x}'));
    const { object } = await api.get(`${bindingsOf('shop')}/fixed`);
    assert.equal(object['roleRef'].apiGroup, 'rbac.authorization.k8s.io');
    assert.equal(object['subjects'][0].apiGroup, 'rbac.authorization.k8s.io');
    const { object: status } = await api.put(
      `${bindingsOf('shop')}/fixed`,
      binding('fixed', 'kind: Role, name: other', '{kind: User, name: x}'),
    );
    assert.equal(
      status['message'],
      'RoleBinding.rbac.authorization.k8s.io "fixed" is invalid: roleRef: Invalid value: ' +
        '{"kind":"Role","name":"other","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
    );
  });
});
