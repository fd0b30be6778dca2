import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { mutatingWebhookConfigurations } from '../../resource.ts';
import type { MutatingWebhookConfiguration } from '../../types.ts';
import { validateWebhooks } from '../rules/validateWebhooks.ts';
import './fields.ts';

export const mutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration> = {
  resource: mutatingWebhookConfigurations,
  singular: 'mutatingwebhookconfiguration',
  message: 'admissionregistration/v1.MutatingWebhookConfiguration',
  nameRule: 'subdomain',
  validate: validateWebhooks,
  columns: [
    nameColumn,
    {
      name: 'Webhooks',
      type: 'integer',
      description: 'How many webhooks it names.',
      value: (c) => c.webhooks?.length ?? 0,
    },
    ageColumn,
  ],
};
