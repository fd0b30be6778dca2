import type { Kind } from '../../kind.ts';
import { services } from '../../resource.ts';
import type { Service } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultService } from './defaults.ts';
import './fields.ts';
import { validateService, validateServiceUpdate } from './validate.ts';
import { validateServiceStatus } from './validateStatus.ts';
import { warningsOfService } from './warnings.ts';

export const service: Kind<Service> = {
  resource: services,
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  message: 'core/v1.Service',
  status: true,
  nameRule: 'label',
  selectableFields: {
    'spec.clusterIP': (s) => s.spec?.clusterIP ?? '',
    'spec.type': (s) => s.spec?.type ?? '',
  },
  defaults: defaultService,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateSubresource: { status: validateServiceStatus },
  warnings: warningsOfService,
  columns,
};
