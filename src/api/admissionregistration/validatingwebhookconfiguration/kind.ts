import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { validatingWebhookConfigurations } from '../../resource.ts';
import type { ValidatingWebhookConfiguration } from '../../types.ts';
import { validateWebhooks } from '../rules/validateWebhooks.ts';
import './fields.ts';

export const validatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration> = {
  resource: validatingWebhookConfigurations,
  singular: 'validatingwebhookconfiguration',
  message: 'admissionregistration/v1.ValidatingWebhookConfiguration',
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
