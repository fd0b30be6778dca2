/** What a whole pod asks for and is limited to, as quotas and limit ranges reckon it. */
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../quantity.ts';
import type { Container, PodSpec } from '../../types.ts';

export type Quantities = Readonly<Record<string, Quantity>>;

export const quantities = (texts: Readonly<Record<string, string>> | undefined): Quantities =>
  Object.fromEntries(Object.entries(texts ?? {}).map(([name, text]) => [name, parseQuantity(text)]));

type Combine = (a: Quantity, b: Quantity) => Quantity;

/** For names that both have the result of `combine`, and what only one of them has. */
function merged(a: Quantities, b: Quantities, combine: Combine): Quantities {
  const result: Record<string, Quantity> = { ...a };
  for (const [name, quantity] of Object.entries(b)) {
    const other = a[name];
    result[name] = other ? combine(other, quantity) : quantity;
  }
  return result;
}

export const plus = (a: Quantities, b: Quantities): Quantities => merged(a, b, addQuantities);
const larger = (a: Quantities, b: Quantities): Quantities =>
  merged(a, b, (x, y) => (compareQuantities(x, y) < 0 ? y : x));

/**
 * Init containers run one after the other, beside the sidecars that were started until then.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podAmounts(spec: PodSpec | undefined, of: 'requests' | 'limits'): Quantities {
  const own = (container: Container) => quantities(container.resources?.[of]);
  let sidecars: Quantities = {};
  let peak: Quantities = {};
  for (const container of spec?.initContainers ?? []) {
    const beside = plus(sidecars, own(container));
    if (container.restartPolicy === 'Always') sidecars = beside;
    peak = larger(peak, beside);
  }
  const running = (spec?.containers ?? []).map(own).reduce(plus, sidecars);
  const all = larger(peak, running);
  const overhead = quantities(spec?.overhead);
  if (of === 'requests') return plus(all, overhead);
  // What has no limit has none with an overhead either.
  return plus(all, Object.fromEntries(Object.entries(overhead).filter(([name]) => name in all)));
}
