/** The authorizer over what is in the store: roles, bindings, and the pods that lead nodes to objects. */
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/contract.ts';
import { type Ids, randomIds } from '../object/ids.ts';
import { type Follower, follow } from './follow.ts';
import { type ClusterAuthorizer, clusterAuthorizer } from './index.ts';
import { nodeGraph } from './nodeGraph.ts';
import { roleIndex } from './roleIndex.ts';
import { seedPolicy } from './seed.ts';

/**
 * Resolves when the first request can be decided: the default policy is there. `others` follow the same
 * watch, so that they too know every acknowledged write when a request is decided.
 */
export async function startAuthorizer(
  store: Store,
  clock: Clock,
  ids: Ids = randomIds,
  others: readonly Follower[] = [],
): Promise<ClusterAuthorizer> {
  await seedPolicy({ store, clock, ids });
  const roles = roleIndex();
  const graph = nodeGraph();
  const following = await follow(store, [roles, graph, ...others], clock);
  return clusterAuthorizer({ roles, graph, following });
}
