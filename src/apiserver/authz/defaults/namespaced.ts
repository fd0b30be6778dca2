/** Roles in the cluster's own namespaces. */
import { rbacGroup, roleKind } from '../../../api/rbac/words.ts';
import type { PolicyRule, Role, RoleBinding, Subject } from '../../../api/types.ts';
import { serviceAccount, user } from './bindings.ts';
import { only, read, rule, writeEvents } from './words.ts';

const role = (namespace: string, name: string, ...rules: PolicyRule[]): Role => ({
  metadata: { name, namespace },
  rules,
});

const bind = (namespace: string, name: string, to: string, ...subjects: Subject[]): RoleBinding => ({
  metadata: { name, namespace },
  roleRef: { apiGroup: rbacGroup, kind: roleKind, name: to },
  subjects,
});

const system = 'kube-system';
const open = 'kube-public';
const authentication = 'extension-apiserver-authentication-reader';
const signer = 'system:controller:bootstrap-signer';
const cleaner = 'system:controller:token-cleaner';
const provider = 'system:controller:cloud-provider';
const leader = (component: string) => `system::leader-locking-${component}`;
const components = ['kube-controller-manager', 'kube-scheduler'];

export const namespacedRoles: Role[] = [
  role(system, authentication, only(read('', 'configmaps'), 'extension-apiserver-authentication')),
  role(system, signer, read('', 'secrets')),
  role(system, provider, rule('create get list watch', '', 'configmaps')),
  role(system, cleaner, rule('delete get list watch', '', 'secrets'), writeEvents),
  ...components.map((component) =>
    role(
      system,
      leader(component),
      rule('create get list update watch', 'coordination.k8s.io', 'leases', 'leasecandidates'),
    ),
  ),
  role(
    open,
    signer,
    read('', 'configmaps'),
    only(rule('update', '', 'configmaps'), 'cluster-info'),
    writeEvents,
  ),
];

export const namespacedBindings: RoleBinding[] = [
  bind(
    system,
    'system::extension-apiserver-authentication-reader',
    authentication,
    ...components.map((component) => user(`system:${component}`)),
  ),
  bind(system, signer, signer, serviceAccount(system, 'bootstrap-signer')),
  bind(system, provider, provider, serviceAccount(system, 'cloud-provider')),
  bind(system, cleaner, cleaner, serviceAccount(system, 'token-cleaner')),
  ...components.map((component) =>
    bind(
      system,
      leader(component),
      leader(component),
      user(`system:${component}`),
      serviceAccount(system, component),
    ),
  ),
  bind(open, signer, signer, serviceAccount(system, 'bootstrap-signer')),
];
