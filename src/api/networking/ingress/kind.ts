import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { ingresses } from '../../resource.ts';
import type { Ingress } from '../../types.ts';
import './fields.ts';

export const ingress: Kind<Ingress> = {
  resource: ingresses,
  singular: 'ingress',
  shortNames: ['ing'],
  message: 'networking/v1.Ingress',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
