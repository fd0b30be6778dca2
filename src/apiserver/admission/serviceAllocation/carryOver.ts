/**
 * An update seldom says what the cluster once chose: whoever applies the same manifest again must not lose
 * the Service's address and ports. And who changes the type need not first unset what the type alone had.
 */
import { isExternallyAccessible } from '../../../api/core/service/defaults.ts';
import type { Service } from '../../../api/types.ts';
import {
  needsClusterIP,
  needsHealthCheckNodePort,
  needsNodePort,
  nodePortsOf,
  type ServiceSpec,
} from './needs.ts';

/** Completes the updated Service from the stored one, in place. */
export function carryOver(service: Service, old: Service): void {
  const { spec } = service;
  if (!spec || !old.spec) return;
  keepAllocated(spec, old.spec);
  followSingular(spec, old.spec);
  dropOfOtherType(spec, old.spec);
  if (spec.type !== 'LoadBalancer' && service.status?.loadBalancer?.ingress)
    service.status = { ...service.status, loadBalancer: {} };
}

/** What was left out stays as it was allocated. */
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIP(spec) && needsClusterIP(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (givesNodePorts(spec) && needsNodePort(old)) keepNodePorts(spec, old);
  if (needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(old) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
}

/**
 * A LoadBalancer that wants no node ports loses those that its next manifest does not name.
 * https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-nodeport-allocation
 */
const givesNodePorts = (spec: ServiceSpec): boolean =>
  needsNodePort(spec) && !(spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false);

/** Ports are known by their names; a number that another port asks for now is not kept. */
function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const asked = nodePortsOf(spec);
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue;
    const before = old.ports?.find((p) => (p.name ?? '') === (port.name ?? ''))?.nodePort;
    if (before && !asked.has(before)) port.nodePort = before;
  }
}

/** A client that knows only `clusterIP` changed that alone. */
function followSingular(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.clusterIP && spec.clusterIP !== old.clusterIP && sameList(spec.clusterIPs, old.clusterIPs))
    spec.clusterIPs = [spec.clusterIP];
}

/** What only the old type had goes, unless the client changed it too: then validation has something to say. */
function dropOfOtherType(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    const isSaid = spec.clusterIP && spec.clusterIP !== old.clusterIP;
    if (!isSaid && sameList(spec.clusterIPs, old.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (sameList(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (needsNodePort(old) && !needsNodePort(spec)) {
    if (nodePortsOf(spec).isSubsetOf(nodePortsOf(old)))
      for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec)) {
    if (spec.externalTrafficPolicy === old.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec)) {
    if (spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  }
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts)
      delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
  }
}

export const sameList = (a: readonly string[] = [], b: readonly string[] = []) =>
  a.length === b.length && a.every((value, i) => value === b[i]);
