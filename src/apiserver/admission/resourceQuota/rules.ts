/** Whether a quota has room for an object, in Kubernetes' words when not. */
import type { Quantities } from '../../../api/core/pod/amounts.ts';
import { formatQuantity, parseQuantity, type Quantity } from '../../../api/quantity.ts';
import type { Pod, ResourceQuota } from '../../../api/types.ts';

/** What more is used than before, of what the quota is about; nothing when it is not more. */
export function increase(names: readonly string[], now: Quantities, before: Quantities): Quantities {
  const more: Record<string, Quantity> = {};
  for (const name of names) {
    const quantity = now[name];
    const added = (quantity?.milli ?? 0n) - (before[name]?.milli ?? 0n);
    if (quantity && added > 0n) more[name] = { ...quantity, milli: added };
  }
  return more;
}

/** `exceeded quota: x, requested: pods=1, used: pods=2, limited: pods=2`; nothing when there is room. */
export function excess(quota: ResourceQuota, requested: Quantities, used: Quantities): string | undefined {
  const hard = quota.spec?.hard ?? {};
  const exceeded = Object.keys(requested)
    .filter((name) => {
      const total = (used[name]?.milli ?? 0n) + (requested[name]?.milli ?? 0n);
      return total > parseQuantity(hard[name] ?? '0').milli;
    })
    .toSorted();
  if (exceeded.length === 0) return undefined;
  const list = (of: (name: string) => string) => exceeded.map((name) => `${name}=${of(name)}`).join(',');
  const text = (quantity: Quantity | undefined) => (quantity ? formatQuantity(quantity) : '0');
  return [
    `exceeded quota: ${quota.metadata.name}`,
    `requested: ${list((name) => text(requested[name]))}`,
    `used: ${list((name) => text(used[name]))}`,
    `limited: ${list((name) => text(parseQuantity(hard[name] ?? '0')))}`,
  ].join(', ');
}

/** What every container must say when there is a quota on it. */
const explicit = /^(?:(requests|limits)\.)?(cpu|memory)$/;

/** `failed quota: x: must specify limits.cpu for: web`; nothing when all is said. */
export function unsaid(quota: ResourceQuota, { spec }: Pod): string | undefined {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const missing = Object.keys(quota.spec?.hard ?? {})
    .toSorted()
    .flatMap((name) => {
      const [found, list = 'requests', resource = ''] = explicit.exec(name) ?? [];
      if (!found) return [];
      const silent = containers
        .filter(({ resources }) => !resources?.[list === 'limits' ? 'limits' : 'requests']?.[resource])
        .map((container) => container.name)
        .toSorted();
      return silent.length > 0 ? [`${name} for: ${silent.join(',')}`] : [];
    });
  return missing.length > 0
    ? `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`
    : undefined;
}
