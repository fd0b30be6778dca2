import type { Kind } from '../../kind.ts';
import { ingresses } from '../../resource.ts';
import type { Ingress } from '../../types.ts';
import { columns } from './columns.ts';
import './fields.ts';
import { validateIngress } from './validate.ts';

export const ingress: Kind<Ingress> = {
  resource: ingresses,
  singular: 'ingress',
  shortNames: ['ing'],
  message: 'networking/v1.Ingress',
  status: true,
  nameRule: 'subdomain',
  validate: validateIngress,
  columns,
};
