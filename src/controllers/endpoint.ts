/**
 * One pod as an endpoint of a Service, and the ports it serves there.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
 */
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointPort, Node, Pod, Service, ServicePort } from '../api/types.ts';
import { isReady, isTerminal, isTerminating } from './pods.ts';

export type Family = 'IPv4' | 'IPv6';

const zoneLabel = 'topology.kubernetes.io/zone';

export const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4');

/** The pod's address of this family. */
export const addressOf = (pod: Pod, family: Family): string | undefined =>
  addressesOf(pod).find((ip) => familyOf(ip) === family);

const addressesOf = (pod: Pod): string[] =>
  pod.status?.podIPs?.map((p) => p.ip) ?? (pod.status?.podIP ? [pod.status.podIP] : []);

/** Whether the pod stands in the slices at all; ready or not is said by its conditions. */
export const isEndpoint = (pod: Pod): boolean => !isTerminal(pod) && addressesOf(pod).length > 0;

export function endpointOf(
  service: Service,
  pod: Pod,
  address: string,
  nodeOf: (name: string) => Node | undefined,
): Endpoint {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName ? nodeOf(nodeName)?.metadata.labels?.[zoneLabel] : undefined;
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostnameOf(service, pod) && { hostname: hostnameOf(service, pod) as string }),
    ...(nodeName && { nodeName }),
    targetRef: { kind: 'Pod', name, namespace, uid },
    ...(zone && { zone }),
  };
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields */
export const hostnameOf = (service: Service, pod: Pod): string | undefined =>
  pod.spec?.subdomain === service.metadata.name ? pod.spec.hostname || undefined : undefined;

/** The Service's ports as this pod serves them; a named targetPort that the pod does not have is left out. */
export function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const result: EndpointPort[] = [];
  for (const port of service.spec?.ports ?? []) {
    const number = targetPortOf(port, pod);
    if (number === undefined) continue;
    result.push({
      name: port.name ?? '',
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(port.appProtocol && { appProtocol: port.appProtocol }),
    });
  }
  return result;
}

function targetPortOf({ port, targetPort, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  // The types of the model leave open what an IntOrString is.
  const target: unknown = targetPort ?? port;
  if (typeof target === 'number') return target || port;
  const name = String(target);
  // Sidecars (init containers that stay) serve ports too.
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  const named = [...(pod.spec?.containers ?? []), ...sidecars]
    .flatMap((c) => c.ports ?? [])
    .find((p) => p.name === name && (p.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}

/** Families of the Service's addresses; for one that nobody has defaulted yet, that of its address. */
export function familiesOf(service: Service): Family[] {
  const families = service.spec?.ipFamilies as Family[] | undefined;
  if (families && families.length > 0) return families;
  const { clusterIP } = service.spec ?? {};
  return clusterIP && clusterIP !== 'None' ? [familyOf(clusterIP)] : ['IPv4'];
}

/** False when nothing that an endpoint says has changed between the two. */
export function differs(a: Pod | undefined, b: Pod | undefined): boolean {
  if (!a || !b) return true;
  return (
    isReady(a) !== isReady(b) ||
    isTerminating(a) !== isTerminating(b) ||
    isTerminal(a) !== isTerminal(b) ||
    a.spec?.nodeName !== b.spec?.nodeName ||
    addressesOf(a).join() !== addressesOf(b).join() ||
    !isDeepStrictEqual(a.metadata.labels, b.metadata.labels)
  );
}
