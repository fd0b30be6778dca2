/**
 * What a pod may be told of itself.
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
import { parseQuantity } from '../../../api/quantity.ts';
import type { Container, Pod } from '../../../api/types.ts';

export interface Addresses {
  podIPs: readonly string[];
  hostIPs: readonly string[];
}

const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/;

/** Throws on a path that is not offered. */
export function fieldValue(pod: Pod, path: string, { podIPs, hostIPs }: Addresses): string {
  const [, map, key = ''] = subscript.exec(path) ?? [];
  if (map) return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return mapLines(pod.metadata.labels);
    case 'metadata.annotations':
      return mapLines(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.podIP':
      return podIPs[0] ?? '';
    case 'status.podIPs':
      return podIPs.join(',');
    case 'status.hostIP':
      return hostIPs[0] ?? '';
    case 'status.hostIPs':
      return hostIPs.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/** `key="value"`, a line each, as a downwardAPI volume shows a whole map. */
function mapLines(map: Record<string, string> = {}): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** `limits.cpu` and the like in units of the divisor, rounded up; a limit that is not set is what the node has. */
export function resourceValue(
  container: Container,
  resource: string,
  divisor: string | undefined,
  allocatable: Record<string, string>,
): string {
  const [kind, ...rest] = resource.split('.');
  const name = rest.join('.');
  if ((kind !== 'limits' && kind !== 'requests') || name === '')
    throw new Error(`unsupported container resource: ${resource}`);
  const set = container.resources?.[kind]?.[name];
  const value = set ?? (kind === 'limits' ? allocatable[name] : undefined) ?? '0';
  const unit = divisor && divisor !== '0' ? parseQuantity(divisor).milli : 1000n;
  const amount = parseQuantity(value).milli;
  return `${(amount + unit - 1n) / unit}`;
}
