import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kinds } from '../../api/kinds.ts';
import { rbacGroup } from '../../api/rbac/words.ts';
import type { ClusterRole } from '../../api/types.ts';
import type { User } from '../contract.ts';
import type { Attributes } from './contract.ts';
import { missingRights } from './covers.ts';
import { defaultPolicy } from './defaults/index.ts';
import { clusterAuthorizer } from './index.ts';
import { createAuthorizer, type PolicyRule } from './rbac.ts';
import { refused } from './refusal.ts';

const authenticated = (name: string, ...groups: string[]): User => ({
  name,
  groups: [...groups, 'system:authenticated'],
});

/** `get pods/log -n default web`, `list nodes`, `create deployments.apps -n x`, `get /healthz` */
function request(user: User, line: string): Attributes {
  const [verb = '', what = '', ...rest] = line.split(' ');
  if (what.startsWith('/')) return { user, verb, path: what };
  const at = rest.indexOf('-n');
  const namespace = at >= 0 ? rest[at + 1] : undefined;
  const [name] = rest.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
  const [kind = '', subresource] = what.split('/');
  const [plural = '', ...group] = kind.split('.');
  return {
    user,
    verb,
    path: '/…',
    resource: {
      group: group.join('.'),
      version: 'v1',
      plural,
      ...(subresource && { subresource }),
      ...(namespace && { namespace }),
      ...(name && { name }),
    },
  };
}

describe('rules', () => {
  const alice = authenticated('alice');
  const may = (rule: PolicyRule, line: string) =>
    createAuthorizer([() => [{ by: 'a test', rules: [rule] }]]).authorize(request(alice, line)).allowed;
  const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };

  test('a rule allows its verbs on its resources in its groups, and nothing else', () => {
    assert.ok(may(pods, 'get pods -n default web'));
    assert.ok(!may(pods, 'delete pods -n default web'));
    assert.ok(!may(pods, 'get services -n default web'));
    assert.ok(!may(pods, 'get pods.metrics.k8s.io -n default web'));
    assert.ok(!may(pods, 'get /api'));
  });

  test('a subresource is a resource of its own', () => {
    assert.ok(!may(pods, 'get pods/log -n default web'));
    assert.ok(may({ ...pods, resources: ['pods/log'] }, 'get pods/log -n default web'));
    assert.ok(may({ ...pods, resources: ['*/log'] }, 'get pods/log -n default web'));
    assert.ok(!may({ ...pods, resources: ['*/log'] }, 'get pods -n default web'));
    assert.ok(may({ ...pods, resources: ['*'] }, 'get pods/log -n default web'));
  });

  test('resourceNames allow these objects only, and no list of all', () => {
    const one = { ...pods, resourceNames: ['web'] };
    assert.ok(may(one, 'get pods -n default web'));
    assert.ok(!may(one, 'get pods -n default other'));
    assert.ok(!may(one, 'list pods -n default'));
  });

  test('stars stand for every verb, group and resource', () => {
    const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    assert.ok(may(all, 'deletecollection widgets.example.com -n x'));
    assert.ok(!may(all, 'get /metrics'), 'but not for paths');
  });

  test('paths match exactly, or by what they begin with before a star', () => {
    const rule = { verbs: ['get'], nonResourceURLs: ['/healthz', '/apis/*'] };
    assert.ok(may(rule, 'get /healthz'));
    assert.ok(!may(rule, 'get /healthz/ping'));
    assert.ok(may(rule, 'get /apis/apps/v1'));
    assert.ok(!may(rule, 'get /apis'));
    assert.ok(!may(rule, 'post /healthz'));
  });
});

describe('the words of a refusal', () => {
  const authorizer = clusterAuthorizer();
  const said = (line: string) => {
    const attributes = request(authenticated('x'), line);
    return refused(attributes, authorizer.authorize(attributes)).status;
  };

  test('name verb, resource, group and namespace', () => {
    assert.equal(
      said('list pods -n default').message,
      'pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    assert.equal(
      said('patch deployments.apps/scale -n shop web').message,
      'deployments.apps "web" is forbidden: User "x" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"',
    );
    assert.equal(
      said('get nodes a').message,
      'nodes "a" is forbidden: User "x" cannot get resource "nodes" in API group "" at the cluster scope',
    );
  });

  test('carry the code, the reason and what it was about', () => {
    const { code, reason, details } = said('get nodes a');
    assert.deepEqual(
      { code, reason, details },
      { code: 403, reason: 'Forbidden', details: { name: 'a', kind: 'nodes' } },
    );
  });

  test('name a path that is no resource', () => {
    assert.equal(said('get /metrics').message, 'forbidden: User "x" cannot get path "/metrics"');
  });
});

const rulesOf = (name: string) =>
  (
    defaultPolicy().find(
      ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name,
    ) as ClusterRole
  ).rules ?? [];

