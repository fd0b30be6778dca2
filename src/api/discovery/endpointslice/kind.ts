import { ageColumn, firstThree, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { endpointSlices } from '../../resource.ts';
import type { EndpointSlice } from '../../types.ts';
import './fields.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './validate.ts';
import { warningsOfEndpointSlice } from './warnings.ts';

const UNSET = '<unset>';

export const endpointSlice: Kind<EndpointSlice> = {
  resource: endpointSlices,
  singular: 'endpointslice',
  message: 'discovery/v1.EndpointSlice',
  nameRule: 'subdomain',
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  warnings: warningsOfEndpointSlice,
  columns: [
    nameColumn,
    { name: 'AddressType', description: 'IPv4, IPv6 or FQDN.', value: (s) => s.addressType ?? '' },
    {
      name: 'Ports',
      description: 'Ports that answer; * for every port.',
      value: (s) => firstThree(s.ports?.map((p) => String(p.port ?? '*')) ?? [], UNSET),
    },
    {
      name: 'Endpoints',
      description: 'Addresses that answer.',
      value: (s) => firstThree(s.endpoints?.flatMap((e) => e.addresses ?? []) ?? [], UNSET),
    },
    ageColumn,
  ],
};
