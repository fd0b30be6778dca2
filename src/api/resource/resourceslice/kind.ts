import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { resourceSlices } from '../../resource.ts';
import type { ResourceSlice } from '../../types.ts';
import './fields.ts';
import { validateResourceSlice, validateResourceSliceUpdate } from './validate.ts';

export const resourceSlice: Kind<ResourceSlice> = {
  resource: resourceSlices,
  singular: 'resourceslice',
  message: 'resource/v1.ResourceSlice',
  nameRule: 'subdomain',
  validate: validateResourceSlice,
  validateUpdate: validateResourceSliceUpdate,
  columns: [
    nameColumn,
    {
      name: 'Node',
      description: 'The node that has the devices.',
      value: (s) => s.spec?.nodeName ?? '<unset>',
    },
    { name: 'Driver', description: 'The driver that offers them.', value: (s) => s.spec?.driver ?? '' },
    { name: 'Pool', description: 'The pool they are in.', value: (s) => s.spec?.pool?.name ?? '' },
    ageColumn,
  ],
};
