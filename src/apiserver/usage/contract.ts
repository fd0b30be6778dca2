/** What is read of a kubelet's `/stats/summary`. */
export interface Stats {
  cpu?: {
    /** RFC 3339. */
    time: string;
    /** Billionths of a core, over the time before; absent where it was not counted yet. */
    usageNanoCores?: number;
    /** How long that time was. */
    windowSeconds?: number;
  };
  memory?: { workingSetBytes?: number };
}

export interface NodeUsage {
  node: Stats;
  pods: readonly {
    podRef: { name: string; namespace: string; uid: string };
    containers?: readonly (Stats & { name: string })[];
  }[];
}

/** Rejects when the node cannot be asked. */
export type AskUsage = (nodeName: string, signal: AbortSignal) => Promise<NodeUsage>;
