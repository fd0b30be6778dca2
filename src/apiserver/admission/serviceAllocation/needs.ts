/** What a Service of a type has. */
import type { Service } from '../../../api/types.ts';

export type ServiceSpec = NonNullable<Service['spec']>;

export const isHeadless = (spec: ServiceSpec) => spec.clusterIP === 'None';
export const needsClusterIP = (spec: ServiceSpec) => spec.type !== 'ExternalName';
export const needsNodePort = (spec: ServiceSpec) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
export const needsHealthCheckNodePort = (spec: ServiceSpec) =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** The node ports of the Service's ports, each number once. */
export const nodePortsOf = (spec: ServiceSpec): Set<number> =>
  new Set(spec.ports?.map((port) => port.nodePort ?? 0).filter((port) => port > 0));

/** What the Service holds of the ranges. */
export function holdings(spec: ServiceSpec | undefined): { ips: Set<string>; ports: Set<number> } {
  const ips = new Set<string>();
  const ports = new Set<number>();
  if (!spec || !needsClusterIP(spec)) return { ips, ports };
  for (const ip of spec.clusterIPs ?? []) if (ip && ip !== 'None') ips.add(ip);
  if (needsNodePort(spec)) for (const port of nodePortsOf(spec)) ports.add(port);
  if (needsHealthCheckNodePort(spec) && spec.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
  return { ips, ports };
}
