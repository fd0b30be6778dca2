import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { Node } from '../../types.ts';

const UNKNOWN = '<unknown>';

function status(node: Node): string {
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${word},SchedulingDisabled` : word;
}

/** From `node-role.kubernetes.io/ROLE` and the older `kubernetes.io/role=ROLE`. */
function roles(node: Node): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(prefix) && key.length > prefix.length) found.add(key.slice(prefix.length));
    if (key === 'kubernetes.io/role' && value !== '') found.add(value);
  }
  return [...found].toSorted().join(',') || NONE;
}

const address = (node: Node, type: string) =>
  node.status?.addresses?.find((a) => a.type === type)?.address ?? NONE;

export const columns: readonly Column<Node>[] = [
  nameColumn,
  { name: 'Status', description: 'Whether pods can run on it.', value: status },
  { name: 'Roles', description: 'What the node is for.', value: roles },
  ageColumn,
  {
    name: 'Version',
    description: 'Version of the kubelet.',
    value: (n) => n.status?.nodeInfo?.kubeletVersion ?? '',
  },
  {
    name: 'Internal-IP',
    priority: 1,
    description: 'Address inside the cluster.',
    value: (n) => address(n, 'InternalIP'),
  },
  {
    name: 'External-IP',
    priority: 1,
    description: 'Address outside of the cluster.',
    value: (n) => address(n, 'ExternalIP'),
  },
  {
    name: 'OS-Image',
    priority: 1,
    description: 'Operating system.',
    value: (n) => n.status?.nodeInfo?.osImage || UNKNOWN,
  },
  {
    name: 'Kernel-Version',
    priority: 1,
    description: 'Version of the kernel.',
    value: (n) => n.status?.nodeInfo?.kernelVersion || UNKNOWN,
  },
  {
    name: 'Container-Runtime',
    priority: 1,
    description: 'What runs the containers.',
    value: (n) => n.status?.nodeInfo?.containerRuntimeVersion || UNKNOWN,
  },
];
