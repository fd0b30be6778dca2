/**
 * The controllers of the control plane. Each reads and writes only through the API; of several control
 * planes, the one that holds the Lease runs them.
 */
import type { Client } from '../client/contract.ts';
import { lead } from '../client/leader.ts';
import type { Informers } from '../client/shared.ts';
import type { Clock } from '../lib/clock.ts';
import { bootstrap } from './bootstrap.ts';
import { bootstrapTokenControllers } from './bootstraptokens/index.ts';
import { certificateControllers } from './certificates/index.ts';
import { clusterRoleAggregation } from './clusterroleaggregation/index.ts';
import type { ControllerConfig } from './config.ts';
import { cronJob } from './cronjob/index.ts';
import { daemonSet } from './daemonset/index.ts';
import { deployment } from './deployment/index.ts';
import { disruption } from './disruption/index.ts';
import { endpointsController } from './endpoints/index.ts';
import { endpointSlice } from './endpointslice/index.ts';
import { unmatchedServices } from './endpointslice/unmatched.ts';
import { unservedSlices } from './endpointslice/unserved.ts';
import { endpointSliceMirroring } from './endpointslicemirroring/index.ts';
import { ephemeralVolume } from './ephemeralvolume/index.ts';
import { garbageCollector } from './garbagecollector/index.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler/index.ts';
import { ingressStart } from './ingressstart/index.ts';
import { ipAllocatorRepair } from './ipallocator/index.ts';
import { job } from './job/index.ts';
import { kubernetesService } from './kubernetes/index.ts';
import { loadBalancer } from './loadbalancer/index.ts';
import { type Controller, run } from './loop.ts';
import { namespace } from './namespace/index.ts';
import { nodeLifecycle } from './nodelifecycle/index.ts';
import { persistentVolume } from './persistentvolume/index.ts';
import { podCIDR } from './podcidr/index.ts';
import { podGarbage } from './podgc/index.ts';
import { claimProtection, volumeProtection } from './protection/index.ts';
import { replicaSet } from './replicaset/index.ts';
import { replicationController } from './replicationcontroller/index.ts';
import { resourceQuota } from './resourcequota/index.ts';
import { serviceController } from './service/index.ts';
import { serviceAccount } from './serviceaccount/index.ts';
import { serviceAccountToken } from './serviceaccounttoken/index.ts';
import { serviceCIDRController } from './servicecidrs/index.ts';
import { statefulSet } from './statefulset/index.ts';
import { taintEviction } from './tainteviction/index.ts';
import { ttlAfterFinished } from './ttlafterfinished/index.ts';

/** What a node waits for when a cluster comes up stands first. */
export const controllers: readonly Controller[] = [
  podCIDR,
  serviceAccount,
  kubernetesService,
  endpointSlice,
  endpointSliceMirroring,
  serviceCIDRController,
  loadBalancer,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  job,
  cronJob,
  ttlAfterFinished,
  replicationController,
  horizontalPodAutoscaler,
  nodeLifecycle,
  namespace,
  endpointsController,
  unmatchedServices,
  unservedSlices,
  serviceController,
  ipAllocatorRepair,
  garbageCollector,
  taintEviction,
  disruption,
  resourceQuota,
  podGarbage,
  clusterRoleAggregation,
  serviceAccountToken,
  persistentVolume,
  claimProtection,
  volumeProtection,
  ephemeralVolume,
  ingressStart,
  ...bootstrapTokenControllers,
  ...certificateControllers,
];

export const leaseName = 'switchboard-controllers';

export interface ControllersOptions {
  client: Client;
  /** One set for the whole process, shared with the scheduler. */
  informers: Informers;
  config: ControllerConfig;
  clock: Clock;
  signal: AbortSignal;
}

/** Runs until the signal; resolves when the Lease has been given back. */
export async function startControllers({ config, ...rest }: ControllersOptions): Promise<void> {
  const { client, clock, signal } = rest;
  await bootstrap(client, clock, signal);
  await lead({ client, name: leaseName, identity: config.identity, clock, signal }, (term) => {
    for (const controller of controllers) run(controller, { ...rest, config, signal: term });
  });
}
