/**
 * The roles and bindings that every cluster begins with. Names and contents follow Kubernetes' own where
 * it has them. Roles of single controllers are left out: ours run as one identity.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
import { aggregatedRules } from '../../../api/rbac/aggregate.ts';
import { autoUpdateAnnotation, bootstrapLabel } from '../../../api/rbac/words.ts';
import {
  apiVersionOf,
  clusterRoleBindings,
  clusterRoles,
  type Resource,
  roleBindings,
  roles,
} from '../../../api/resource.ts';
import type { ClusterRole, KubeObject } from '../../../api/types.ts';
import { clusterBindings } from './bindings.ts';
import { namespacedBindings, namespacedRoles } from './namespaced.ts';
import { peoplesRoles } from './people.ts';
import { systemRoles } from './system.ts';

export function defaultPolicy(): KubeObject[] {
  return [
    ...marked(clusterRoles, aggregated([...peoplesRoles, ...systemRoles])),
    ...marked(clusterRoleBindings, clusterBindings),
    ...marked(roles, namespacedRoles),
    ...marked(roleBindings, namespacedBindings),
  ];
}

/** As the controller will have it, so that nobody waits for it; parts come before what is made of them. */
function aggregated(all: readonly ClusterRole[]): ClusterRole[] {
  let known = [...all];
  for (const name of ['view', 'edit', 'admin'])
    known = known.map((role) => {
      const rules = role.metadata.name === name ? aggregatedRules(role, known) : undefined;
      return rules ? { ...role, rules } : role;
    });
  return known;
}

const marked = (resource: Resource, objects: readonly KubeObject[]): KubeObject[] =>
  objects.map((object) => ({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...object,
    metadata: {
      ...object.metadata,
      labels: { [bootstrapLabel]: 'rbac-defaults', ...object.metadata.labels },
      annotations: { [autoUpdateAnnotation]: 'true' },
    },
  }));
