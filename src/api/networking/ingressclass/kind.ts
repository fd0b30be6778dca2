import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { ingressClasses } from '../../resource.ts';
import type { IngressClass } from '../../types.ts';
import './fields.ts';
import { validateIngressClass, validateIngressClassUpdate } from './validate.ts';

export const ingressClass: Kind<IngressClass> = {
  resource: ingressClasses,
  singular: 'ingressclass',
  message: 'networking/v1.IngressClass',
  nameRule: 'subdomain',
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
  columns: [
    nameColumn,
    {
      name: 'Controller',
      description: 'Who carries out Ingresses of the class.',
      value: (c) => c.spec?.controller ?? '',
    },
    {
      name: 'Parameters',
      description: 'More configuration for the controller.',
      value: (c) => {
        const p = c.spec?.parameters;
        return p ? [p.kind + (p.apiGroup ? '.' + p.apiGroup : ''), p.name].join('/') : NONE;
      },
    },
    ageColumn,
  ],
};
