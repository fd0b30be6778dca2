import { ageColumn, formatLabels, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { Service } from '../../types.ts';

function externalIPs({ spec, status }: Service): string {
  const own = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || NONE;
    case 'LoadBalancer': {
      const given = new Set(status?.loadBalancer?.ingress?.map((i) => i.ip || i.hostname || ''));
      return [...[...given].filter((a) => a !== '').toSorted(), ...own].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** `80/TCP`, or `80:30080/TCP` with the port on the nodes. */
const ports = ({ spec }: Service) =>
  (spec?.ports ?? [])
    .map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`)
    .join(',') || NONE;

export const columns: readonly Column<Service>[] = [
  nameColumn,
  {
    name: 'Type',
    description: 'From where the Service can be reached.',
    value: (s) => s.spec?.type ?? '',
  },
  {
    name: 'Cluster-IP',
    description: 'Its address inside the cluster.',
    value: (s) => s.spec?.clusterIPs?.[0] || NONE,
  },
  { name: 'External-IP', description: 'Its addresses for the outside.', value: externalIPs },
  { name: 'Port(s)', description: 'Its ports, and those on the nodes.', value: ports },
  ageColumn,
  {
    name: 'Selector',
    priority: 1,
    description: 'Which pods answer.',
    value: (s) => formatLabels(s.spec?.selector),
  },
];
