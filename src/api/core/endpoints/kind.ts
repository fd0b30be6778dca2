import { ageColumn, firstThree, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { endpoints as resource } from '../../resource.ts';
import type { Endpoints } from '../../types.ts';
import './fields.ts';
import { validateEndpoints } from './validate.ts';

/** `10.244.1.2:80`, one for each pair of address and port; only addresses where no port is named. */
function hostPorts(endpoints: Endpoints): string[] {
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map((a) => a.ip)
      : ports.flatMap((p) => addresses.map((a) => `${a.ip.includes(':') ? `[${a.ip}]` : a.ip}:${p.port}`)),
  );
}

export const endpoints: Kind<Endpoints> = {
  resource,
  singular: 'endpoints',
  shortNames: ['ep'],
  message: 'core/v1.Endpoints',
  nameRule: 'subdomain',
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  validate: validateEndpoints,
  columns: [
    nameColumn,
    {
      name: 'Endpoints',
      description: 'Addresses and ports that answer.',
      value: (e) => firstThree(hostPorts(e), NONE),
    },
    ageColumn,
  ],
};
