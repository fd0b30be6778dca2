import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { secrets } from '../../resource.ts';
import type { Secret } from '../../types.ts';
import { defaultSecret } from './defaults.ts';
import './fields.ts';
import { validateSecret, validateSecretUpdate } from './validate.ts';

export const secret: Kind<Secret> = {
  resource: secrets,
  singular: 'secret',
  message: 'core/v1.Secret',
  nameRule: 'subdomain',
  selectableFields: { type: (s) => s.type ?? '' },
  defaults: defaultSecret,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  columns: [
    nameColumn,
    { name: 'Type', description: 'What the secret is for.', value: (s) => s.type ?? '' },
    { name: 'Data', description: 'How many keys it has.', value: (s) => Object.keys(s.data ?? {}).length },
    ageColumn,
  ],
};
