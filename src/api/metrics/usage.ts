/**
 * What nodes and pods use right now. Nothing of it is stored: the agents are asked.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 */
import type { KubeObject } from '../types.ts';

/** `{cpu: 12345678n, memory: 4096Ki}` */
export type Usage = Record<'cpu' | 'memory', string>;

interface Measured extends KubeObject {
  /** The end of the time over which cpu was counted, RFC 3339. */
  timestamp?: string;
  /** How long that was: `15s`. */
  window?: string;
}

export interface NodeMetrics extends Measured {
  usage?: Usage;
}

export interface PodMetrics extends Measured {
  containers?: { name: string; usage: Usage }[];
}

export const metricsGroup = 'metrics.k8s.io';
