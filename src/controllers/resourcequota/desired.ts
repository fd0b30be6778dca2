/**
 * What the objects of a namespace use up of a quota.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import { kindNameOf } from '../../api/core/resourcequota/names.ts';
import { hardNames, totalOf } from '../../api/core/resourcequota/usage.ts';
import { canonicalQuantity, formatQuantity } from '../../api/quantity.ts';
import type { Resource } from '../../api/resource.ts';
import type { KubeObject, ResourceQuota } from '../../api/types.ts';

type Status = NonNullable<ResourceQuota['status']>;

/** Kinds whose objects are to be counted: `pods`, `deployments.apps`. */
export const kindNames = ({ spec }: ResourceQuota): ReadonlySet<string> =>
  new Set(
    Object.keys(spec?.hard ?? {})
      .map(kindNameOf)
      .filter((name) => name !== undefined),
  );

export interface Counted {
  resource: Resource;
  objects: readonly KubeObject[];
}

/** What nobody counts has no `used`. */
export function statusOf(quota: ResourceQuota, counted: readonly Counted[]): Status {
  const used: Record<string, string> = {};
  for (const { resource, objects } of counted) {
    const total = totalOf(quota, resource, objects);
    for (const name of hardNames(quota, resource)) {
      const quantity = total[name];
      used[name] = quantity ? formatQuantity(quantity) : '0';
    }
  }
  const hard = Object.entries(quota.spec?.hard ?? {}).map(([name, text]) => [name, canonicalQuantity(text)]);
  return { hard: Object.fromEntries(hard), used };
}
