/** Users and groups that Kubernetes itself gives out. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
import type { User } from '../contract.ts';

export const authenticatedGroup = 'system:authenticated';
export const unauthenticatedGroup = 'system:unauthenticated';

export const anonymous: User = { name: 'system:anonymous', groups: [unauthenticatedGroup] };

export const serviceAccountPrefix = 'system:serviceaccount:';

export function serviceAccountUserName(namespace: string, name: string): string {
  return `${serviceAccountPrefix}${namespace}:${name}`;
}

/** Namespace and name of the service account that this user name stands for. */
export function serviceAccountOf(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace, name, ...more] = userName.slice(serviceAccountPrefix.length).split(':');
  return namespace && name && more.length === 0 ? { namespace, name } : undefined;
}

export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
