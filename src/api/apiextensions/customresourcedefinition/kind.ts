import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { customResourceDefinitions } from '../../resource.ts';
import type { CustomResourceDefinition } from '../../types.ts';
import './fields.ts';

export const customResourceDefinition: Kind<CustomResourceDefinition> = {
  resource: customResourceDefinitions,
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  message: 'apiextensions/v1.CustomResourceDefinition',
  status: true,
  nameRule: 'subdomain',
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: 'When it was created.',
      value: (c) => c.metadata.creationTimestamp ?? '',
    },
  ],
};
