/**
 * What NetworkPolicies say, without the objects of Kubernetes: for one pod and one direction either nothing
 * (everything may pass) or a list of permissions (everything else may not).
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { formatSelector, labelSelector, matchesLabels, type Selector } from '../api/selectors.ts';
import type { NetworkPolicy } from '../api/types.ts';
import { canonicalCidr, type PodEntry, type Protocol, protocolOf } from './pods.ts';
import { mergeRanges, type PortRange } from './ports.ts';

export type Direction = 'ingress' | 'egress';

/** Pods by their labels and those of their namespaces. */
export interface Selection {
  /** The policy's own, or those that a selector finds. */
  namespaces: string | Selector;
  pods: Selector;
}

export interface Block {
  cidr: string;
  except: readonly string[];
}

/** A port by the name that a pod's container gives it: another number in each pod. */
export interface NamedPort {
  name: string;
  protocol: Protocol;
}

export interface Peers {
  selections: readonly Selection[];
  blocks: readonly Block[];
}

export interface Ports {
  ranges: readonly PortRange[];
  names: readonly NamedPort[];
}

/** These peers at these ports; absent is all of them. */
export interface Permission {
  peers?: Peers;
  ports?: Ports;
}

export interface Policy {
  namespace: string;
  pods: Selector;
  /** Absent for a direction that the policy is not about. */
  ingress?: readonly Permission[];
  egress?: readonly Permission[];
}

type Spec = NonNullable<NetworkPolicy['spec']>;
type Rule = NonNullable<Spec['ingress']>[number] & NonNullable<Spec['egress']>[number];
type Peer = NonNullable<Rule['from']>[number];
type Port = NonNullable<Rule['ports']>[number];

export function policyOf({ metadata, spec }: NetworkPolicy): Policy {
  const namespace = metadata.namespace ?? '';
  const permissions = (rules: readonly Rule[] | undefined, peers: (rule: Rule) => Peer[] | undefined) =>
    (rules ?? []).map((rule) => permissionOf(namespace, peers(rule), rule.ports));
  const types = spec?.policyTypes ?? (spec?.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);
  return {
    namespace,
    pods: labelSelector(spec?.podSelector ?? {}),
    ...(types.includes('Ingress') && { ingress: permissions(spec?.ingress, (rule) => rule.from) }),
    ...(types.includes('Egress') && { egress: permissions(spec?.egress, (rule) => rule.to) }),
  };
}

function permissionOf(namespace: string, peers: Peer[] = [], ports: Port[] = []): Permission {
  return {
    ...(peers.length > 0 && { peers: peersOf(namespace, peers) }),
    ...(ports.length > 0 && { ports: portsOf(ports) }),
  };
}

const peersOf = (namespace: string, peers: readonly Peer[]): Peers => ({
  blocks: peers.flatMap(({ ipBlock }) =>
    ipBlock ? [{ cidr: canonicalCidr(ipBlock.cidr), except: (ipBlock.except ?? []).map(canonicalCidr) }] : [],
  ),
  selections: peers.flatMap(({ ipBlock, podSelector, namespaceSelector }) =>
    ipBlock
      ? []
      : [
          {
            namespaces: namespaceSelector ? labelSelector(namespaceSelector) : namespace,
            pods: labelSelector(podSelector ?? {}),
          },
        ],
  ),
});

function portsOf(ports: readonly Port[]): Ports {
  const ranges: PortRange[] = [];
  const names: NamedPort[] = [];
  for (const { protocol: word, port, endPort } of ports) {
    const protocol = protocolOf(word);
    if (typeof port === 'string') names.push({ name: port, protocol });
    else ranges.push({ protocol, first: port ?? 0, last: endPort ?? port ?? 0xffff });
  }
  return { ranges: mergeRanges(ranges), names };
}

/** Policies add up: what one of them permits is permitted. Undefined for a pod that none is about. */
export function permissionsFor(
  pod: PodEntry,
  direction: Direction,
  policies: Iterable<Policy>,
): Permission[] | undefined {
  let found: Permission[] | undefined;
  for (const policy of policies) {
    const permissions = policy[direction];
    if (!permissions || policy.namespace !== pod.namespace || !matchesLabels(policy.pods, pod.labels))
      continue;
    found = [...(found ?? []), ...permissions];
  }
  return found;
}

/** Of a namespace; undefined for one that is not known (yet), which no selector finds. */
export type LabelsOf = (namespace: string) => Record<string, string> | undefined;

export function isSelected(pod: PodEntry, { namespaces, pods }: Selection, labelsOf: LabelsOf): boolean {
  if (!matchesLabels(pods, pod.labels)) return false;
  if (typeof namespaces === 'string') return namespaces === pod.namespace;
  const labels = labelsOf(pod.namespace);
  return labels !== undefined && matchesLabels(namespaces, labels);
}

/** For people who list a set: `default/app=web`, `[team=a]/*`. */
export const describeSelection = ({ namespaces, pods }: Selection): string =>
  `${typeof namespaces === 'string' ? namespaces : `[${formatSelector(namespaces)}]`}/${formatSelector(pods) || '*'}`;
