/** Requests and limits in the kernel's terms. */
import { parseQuantity } from '../../../api/quantity.ts';
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerConfig } from '../../contract.ts';

type Amounts = Record<string, string> | undefined;

const milli = (amounts: Amounts, name: string): number | undefined =>
  amounts?.[name] === undefined ? undefined : Number(parseQuantity(amounts[name]).milli);

const bytes = (amounts: Amounts): number | undefined => {
  const found = milli(amounts, 'memory');
  return found === undefined ? undefined : Math.ceil(found / 1000);
};

const quotaPerMilliCpuUs = 100;

export function kernelLimits({ resources }: Container): ContainerConfig['resources'] {
  const request = milli(resources?.requests, 'cpu') ?? milli(resources?.limits, 'cpu') ?? 0;
  const cpuLimit = milli(resources?.limits, 'cpu') ?? 0;
  const memoryBytes = bytes(resources?.limits) ?? 0;
  return {
    cpuShares: Math.min(Math.max(2, Math.floor((request * 1024) / 1000)), 262_144),
    // The kernel takes no quota below a millisecond.
    ...(cpuLimit > 0 && { cpuQuotaUs: Math.max(1000, cpuLimit * quotaPerMilliCpuUs) }),
    ...(memoryBytes > 0 && { memoryBytes }),
  };
}

const criticalPriority = 2_000_000_000;

/** Who is killed first when the node runs out of memory: the higher, the sooner. */
export function oomScoreAdjust(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec?.priority ?? 0) >= criticalPriority) return -997;
  const qos = pod.status?.qosClass ?? 'BestEffort';
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const requested = bytes(container.resources?.requests) ?? 0;
  const share = 1000 - Math.floor((1000 * requested) / nodeMemoryBytes);
  return Math.min(Math.max(3, share), 999);
}
