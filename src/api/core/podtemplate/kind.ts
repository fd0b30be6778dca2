import { formatLabels, nameColumn, templateColumns } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { podTemplates } from '../../resource.ts';
import type { KubeObject, PodTemplate } from '../../types.ts';
import { defaultPodSpec } from '../pod/defaults.ts';
import { validatePodTemplate } from '../pod/validate.ts';
import './fields.ts';

/** The columns know templates below `spec`. */
const asWorkload = (t: PodTemplate): KubeObject & { spec: object } => ({
  metadata: t.metadata,
  spec: { ...(t.template && { template: t.template }) },
});

export const podTemplate: Kind<PodTemplate> = {
  resource: podTemplates,
  singular: 'podtemplate',
  message: 'core/v1.PodTemplate',
  nameRule: 'subdomain',
  defaults({ template }) {
    if (template?.spec) defaultPodSpec(template.spec);
  },
  validate: ({ template }) => validatePodTemplate('template', template),
  columns: [
    nameColumn,
    ...templateColumns.map((column) => ({
      ...column,
      priority: 0 as const,
      value: (t: PodTemplate, nowMs: number) => column.value(asWorkload(t), nowMs),
    })),
    {
      name: 'Pod Labels',
      description: 'Labels of the pods that are made of it.',
      value: (t) => formatLabels(t.template?.metadata?.labels),
    },
  ],
};
