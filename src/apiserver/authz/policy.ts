/**
 * Who may do what without anybody having said so: the default roles, one table to read from top to
 * bottom. Names and contents follow Kubernetes' own where it has them.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
import type { Grant, PolicyRule, Subject } from './rbac.ts';

const user = (name: string): Subject => ({ kind: 'User', name });
const group = (name: string): Subject => ({ kind: 'Group', name });
const serviceAccount = (namespace: string, name: string): Subject => ({
  kind: 'ServiceAccount',
  namespace,
  name,
});

const read = ['get', 'list', 'watch'];
const readOf = (apiGroup: string, ...resources: string[]): PolicyRule => ({
  verbs: read,
  apiGroups: [apiGroup],
  resources,
});
const get = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });
const create = (apiGroup: string, ...resources: string[]): PolicyRule => ({
  verbs: ['create'],
  apiGroups: [apiGroup],
  resources,
});

/** What carries traffic: enough for a proxy, for network links, for policies and for DNS. */
const readNetwork = [
  readOf('', 'services', 'endpoints', 'pods', 'namespaces', 'nodes'),
  readOf('discovery.k8s.io', 'endpointslices'),
  readOf('networking.k8s.io', 'networkpolicies'),
];
const everything: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export const policy: readonly Grant[] = [
  {
    role: 'ClusterRole "cluster-admin"',
    subjects: [group('system:masters')],
    rules: everything,
  },
  {
    role: 'ClusterRole "system:public-info-viewer"',
    subjects: [group('system:authenticated'), group('system:unauthenticated')],
    rules: [get('/healthz', '/livez', '/readyz', '/version', '/version/')],
  },
  {
    role: 'ClusterRole "system:discovery"',
    subjects: [group('system:authenticated')],
    rules: [
      get('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'),
      get('/healthz', '/livez', '/readyz', '/version', '/version/'),
    ],
  },
  {
    role: 'ClusterRole "system:basic-user"',
    subjects: [group('system:authenticated')],
    rules: [
      create('authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
      create('authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  {
    role: 'ClusterRole "system:service-account-issuer-discovery"',
    subjects: [group('system:serviceaccounts')],
    rules: [get('/.well-known/openid-configuration', '/openid/v1/jwks')],
  },
  {
    // The control plane's own loops: they make and remove objects of every kind.
    role: 'ClusterRole "system:kube-controller-manager"',
    subjects: [user('system:kube-controller-manager')],
    rules: everything,
  },
  {
    role: 'ClusterRole "system:kube-scheduler"',
    subjects: [user('system:kube-scheduler')],
    rules: [
      readOf('', 'pods', 'nodes', 'namespaces', 'services', 'persistentvolumeclaims', 'persistentvolumes'),
      readOf('apps', 'replicasets', 'statefulsets'),
      create('', 'pods/binding', 'bindings'),
      { verbs: ['update', 'patch'], apiGroups: [''], resources: ['pods/status'] },
      { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['create', 'update', 'patch'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] },
      {
        verbs: ['create', 'get', 'list', 'watch', 'update'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
    ],
  },
  {
    // The API server when it asks a kubelet for logs and streams; the kubelet asks back whether it may.
    role: 'ClusterRole "system:kubelet-api-admin"',
    subjects: [user('kube-apiserver-kubelet-client')],
    rules: [
      readOf('', 'nodes'),
      {
        verbs: ['*'],
        apiGroups: [''],
        resources: ['nodes/proxy', 'nodes/log', 'nodes/stats', 'nodes/metrics', 'nodes/spec'],
      },
    ],
  },
  {
    // The second identity of a node's agent, which sees the whole cluster's traffic rules and writes nothing.
    role: 'ClusterRole "system:switchboard:network"',
    subjects: [group('system:switchboard:network')],
    rules: readNetwork,
  },
  {
    role: 'ClusterRole "system:coredns"',
    subjects: [serviceAccount('kube-system', 'coredns')],
    rules: readNetwork,
  },
];
