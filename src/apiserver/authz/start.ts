/** The authorizer over what is in the store: roles, bindings, and the pods that lead nodes to objects. */
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/contract.ts';
import { type Ids, randomIds } from '../ids.ts';
import { follow } from './follow.ts';
import { type ClusterAuthorizer, clusterAuthorizer } from './index.ts';
import { nodeGraph } from './nodeGraph.ts';
import { roleIndex } from './roleIndex.ts';
import { seedPolicy } from './seed.ts';

/** Resolves when the first request can be decided: the default policy is there. */
export async function startAuthorizer(
  store: Store,
  clock: Clock,
  ids: Ids = randomIds,
): Promise<ClusterAuthorizer> {
  await seedPolicy({ store, clock, ids });
  const roles = roleIndex();
  const graph = nodeGraph();
  const following = await follow(store, [roles, graph], clock);
  return clusterAuthorizer({ roles, graph, following });
}
