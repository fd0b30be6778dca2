/** Sets of addresses in the kernel: which elements a pod gives to each. */
import { familyOf } from '../lib/ip.ts';
import { isSelected, type LabelsOf, type NamedPort, type Selection } from './evaluate.ts';
import type { PodEntry } from './pods.ts';

export interface PodSet {
  name: string;
  family: 4 | 6;
  /** The addresses of selected pods, or the addresses of all pods with the number that a port's name has there. */
  kind: { of: 'pods'; selections: readonly Selection[] } | { of: 'ports'; ports: readonly NamedPort[] };
  /** What it stands for, shown by `nft list`. */
  comment: string;
}

/** nftables refuses longer ones. */
const longestComment = 120;

export function typeOf({ family, kind, comment }: PodSet): string {
  const port = kind.of === 'ports' ? ' . inet_proto . inet_service' : '';
  return `type ipv${family}_addr${port}; comment "${comment.slice(0, longestComment)}";`;
}

/** `10.244.1.5`, `10.244.1.5 . tcp . 8080`: what the pod stands for in the set. */
export function elementsOf(pod: PodEntry, { family, kind }: PodSet, labelsOf: LabelsOf): string[] {
  const addresses = pod.addresses.filter((address) => familyOf(address) === family);
  if (kind.of === 'pods')
    return kind.selections.some((selection) => isSelected(pod, selection, labelsOf)) ? addresses : [];
  const ports = pod.ports.filter(({ name, protocol }) =>
    kind.ports.some((port) => port.name === name && port.protocol === protocol),
  );
  return addresses.flatMap((address) =>
    ports.map(({ protocol, number }) => `${address} . ${protocol} . ${number}`),
  );
}
