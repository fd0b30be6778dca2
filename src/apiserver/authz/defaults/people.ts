/**
 * Roles for people: `view`, `edit` and `admin` of a namespace, made of parts that anybody may add to by a
 * label, and `cluster-admin`.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
import type { ClusterRole, PolicyRule } from '../../../api/types.ts';
import { create, everything, read, readingAndWriting, rule, write } from './words.ts';

const label = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`;

/** Made of all roles with its label, and itself a part of the next higher one. */
const whole = (name: string, partOf?: string): ClusterRole => ({
  metadata: { name, ...(partOf && { labels: { [label(partOf)]: 'true' } }) },
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label(name)]: 'true' } }] },
});

const part = (name: string, of: readonly string[], rules: PolicyRule[]): ClusterRole => ({
  metadata: { name, labels: Object.fromEntries(of.map((role) => [label(role), 'true'])) },
  rules,
});

const withScale = (...plurals: string[]) => plurals.flatMap((plural) => [plural, `${plural}/scale`]);
const withStatus = (...plurals: string[]) => plurals.flatMap((plural) => [plural, `${plural}/status`]);

const scalable = ['deployments', 'replicasets', 'statefulsets'];
const streams = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'];

/** Events are one kind in two groups. */
const inBothGroups = (given: PolicyRule): PolicyRule => ({ ...given, apiGroups: ['', 'events.k8s.io'] });

const toAdmin: PolicyRule[] = [
  create('authorization.k8s.io', 'localsubjectaccessreviews'),
  rule(readingAndWriting.join(' '), 'rbac.authorization.k8s.io', 'roles', 'rolebindings'),
];

/**
 * Whoever may run pods can act as every service account there, so their tokens and Secrets are no secret to him.
 * The group `extensions` is served no more, but charts give rights to it, and nobody gives away what he has not.
 */
const toEdit: PolicyRule[] = [
  read('', ...streams, 'secrets', 'services/proxy'),
  rule('impersonate', '', 'serviceaccounts'),
  write('', 'pods', ...streams),
  create('', 'pods/eviction'),
  write(
    '',
    ...['configmaps', 'persistentvolumeclaims'],
    ...withScale('replicationcontrollers'),
    ...['secrets', 'serviceaccounts', 'services', 'services/proxy'],
  ),
  inBothGroups(write('', 'events')),
  create('', 'serviceaccounts/token'),
  write('apps', 'daemonsets', 'deployments/rollback', ...withScale(...scalable)),
  write('autoscaling', 'horizontalpodautoscalers'),
  write('batch', 'cronjobs', 'jobs'),
  write(
    'extensions',
    ...['daemonsets', 'deployments/rollback', 'ingresses', 'networkpolicies', 'replicationcontrollers/scale'],
    ...withScale('deployments', 'replicasets'),
  ),
  write('policy', 'poddisruptionbudgets'),
  write('networking.k8s.io', 'ingresses', 'networkpolicies'),
  rule(readingAndWriting.join(' '), 'coordination.k8s.io', 'leases'),
  write('resource.k8s.io', 'resourceclaims', 'resourceclaimtemplates'),
];

/** No Secrets: a service account's token is as good as the account. No roles: they tell who has more. */
const toView: PolicyRule[] = [
  read(
    '',
    ...['configmaps', 'endpoints', ...withStatus('persistentvolumeclaims'), 'pods'],
    ...withScale('replicationcontrollers'),
    ...['serviceaccounts', ...withStatus('services')],
  ),
  read(
    '',
    ...['bindings', 'limitranges', 'namespaces/status', 'pods/log', 'pods/status'],
    ...['replicationcontrollers/status', ...withStatus('resourcequotas')],
  ),
  inBothGroups(read('', 'events')),
  read('', 'namespaces'),
  read('discovery.k8s.io', 'endpointslices'),
  read(
    'apps',
    ...['controllerrevisions', ...withStatus('daemonsets')],
    ...withStatus(...scalable),
    ...scalable.map((plural) => `${plural}/scale`),
  ),
  read('autoscaling', ...withStatus('horizontalpodautoscalers')),
  read('batch', ...withStatus('cronjobs', 'jobs')),
  read(
    'extensions',
    ...[...withStatus('daemonsets', 'deployments', 'ingresses', 'replicasets'), 'networkpolicies'],
    ...['deployments/scale', 'replicasets/scale', 'replicationcontrollers/scale'],
  ),
  read('policy', ...withStatus('poddisruptionbudgets')),
  read('networking.k8s.io', ...withStatus('ingresses'), 'networkpolicies'),
  read('resource.k8s.io', ...withStatus('resourceclaims'), 'resourceclaimtemplates'),
];

export const peoplesRoles: ClusterRole[] = [
  { metadata: { name: 'cluster-admin' }, rules: everything },
  whole('admin'),
  whole('edit', 'admin'),
  whole('view', 'edit'),
  part('system:aggregate-to-admin', ['admin'], toAdmin),
  part('system:aggregate-to-edit', ['edit'], toEdit),
  part('system:aggregate-to-view', ['view'], toView),
  // Under the name that metrics-server gives it.
  part(
    'system:aggregated-metrics-reader',
    ['admin', 'edit', 'view'],
    [read('metrics.k8s.io', 'nodes', 'pods')],
  ),
];
