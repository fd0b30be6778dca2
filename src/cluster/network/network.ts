/** Which address ranges a cluster is made with: what `up` was asked for, completed and checked. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type Cidr, type Family, familyOf, formatCidr } from '../../lib/ip.ts';
import { nodePortRange, type PortRange } from './nodePortRange.ts';
import { checkOverlaps, ofPods, ofServices, parseRanges } from './ranges.ts';

export const ipFamilies = ['ipv4', 'ipv6', 'dual'] as const;
export type IPFamilyChoice = (typeof ipFamilies)[number];

export interface ClusterNetwork {
  /** One a family, the primary family's first, as those of Services. */
  podCIDRs: string[];
  serviceCIDRs: string[];
  nodePorts: PortRange;
}

/** As the command line has it; what is left out is as usual. */
export interface NetworkOptions {
  ipFamily?: IPFamilyChoice | undefined;
  /** `10.200.0.0/16,fd45::/56`: of two, the first says which family is the primary one. */
  podCIDR?: string | undefined;
  serviceCIDR?: string | undefined;
  /** `30000-32767` */
  serviceNodePortRange?: string | undefined;
}

export const defaultNetwork: ClusterNetwork = {
  podCIDRs: ['10.244.0.0/16', 'fd44::/56'],
  serviceCIDRs: ['10.96.0.0/12', 'fd96::/112'],
  nodePorts: { first: 30000, last: 32767 },
};

const familiesOf: Readonly<Record<IPFamilyChoice, readonly Family[]>> = {
  ipv4: [4],
  ipv6: [6],
  dual: [4, 6],
};

/** Whatever is not asked for is `usual`. Throws what is wrong, in terms of the options. */
export function networkOf(options: NetworkOptions, usual: ClusterNetwork = defaultNetwork): ClusterNetwork {
  const families = familiesOf[options.ipFamily ?? 'dual'];
  const pods = parseRanges(options.podCIDR, ofPods, families);
  const services = parseRanges(options.serviceCIDR, ofServices, families);
  const order = orderOf(services, pods) ?? familyOrder(usual).filter((family) => families.includes(family));
  const network = {
    podCIDRs: order.map((family) => rangeOf(family, pods, usual.podCIDRs)),
    serviceCIDRs: order.map((family) => rangeOf(family, services, usual.serviceCIDRs)),
    nodePorts: nodePortRange(options.serviceNodePortRange) ?? usual.nodePorts,
  };
  checkOverlaps(network.podCIDRs, network.serviceCIDRs);
  return network;
}

/** The primary family first. */
export const familyOrder = ({ serviceCIDRs }: Pick<ClusterNetwork, 'serviceCIDRs'>): Family[] =>
  serviceCIDRs.map(familyOf);

/** As the option has it. */
export function ipFamilyOf(network: ClusterNetwork): IPFamilyChoice {
  const [primary, secondary] = familyOrder(network);
  return secondary === undefined ? (`ipv${primary ?? 4}` as const) : 'dual';
}

/** What one would say to `up` to get it. */
export function asOptions(network: ClusterNetwork): string {
  const { podCIDRs, serviceCIDRs, nodePorts } = network;
  return [
    `--ip-family ${ipFamilyOf(network)}`,
    `--service-cidr ${serviceCIDRs.join()}`,
    `--pod-cidr ${podCIDRs.join()}`,
    `--service-node-port-range ${nodePorts.first}-${nodePorts.last}`,
  ].join(' ');
}

/** Whether a cluster that has this network is what was asked for. */
export function isAsAsked(network: ClusterNetwork, asked: NetworkOptions): boolean {
  const ipFamily = ipFamilyOf(network);
  if (asked.ipFamily !== undefined && asked.ipFamily !== ipFamily) return false;
  return isDeepStrictEqual(networkOf({ ...asked, ipFamily }, network), network);
}

/** Undefined when no list has two families. */
function orderOf(services: readonly Cidr[], pods: readonly Cidr[]): Family[] | undefined {
  const [first, second] = [services, pods].filter((ranges) => ranges.length > 1);
  if (first && second && first[0]?.family !== second[0]?.family)
    throw new Error(
      'Cannot tell the primary IP family: give --service-cidr and --pod-cidr in the same order of families',
    );
  return first?.map(({ family }) => family);
}

function rangeOf(family: Family, asked: readonly Cidr[], usual: readonly string[]): string {
  const range = asked.find((one) => one.family === family);
  return range ? formatCidr(range) : (usual.find((cidr) => familyOf(cidr) === family) ?? '');
}
