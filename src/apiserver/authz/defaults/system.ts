/**
 * Roles of the cluster's own parts and of those that come with many clusters.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles
 */
import type { ClusterRole, PolicyRule } from '../../../api/types.ts';
import { nodeRules } from './node.ts';
import { create, get, only, read, readingAndWriting, rule, writeEvents } from './words.ts';

const role = (name: string, ...rules: PolicyRule[]): ClusterRole => ({ metadata: { name }, rules });

const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discovery = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];

/** What everybody may do. */
const common: ClusterRole[] = [
  role('system:public-info-viewer', get(...health)),
  role('system:discovery', get(...discovery, ...health)),
  role(
    'system:basic-user',
    create('authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
    create('authentication.k8s.io', 'selfsubjectreviews'),
  ),
  role(
    'system:service-account-issuer-discovery',
    get(
      '/.well-known/openid-configuration/',
      '/.well-known/openid-configuration',
      '/openid/v1/jwks/',
      '/openid/v1/jwks',
    ),
  ),
  role(
    'system:monitoring',
    get(
      ...['/flagz', '/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis'],
      ...['/readyz', '/readyz/*', '/statusz'],
    ),
    rule('get', '', 'nodes/metrics'),
  ),
];

const delegation = [
  create('authentication.k8s.io', 'tokenreviews'),
  create('authorization.k8s.io', 'subjectaccessreviews'),
];

const leaseOf = (name: string, verbs = 'get update'): PolicyRule[] => [
  create('coordination.k8s.io', 'leases'),
  only(rule(verbs, 'coordination.k8s.io', 'leases'), name),
];

const controlPlane: ClusterRole[] = [
  role(
    'system:kube-controller-manager',
    writeEvents,
    ...leaseOf('kube-controller-manager'),
    create('', 'secrets', 'serviceaccounts'),
    rule('delete', '', 'secrets'),
    rule('get', '', 'configmaps', 'namespaces', 'secrets', 'serviceaccounts'),
    rule('update', '', 'secrets', 'serviceaccounts'),
    ...delegation,
    rule('list watch', '*', '*'),
    create('', 'serviceaccounts/token'),
  ),
  role(
    'system:kube-scheduler',
    writeEvents,
    ...leaseOf('kube-scheduler', 'get list update watch'),
    rule(readingAndWriting.join(' '), 'coordination.k8s.io', 'leasecandidates'),
    read('', 'nodes'),
    rule('delete get list watch', '', 'pods'),
    create('', 'bindings', 'pods/binding'),
    rule('patch update', '', 'pods/status'),
    read('', 'replicationcontrollers', 'services', 'namespaces'),
    read('apps', 'replicasets', 'statefulsets'),
    read('extensions', 'replicasets'),
    read('policy', 'poddisruptionbudgets'),
    read('', 'persistentvolumeclaims', 'persistentvolumes'),
    ...delegation,
    read('storage.k8s.io', 'csidrivers', 'csinodes', 'csistoragecapacities', 'volumeattachments'),
    read('resource.k8s.io', 'deviceclasses', 'resourceclaims', 'resourceslices'),
    rule('create delete patch update', 'resource.k8s.io', 'resourceclaims'),
    rule('get list patch update watch', 'resource.k8s.io', 'resourceclaims/status'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims/binding'),
    rule('update', '', 'pods/finalizers'),
  ),
  role(
    'system:volume-scheduler',
    rule('get list patch update watch', '', 'persistentvolumes'),
    read('storage.k8s.io', 'storageclasses'),
    rule('get list patch update watch', '', 'persistentvolumeclaims'),
  ),
  role('system:auth-delegator', ...delegation),
  role('system:kube-aggregator', read('', 'endpoints', 'services')),
  role('system:kubelet-api-admin', read('', 'nodes'), rule('proxy', '', 'nodes'), {
    verbs: ['*'],
    apiGroups: [''],
    resources: ['configz', 'healthz', 'log', 'metrics', 'pods', 'proxy', 'spec', 'stats'].map(
      (part) => `nodes/${part}`,
    ),
  }),
];

const nodes: ClusterRole[] = [
  // Bound to nobody: nodes have these rights from the node authorizer, which narrows them.
  role('system:node', ...nodeRules),
  role(
    'system:node-proxier',
    rule('list watch', '', 'endpoints', 'services'),
    read('', 'nodes'),
    writeEvents,
    rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    rule('list watch', 'networking.k8s.io', 'servicecidrs'),
  ),
  role(
    'system:node-bootstrapper',
    rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  ),
  role(
    'system:node-problem-detector',
    rule('get', '', 'nodes'),
    rule('patch', '', 'nodes/status'),
    writeEvents,
  ),
];

const signing = 'certificates.k8s.io';
const csr = (...parts: string[]) =>
  create(signing, ...parts.map((part) => `certificatesigningrequests/${part}`));

/** Who may sign what: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization */
const certificates: ClusterRole[] = [
  role('system:certificates.k8s.io:certificatesigningrequests:nodeclient', csr('nodeclient')),
  role('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', csr('selfnodeclient')),
  // Not Kubernetes' own: there a person, or an operator, approves these.
  role('system:switchboard:certificatesigningrequests:selfnodeserver', csr('selfnodeserver')),
  role('system:switchboard:certificatesigningrequests:selfclient', csr('selfclient')),
  ...[
    ['legacy-unknown-approver', 'kubernetes.io/legacy-unknown'],
    ['kubelet-serving-approver', 'kubernetes.io/kubelet-serving'],
    ['kube-apiserver-client-approver', 'kubernetes.io/kube-apiserver-client'],
    ['kube-apiserver-client-kubelet-approver', 'kubernetes.io/kube-apiserver-client-kubelet'],
  ].map(([name = '', signer = '']) =>
    role(`system:certificates.k8s.io:${name}`, only(rule('approve', signing, 'signers'), signer)),
  ),
];

/** What others install and bind to accounts of their own. */
const addOns: ClusterRole[] = [
  role('system:kube-dns', rule('list watch', '', 'endpoints', 'services')),
  role(
    'system:persistent-volume-provisioner',
    rule('create delete get list watch', '', 'persistentvolumes'),
    rule('get list update watch', '', 'persistentvolumeclaims'),
    read('storage.k8s.io', 'storageclasses'),
    rule('watch', '', 'events'),
    writeEvents,
  ),
  role(
    'system:heapster',
    read('', 'events', 'namespaces', 'nodes', 'pods'),
    read('extensions', 'deployments'),
  ),
];

/** Switchboard's own: what carries traffic is read, and nothing is written but events. */
const traffic: ClusterRole[] = [
  role(
    'system:coredns',
    read('', 'endpoints', 'namespaces', 'pods', 'services'),
    rule('get', '', 'nodes'),
    read('discovery.k8s.io', 'endpointslices'),
    // For its option `multicluster`.
    read('multicluster.x-k8s.io', 'serviceimports'),
  ),
  // The second identity of a node's agent, which sees the whole cluster's traffic rules.
  role(
    'system:switchboard:network',
    read('', 'endpoints', 'namespaces', 'nodes', 'pods', 'services'),
    read('discovery.k8s.io', 'endpointslices'),
    read('networking.k8s.io', 'ingressclasses', 'ingresses', 'networkpolicies', 'servicecidrs'),
    // Which node an address of a Service is announced from.
    writeEvents,
    // It renews its certificate itself.
    rule('create get list watch', signing, 'certificatesigningrequests'),
  ),
];

export const systemRoles: ClusterRole[] = [
  ...common,
  ...controlPlane,
  ...nodes,
  ...certificates,
  ...addOns,
  ...traffic,
];
