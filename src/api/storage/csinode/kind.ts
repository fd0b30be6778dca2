import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { csiNodes } from '../../resource.ts';
import type { CSINode } from '../../types.ts';
import './fields.ts';
import { validateCSINode } from './validate.ts';

export const csiNode: Kind<CSINode> = {
  resource: csiNodes,
  singular: 'csinode',
  message: 'storage/v1.CSINode',
  status: true,
  nameRule: 'subdomain',
  validate: validateCSINode,
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'How many drivers the node has.',
      value: (n) => n.spec?.drivers?.length ?? 0,
    },
    ageColumn,
  ],
};
