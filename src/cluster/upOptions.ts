import type { AuditPolicy } from '../apiserver/audit/policy.ts';
import type { NetworkOptions } from './network/network.ts';

/** What may be asked of a cluster that comes up. */
export interface UpOptions {
  name: string;
  /** How many nodes; those that it has, or one, when left out. */
  nodes?: number;
  hermetic: boolean;
  /** Which addresses; those that it has, or the usual ones, when left out. */
  network?: NetworkOptions;
  /** What LoadBalancer addresses come from; what it has, or the usual ones, when left out. */
  loadBalancerPool?: string[];
  /** What is written down of requests; what the cluster has, or nothing, when left out. */
  auditPolicy?: AuditPolicy;
  /** Where the administrator's context goes; the user's own kubeconfig when left out. */
  kubeconfig?: string;
}
