/** The cluster's authorizer: the default policy and what nodes may do; `more` adds sources such as role objects. */
import type { User } from '../contract.ts';
import { nodeGrants } from './node.ts';
import { policy } from './policy.ts';
import { createAuthorizer, type Grant, type GrantSource, type RbacAuthorizer, type Subject } from './rbac.ts';

export function clusterAuthorizer(more: readonly GrantSource[] = []): RbacAuthorizer {
  return createAuthorizer([grantsBySubject(policy), nodeGrants, ...more]);
}

/** A source over fixed grants that finds those of a user without walking over all. */
export function grantsBySubject(grants: readonly Grant[]): GrantSource {
  const byKey = new Map<string, Grant[]>();
  for (const grant of grants) {
    for (const key of new Set(grant.subjects.map(subjectKey))) {
      byKey.set(key, [...(byKey.get(key) ?? []), grant]);
    }
  }
  return (user: User) => {
    const keys = [`User ${user.name}`, ...user.groups.map((g) => `Group ${g}`)];
    return new Set(keys.flatMap((key) => byKey.get(key) ?? []));
  };
}

const subjectKey = ({ kind, name, namespace }: Subject) =>
  kind === 'ServiceAccount' ? `User system:serviceaccount:${namespace}:${name}` : `${kind} ${name}`;
