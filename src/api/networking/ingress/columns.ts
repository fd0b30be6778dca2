import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { Ingress } from '../../types.ts';

const MAX_HOSTS = 3;

function hosts({ spec }: Ingress): string {
  const named = (spec?.rules ?? [])
    .map((rule) => rule.host)
    .filter((host) => host !== undefined && host !== '');
  if (named.length === 0) return '*';
  const shown = named.slice(0, MAX_HOSTS).join(',');
  return named.length > MAX_HOSTS ? `${shown} + ${named.length - MAX_HOSTS} more...` : shown;
}

const addresses = ({ status }: Ingress): string =>
  (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(',');

export const columns: readonly Column<Ingress>[] = [
  nameColumn,
  { name: 'Class', description: 'Who carries it out.', value: (i) => i.spec?.ingressClassName ?? NONE },
  { name: 'Hosts', description: 'Hosts that it is about.', value: hosts },
  { name: 'Address', description: 'Where it is reached.', value: addresses },
  {
    name: 'Ports',
    description: 'Ports that are open: 443 too when it has certificates.',
    value: (i) => (i.spec?.tls?.length ? '80, 443' : '80'),
  },
  ageColumn,
];
