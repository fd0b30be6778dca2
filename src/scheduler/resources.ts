/** What a pod asks a node for: cpu in thousandths, everything else in its own unit. */
import { milliOf } from '../api/quantity.ts';
import type { Container, Node, Pod } from '../api/types.ts';

export type Amounts = Readonly<Record<string, number>>;

const amountOf = (name: string, text: string): number =>
  name === 'cpu' ? Number(milliOf(text)) : Number(milliOf(text)) / 1000;

export function amounts(list: Record<string, string> | undefined): Amounts {
  return Object.fromEntries(Object.entries(list ?? {}).map(([name, text]) => [name, amountOf(name, text)]));
}

export const allocatableOf = (node: Node): Amounts =>
  amounts(node.status?.allocatable ?? node.status?.capacity);

/** For every name the result of `combine`; what is absent counts 0. */
function merge(a: Amounts, b: Amounts, combine: (x: number, y: number) => number): Amounts {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, combine(a[name] ?? 0, b[name] ?? 0)]));
}

export const add = (a: Amounts, b: Amounts): Amounts => merge(a, b, (x, y) => x + y);
export const subtract = (a: Amounts, b: Amounts): Amounts => merge(a, b, (x, y) => x - y);
const larger = (a: Amounts, b: Amounts): Amounts => merge(a, b, Math.max);

/**
 * Init containers run one after the other, before the containers and beside the sidecars that were
 * started until then; the pod needs the most that is needed at any time.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function requestsOf(pod: Pod, of: (container: Container) => Amounts = requestOf): Amounts {
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of pod.spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars = add(sidecars, of(container));
    peak = larger(peak, container.restartPolicy === 'Always' ? sidecars : add(sidecars, of(container)));
  }
  const running = (pod.spec?.containers ?? []).map(of).reduce(add, sidecars);
  return add(larger(peak, running), amounts(pod.spec?.overhead));
}

const requestOf = (container: Container): Amounts => amounts(container.resources?.requests);

/** Who asks for nothing is reckoned with this much, so that such pods spread too. */
const usual: Amounts = { cpu: 100, memory: 200 * 1024 * 1024 };

export const usualRequestsOf = (pod: Pod): Amounts =>
  requestsOf(pod, (container) => ({ ...usual, ...requestOf(container) }));
