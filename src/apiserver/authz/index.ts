/**
 * The cluster's authorizer: administrators, then what a kubelet may do for its pods, then roles.
 *
 * Two things stand in code and nowhere else. `system:masters` may do everything, so that whoever holds an
 * administrator's certificate can repair roles that lock everybody out. And a kubelet's rights follow from
 * its pods, which no role can say. All other rights are objects, from the first request on (`seed.ts`).
 */
import type { Attributes } from './contract.ts';
import { defaultPolicy } from './defaults/index.ts';
import { nodeRules } from './defaults/node.ts';
import { everything } from './defaults/words.ts';
import type { Following } from './follow.ts';
import { decideForNode, nodeNameOf } from './node.ts';
import { type NodeGraph, nodeGraph } from './nodeGraph.ts';
import { createAuthorizer, type RbacAuthorizer } from './rbac.ts';
import { type RoleIndex, roleIndex } from './roleIndex.ts';

export const mastersGroup = 'system:masters';

export interface ClusterAuthorizerDeps {
  /** Those of the default policy when absent. */
  roles?: RoleIndex;
  /** Of a cluster without pods when absent. */
  graph?: NodeGraph;
  following?: Following;
}

export interface ClusterAuthorizer extends RbacAuthorizer {
  rulesOf(...args: Parameters<RoleIndex['rulesOf']>): ReturnType<RoleIndex['rulesOf']>;
}

export function clusterAuthorizer(deps: ClusterAuthorizerDeps = {}): ClusterAuthorizer {
  const { roles = defaultRoles(), graph = nodeGraph(), following } = deps;
  const rbac = createAuthorizer([roles.grants]);
  return {
    authorize(attributes) {
      if (attributes.user.groups.includes(mastersGroup)) return { allowed: true, reason: '' };
      const forNode = nodeDecision(attributes, graph);
      if (forNode?.allowed) return forNode;
      const decision = rbac.authorize(attributes);
      if (decision.allowed || !forNode?.reason) return decision;
      return { allowed: false, reason: `${decision.reason}: ${forNode.reason}` };
    },
    rulesFor(user, namespace) {
      if (user.groups.includes(mastersGroup)) return { rules: everything, incomplete: false };
      const { rules } = rbac.rulesFor(user, namespace);
      if (nodeNameOf(user) === undefined) return { rules, incomplete: false };
      return { rules: [...nodeRules, ...rules], incomplete: true };
    },
    rulesOf: (roleRef, namespace) => roles.rulesOf(roleRef, namespace),
    caughtUp: () => following?.caughtUp(),
  };
}

function nodeDecision(attributes: Attributes, graph: NodeGraph) {
  const nodeName = nodeNameOf(attributes.user);
  return nodeName === undefined ? undefined : decideForNode(attributes, nodeName, graph);
}

export function defaultRoles(): RoleIndex {
  const index = roleIndex();
  for (const object of defaultPolicy()) index.set(object);
  return index;
}
