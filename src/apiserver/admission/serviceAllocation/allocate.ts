/** Gives one Service what it needs of the ranges. */
import { fieldInvalid, internal, invalid } from '../../../api/errors.ts';
import { services } from '../../../api/resource.ts';
import type { Service } from '../../../api/types.ts';
import type { Undo } from '../contract.ts';
import type { Addresses } from './addresses.ts';
import {
  holdings,
  isHeadless,
  needsHealthCheckNodePort,
  needsNodePort,
  nodePortsOf,
  type ServiceSpec,
} from './needs.ts';
import { type IPFamily, portTaken, type Range } from './ranges.ts';

export interface Ranges {
  addresses: Addresses;
  nodePorts: Range<number>;
}

/**
 * Fills addresses and ports in place. What `old` holds is the Service's already. Returns what gives the
 * newly taken back; throws a `StatusError`, and has taken nothing then.
 */
export function allocate(ranges: Ranges, service: Service, old: Service | undefined): Undo {
  const { spec } = service;
  if (!spec || spec.type === 'ExternalName') return () => {};
  const undos: Undo[] = [];
  const held = holdings(old?.spec);
  const fail = (field: string, value: unknown, why: string) => {
    throw invalid(services, service.metadata.name, [fieldInvalid(field, value, why)]);
  };
  const takeAny = <Value>(range: Pick<Range<Value>, 'takeAny' | 'release'>, what: string): Value => {
    const value = range.takeAny();
    if (value === undefined) throw internal(`failed to allocate a ${what}: range is full`);
    undos.push(() => range.release(value));
    return value;
  };
  const take = <Value>(
    range: Pick<Range<Value>, 'take' | 'release'>,
    own: Set<Value>,
    value: Value,
    failed: (why: string) => void,
  ) => {
    if (own.has(value)) return;
    const why = range.take(value);
    if (why) return failed(why);
    undos.push(() => range.release(value));
    own.add(value);
  };
  const undo = () => {
    for (const giveBack of undos) giveBack();
  };

  const clusterIPs = () => {
    const asked = spec.clusterIPs ?? [];
    const { addresses } = ranges;
    spec.clusterIPs = (spec.ipFamilies ?? []).map((family, i) => {
      const ip = asked[i];
      if (!ip)
        return takeAny(
          { takeAny: () => addresses.takeAny(family as IPFamily), release: (any) => addresses.release(any) },
          'serviceIP',
        );
      take(addresses, held.ips, ip, (why) =>
        fail('spec.clusterIPs', asked, `failed to allocate IP ${ip}: ${why}`),
      );
      return ip;
    });
    const [first] = spec.clusterIPs;
    if (first) spec.clusterIP = first;
  };

  const nodePorts = () => {
    const ports = spec.ports ?? [];
    // First those that are asked for, so that no random choice takes them away. One number serves TCP and
    // UDP of a Service at once, so what this Service has taken counts as held.
    ports.forEach(({ nodePort }, i) => {
      if (nodePort)
        take(ranges.nodePorts, held.ports, nodePort, (why) =>
          fail(`spec.ports[${i}].nodePort`, nodePort, why),
        );
    });
    if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false) return;
    for (const port of ports)
      port.nodePort ||= sharedNodePort(spec, port) ?? takeAny(ranges.nodePorts, 'nodePort');
  };

  const healthCheckNodePort = () => {
    const asked = spec.healthCheckNodePort;
    if (asked && nodePortsOf(spec).has(asked)) fail('spec.healthCheckNodePort', asked, portTaken);
    if (!asked) spec.healthCheckNodePort = takeAny(ranges.nodePorts, 'nodePort');
    else take(ranges.nodePorts, held.ports, asked, (why) => fail('spec.healthCheckNodePort', asked, why));
  };

  try {
    if (!isHeadless(spec)) clusterIPs();
    if (needsNodePort(spec)) nodePorts();
    if (needsHealthCheckNodePort(spec)) healthCheckNodePort();
  } catch (err) {
    undo();
    throw err;
  }
  return undo;
}

type Port = NonNullable<ServiceSpec['ports']>[number];

/** The node port that this Service's port of the same number but of another protocol already has. */
function sharedNodePort({ ports = [] }: ServiceSpec, { port, protocol }: Port): number | undefined {
  const shared = ports.find((p) => p.port === port && p.protocol !== protocol && p.nodePort)?.nodePort;
  return ports.some((p) => p.nodePort === shared && p.protocol === protocol) ? undefined : shared;
}

/** Gives back what the Service held and no longer holds; all of it when it is gone. */
export function release(ranges: Ranges, before: Service, now: Service | undefined): void {
  const [had, has] = [holdings(before.spec), holdings(now?.spec)];
  const owner = `${before.metadata.namespace}/${before.metadata.name}`;
  for (const ip of had.ips.difference(has.ips)) ranges.addresses.release(ip, owner);
  for (const port of had.ports.difference(has.ports)) ranges.nodePorts.release(port);
}

/** Marks what a stored Service holds. */
export function occupy(ranges: Ranges, service: Service): void {
  const { ips, ports } = holdings(service.spec);
  for (const ip of ips) ranges.addresses.occupy(ip);
  for (const port of ports) ranges.nodePorts.take(port);
}
