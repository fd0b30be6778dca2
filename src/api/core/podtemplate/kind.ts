import { formatLabels, nameColumn, templateColumns } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { podTemplates } from '../../resource.ts';
import type { PodTemplate } from '../../types.ts';
import './fields.ts';

export const podTemplate: Kind<PodTemplate> = {
  resource: podTemplates,
  singular: 'podtemplate',
  message: 'core/v1.PodTemplate',
  nameRule: 'subdomain',
  columns: [
    nameColumn,
    ...templateColumns,
    {
      name: 'Pod Labels',
      description: 'Labels of the pods that are made of it.',
      value: (t) => formatLabels(t.template?.metadata?.labels),
    },
  ],
};
