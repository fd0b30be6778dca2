/**
 * The cluster as the scheduler sees it: every node with the pods on it, kept up with every change. Pods
 * that were just assigned count at once, before the API has told of it.
 */
import { type HostPort, hostPortsOf } from '../api/core/pod/hostPorts.ts';
import type { Node, Pod } from '../api/types.ts';
import { keyOf } from '../client/contract.ts';
import { type Amounts, add, allocatableOf, requestsOf, subtract, usualRequestsOf } from './resources.ts';

/** A pod with what every decision asks about it, reckoned once. */
export interface PodInfo {
  pod: Pod;
  key: string;
  requests: Amounts;
  usualRequests: Amounts;
  hostPorts: HostPort[];
}

export interface NodeInfo {
  name: string;
  node: Node;
  allocatable: Amounts;
  requested: Amounts;
  usualRequested: Amounts;
  pods: Map<string, PodInfo>;
}

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    key: keyOf(pod),
    requests: requestsOf(pod),
    usualRequests: usualRequestsOf(pod),
    hostPorts: hostPortsOf(pod.spec),
  };
}

export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>();
  /** Pods of nodes that are not known (yet). */
  readonly #waiting = new Map<string, Map<string, PodInfo>>();
  readonly #places = new Map<string, string>();
  /** Pods that keep others away, wherever they are. */
  readonly #repelling = new Map<string, { node: string; info: PodInfo }>();

  /** In the order in which they came. */
  nodes(): NodeInfo[] {
    return [...this.#nodes.values()];
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Pods with a required anti-affinity, and the nodes they are on. */
  *repelling(): Iterable<{ node: NodeInfo; info: PodInfo }> {
    for (const { node, info } of this.#repelling.values()) {
      const found = this.#nodes.get(node);
      if (found) yield { node: found, info };
    }
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const known = this.#nodes.get(name);
    const allocatable = allocatableOf(node);
    if (known) {
      known.node = node;
      known.allocatable = allocatable;
      return;
    }
    const made = { name, node, allocatable, requested: {}, usualRequested: {}, pods: new Map() };
    this.#nodes.set(name, made);
    for (const info of this.#waiting.get(name)?.values() ?? []) put(made, info);
    this.#waiting.delete(name);
  }

  removeNode(name: string): void {
    const known = this.#nodes.get(name);
    if (known && known.pods.size > 0) this.#waiting.set(name, known.pods);
    this.#nodes.delete(name);
  }

  /** The pod is on this node now; if it was counted already, it is counted anew. */
  setPod(info: PodInfo, node: string): void {
    this.removePod(info.key);
    this.#places.set(info.key, node);
    if (info.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length)
      this.#repelling.set(info.key, { node, info });
    const known = this.#nodes.get(node);
    if (known) return put(known, info);
    const waiting = this.#waiting.get(node) ?? new Map<string, PodInfo>();
    this.#waiting.set(node, waiting.set(info.key, info));
  }

  /** Whether the pod is on a node, or will be in a moment. */
  hasPlace(key: string): boolean {
    return this.#places.has(key);
  }

  removePod(key: string): void {
    const node = this.#places.get(key);
    if (node === undefined) return;
    this.#places.delete(key);
    this.#repelling.delete(key);
    const known = this.#nodes.get(node);
    const info = known?.pods.get(key);
    if (known && info) {
      known.pods.delete(key);
      known.requested = subtract(known.requested, info.requests);
      known.usualRequested = subtract(known.usualRequested, info.usualRequests);
    }
    this.#waiting.get(node)?.delete(key);
  }
}

function put(node: NodeInfo, info: PodInfo): void {
  node.pods.set(info.key, info);
  node.requested = add(node.requested, info.requests);
  node.usualRequested = add(node.usualRequested, info.usualRequests);
}
