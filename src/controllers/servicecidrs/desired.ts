/**
 * What becomes of a ServiceCIDR: it is Ready, or it waits until no address needs its ranges any more.
 * https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/
 */
import { isDeepStrictEqual } from 'node:util';
import type { IPAddress, ServiceCIDR } from '../../api/types.ts';
import { type Cidr, contains, isAddress, parseAddress, parseCidr } from '../../lib/ip.ts';
import { withCondition } from '../conditions.ts';

export const defaultName = 'kubernetes';
export const finalizer = 'networking.k8s.io/service-cidr-finalizer';

type Conditions = NonNullable<NonNullable<ServiceCIDR['status']>['conditions']>;

export const isDeleted = ({ metadata }: ServiceCIDR): boolean => metadata.deletionTimestamp !== undefined;

const rangesOf = (cidrs: readonly ServiceCIDR[]): Cidr[] =>
  cidrs.flatMap(({ spec }) => spec?.cidrs ?? []).map(parseCidr);

/** Whether an address in use is in this ServiceCIDR, and in no other that stays. */
export function isNeeded(
  cidr: ServiceCIDR,
  all: readonly ServiceCIDR[],
  addresses: Iterable<IPAddress>,
): boolean {
  const own = rangesOf([cidr]);
  const others = rangesOf(all.filter((c) => c.metadata.name !== cidr.metadata.name && !isDeleted(c)));
  for (const { metadata } of addresses) {
    if (!isAddress(metadata.name)) continue;
    const ip = parseAddress(metadata.name);
    const isIn = (ranges: readonly Cidr[]) => ranges.some((range) => contains(range, ip));
    if (isIn(own) && !isIn(others)) return true;
  }
  return false;
}

/**
 * What the ServiceCIDR of the cluster is beside the ranges that the control plane was given: the first of
 * them alone can get the second, anything else is for people to settle.
 */
export function comparedWith(
  { spec }: ServiceCIDR,
  configured: readonly string[],
): 'same' | 'first of two' | 'different' {
  const cidrs = spec?.cidrs ?? [];
  if (isDeepStrictEqual(cidrs, configured)) return 'same';
  const isFirst = cidrs.length === 1 && configured.length === 2 && cidrs[0] === configured[0];
  return isFirst ? 'first of two' : 'different';
}

export const inconsistent = ({ spec }: ServiceCIDR, configured: readonly string[]) => ({
  reason: 'KubernetesDefaultServiceCIDRInconsistent',
  message: `The default ServiceCIDR [${spec?.cidrs?.join(' ')}] does not match the controller flag configurations [${configured.join(' ')}]`,
});

export function conditionsOf({ status, ...cidr }: ServiceCIDR, now: number): Conditions {
  const next = isDeleted(cidr as ServiceCIDR)
    ? {
        status: 'False',
        reason: 'Terminating',
        message:
          'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      }
    : { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' };
  return withCondition(
    status?.conditions as Condition[] | undefined,
    { type: 'Ready', ...next },
    now,
  ) as unknown as Conditions;
}

/** As the API gives it out; the types of the model have dates in it. */
interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime?: string;
}
