/** https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/ */
import { replicationControllers } from '../../api/resource.ts';
import type { ReplicationController } from '../../api/types.ts';
import type { Controller } from '../loop.ts';
import { replicas } from '../replicaset/replicas.ts';

export const replicationController: Controller = replicas<ReplicationController>({
  name: 'replication-controller',
  resource: replicationControllers,
  asSet: ({ metadata, spec, status }) => {
    const { selector, template, ...rest } = spec ?? {};
    return {
      metadata,
      spec: { ...rest, selector: { matchLabels: selector ?? {} }, ...(template && { template }) },
      ...(status && { status }),
    };
  },
  withStatus: (object, { terminatingReplicas: _, ...status }) => ({ ...object, status }),
});