describe('the default policy', () => {
  const authorizer = clusterAuthorizer();
  const check = (user: User, table: string) => {
    for (const line of table.trim().split('\n')) {
      const [answer, ...words] = line.trim().split(/\s+/);
      const decision = authorizer.authorize(request(user, words.join(' ')));
      assert.equal(
        decision.allowed ? 'yes' : 'no',
        answer,
        `${user.name}: ${words.join(' ')}: ${decision.reason}`,
      );
    }
  };

  test('system:masters may do everything', () => {
    check(
      authenticated('admin', 'system:masters'),
      `
      yes delete namespaces default
      yes impersonate users jane
      yes get /metrics
      yes create widgets.example.com -n x`,
    );
  });

  test('nobody in particular learns version and health, not more', () => {
    check(
      { name: 'system:anonymous', groups: ['system:unauthenticated'] },
      `
      yes get /version
      yes get /healthz
      no  get /api
      no  get /openapi/v3
      no  list pods -n default
      no  create selfsubjectreviews.authentication.k8s.io`,
    );
  });

  test('everybody with a name discovers the API and asks about themselves', () => {
    check(
      authenticated('jane'),
      `
      yes get /api
      yes get /apis/apps/v1
      yes get /openapi/v3/apis/apps/v1
      yes get /version
      yes create selfsubjectreviews.authentication.k8s.io
      yes create selfsubjectaccessreviews.authorization.k8s.io
      yes create selfsubjectrulesreviews.authorization.k8s.io
      no  create subjectaccessreviews.authorization.k8s.io
      no  create tokenreviews.authentication.k8s.io
      no  get pods -n default web
      no  get /openid/v1/jwks
      no  get /metrics`,
    );
  });

  test('the name of a node without its group is no node, nor the group without a name', () => {
    check(authenticated('system:node:a'), 'no watch pods');
    check(authenticated('system:node:', 'system:nodes'), 'no watch pods');
    check(authenticated('jane', 'system:nodes'), 'no watch pods');
  });

  test("an agent's network identity and CoreDNS read what carries traffic and write nothing, the former but events", () => {
    const coredns = authenticated('system:serviceaccount:kube-system:coredns', 'system:serviceaccounts');
    for (const user of [authenticated('a', 'system:switchboard:network'), coredns]) {
      check(
        user,
        `
        yes watch services
        yes watch endpointslices.discovery.k8s.io
        yes list pods
        yes get namespaces default
        yes get nodes a
        no  get secrets -n default tls
        no  list configmaps -n kube-system
        no  update services -n default web
        no  delete pods -n default web`,
      );
    }
    check(authenticated('a', 'system:switchboard:network'), 'yes create events -n default');
    check(coredns, 'no create events -n default');
    check(authenticated('system:serviceaccount:default:coredns'), 'no watch services');
  });

  test('the parts of a control plane have what they do and no more', () => {
    check(
      authenticated('system:kube-controller-manager'),
      `
      yes watch widgets.example.com
      yes create serviceaccounts/token -n default web
      no  create pods -n default`,
    );
    check(
      authenticated('system:kube-scheduler'),
      `
      yes create pods/binding -n default web
      yes patch pods/status -n default web
      yes create events -n default
      yes update leases.coordination.k8s.io -n kube-system kube-scheduler
      yes watch leases.coordination.k8s.io -n kube-system kube-scheduler
      yes patch resourceclaims.resource.k8s.io/binding -n default gpu
      yes get configmaps -n kube-system extension-apiserver-authentication
      no  get configmaps -n default extension-apiserver-authentication
      no  create pods -n default
      no  get secrets -n default tls`,
    );
    check(
      authenticated('kube-apiserver-kubelet-client'),
      `
      yes create nodes/proxy a
      yes get nodes/log a
      no  get pods -n default web`,
    );
  });

  test('service accounts read how their tokens are verified', () => {
    check(
      authenticated('system:serviceaccount:x:y', 'system:serviceaccounts'),
      `
      yes get /openid/v1/jwks
      yes get /.well-known/openid-configuration`,
    );
  });

  test('the rules of a user are listed, and that a node has more than rules say', () => {
    const jane = authorizer.rulesFor(authenticated('jane'), 'default');
    assert.equal(jane.incomplete, false);
    assert.ok(jane.rules.some((rule) => rule.resources?.includes('selfsubjectaccessreviews')));
    assert.ok(!jane.rules.some((rule) => rule.resources?.includes('pods')));
    const node = authorizer.rulesFor(authenticated('system:node:a', 'system:nodes'), 'default');
    assert.equal(node.incomplete, true);
    assert.ok(node.rules.some((rule) => rule.resources?.includes('pods/status')));
  });

  test('view, edit and admin are made of their parts, each with all of the lower one', () => {
    assert.deepEqual(missingRights(rulesOf('edit'), rulesOf('view')), []);
    assert.deepEqual(missingRights(rulesOf('admin'), rulesOf('edit')), []);
    const secrets = [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }];
    assert.equal(missingRights(rulesOf('view'), secrets).length, 1, 'who may only look sees no Secrets');
    const roleWriting = [{ verbs: ['create'], apiGroups: [rbacGroup], resources: ['rolebindings'] }];
    assert.equal(missingRights(rulesOf('edit'), roleWriting).length, 1);
    assert.deepEqual(missingRights(rulesOf('admin'), roleWriting), []);
  });

  test('an admin may give away rights to what was once in the group extensions, as charts do', () => {
    const old = [
      { verbs: ['get', 'create'], apiGroups: ['extensions', 'networking.k8s.io'], resources: ['ingresses'] },
    ];
    assert.deepEqual(missingRights(rulesOf('admin'), old), []);
  });

  test('every built-in resource that people work with in a namespace may be read and written by an admin', () => {
    const admin = rulesOf('admin');
    const reserved = new Set([
      // What a namespace may use, and what the cluster itself writes.
      ...['limitranges', 'resourcequotas', 'endpoints', 'endpointslices', 'controllerrevisions'],
      ...['bindings', 'podtemplates', 'csistoragecapacities', 'pods.metrics.k8s.io'],
    ]);
    for (const { resource } of kinds) {
      if (!resource.namespaced || reserved.has(resource.plural) || resource.group === 'metrics.k8s.io')
        continue;
      for (const verb of ['create', 'delete']) {
        const right = [{ verbs: [verb], apiGroups: [resource.group], resources: [resource.plural] }];
        assert.deepEqual(missingRights(admin, right), [], `${verb} ${resource.plural}`);
      }
    }
  });
});
