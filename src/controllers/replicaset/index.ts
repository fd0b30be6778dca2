import { replicaSets } from '../../api/resource.ts';
import type { ReplicaSet } from '../../api/types.ts';
import type { Controller } from '../loop.ts';
import { replicas } from './replicas.ts';

export const replicaSet: Controller = replicas<ReplicaSet>({
  name: 'replicaset-controller',
  resource: replicaSets,
  asSet: (set) => set,
  withStatus: (set, status) => ({ ...set, status }),
});
