import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { limitRanges } from '../../resource.ts';
import type { LimitRange } from '../../types.ts';
import { defaultLimitRange } from './defaults.ts';
import './fields.ts';
import { validateLimitRange } from './validate.ts';

export const limitRange: Kind<LimitRange> = {
  resource: limitRanges,
  singular: 'limitrange',
  shortNames: ['limits'],
  message: 'core/v1.LimitRange',
  nameRule: 'subdomain',
  defaults: defaultLimitRange,
  validate: validateLimitRange,
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: 'When it was created.',
      value: (l) => l.metadata.creationTimestamp ?? '',
    },
  ],
};
