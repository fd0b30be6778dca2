/**
 * The one Endpoints object of a Service, for those who still read that. It shows one family, and pods
 * that end are not in it.
 * https://kubernetes.io/docs/concepts/services-networking/service/#endpoints
 */
import type { EndpointPort, Endpoints, Pod, Service } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { addressOf, familiesOf, hostnameOf, isEndpoint, portsOf } from '../endpoint.ts';
import { canonical } from '../hash.ts';
import { isReady, isTerminating } from '../pods.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

/** https://kubernetes.io/docs/concepts/services-networking/service/#over-capacity-endpoints */
const capacity = 1000;
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const headless = 'service.kubernetes.io/headless';

export function desired(
  service: Service,
  pods: readonly Pod[],
  before: Endpoints | undefined,
): Draft<Endpoints> {
  const { name, namespace = '', labels } = service.metadata;
  const { [overCapacity]: _, ...annotations } = before?.metadata.annotations ?? {};
  const { subsets, truncated } = subsetsOf(service, pods);
  const all = { ...annotations, ...(truncated && { [overCapacity]: 'truncated' }) };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...before?.metadata,
      name,
      namespace,
      labels: {
        ...labels,
        ...(service.spec?.clusterIP === 'None' && { [headless]: '' }),
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      },
      ...(Object.keys(all).length > 0 && { annotations: all }),
    },
    ...(subsets.length > 0 && { subsets }),
  };
}

interface Entry {
  address: Address;
  ports: EndpointPort[];
  ready: boolean;
}

function subsetsOf(service: Service, pods: readonly Pod[]): { subsets: Subset[]; truncated: boolean } {
  const entries = pods.map((pod) => entryOf(service, pod)).filter((entry) => entry !== undefined);
  // Those that are ready stay when there are too many.
  entries.sort((a, b) => Number(b.ready) - Number(a.ready) || (a.address.ip < b.address.ip ? -1 : 1));
  const subsets = new Map<string, Subset>();
  for (const { address, ports, ready } of entries.slice(0, capacity)) {
    const key = canonical(ports);
    const subset = subsets.get(key) ?? {};
    subsets.set(key, subset);
    if (ready) (subset.addresses ??= []).push(address);
    else (subset.notReadyAddresses ??= []).push(address);
    if (ports.length > 0) subset.ports = ports as NonNullable<Subset['ports']>;
  }
  const sorted = [...subsets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset);
  return { subsets: sorted, truncated: entries.length > capacity };
}

function entryOf(service: Service, pod: Pod): Entry | undefined {
  const isPublished = service.spec?.publishNotReadyAddresses === true;
  if (!isEndpoint(pod) || (isTerminating(pod) && !isPublished)) return undefined;
  const [family = 'IPv4'] = familiesOf(service);
  const ip = addressOf(pod, family);
  const ports = portsOf(service, pod).map(({ name, ...rest }) => (name ? { name, ...rest } : rest));
  if (!ip || (ports.length === 0 && service.spec?.ports?.length)) return undefined;
  const { name, namespace = '', uid = '' } = pod.metadata;
  const hostname = hostnameOf(service, pod);
  const address: Address = {
    ip,
    ...(hostname && { hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
  return { address, ports, ready: isPublished || isReady(pod) };
}
