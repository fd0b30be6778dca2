/**
 * Keeps the rules of ClusterRoles that are made of others. A role of such parts may itself be a part: its
 * own change then leads here again.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
import { clusterRoles } from '../../api/resource.ts';
import type { ClusterRole } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import type { Controller } from '../loop.ts';
import { affected, withRules } from './desired.ts';

export const clusterRoleAggregation: Controller = {
  name: 'clusterrole-aggregation-controller',
  start(context) {
    const { client } = context;
    const known: Informer<ClusterRole> = context.watch(clusterRoles, (now, before) =>
      affected(
        [now, before].filter((role) => role !== undefined),
        known.list(),
      ),
    );
    return async (name) => {
      const role = known.get(name);
      const next = role && withRules(role, known.list());
      if (next) await client.update(clusterRoles, next);
    };
  },
};
