import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { networkPolicies } from '../../resource.ts';
import { formatLabelSelector } from '../../selectors.ts';
import type { NetworkPolicy } from '../../types.ts';
import { defaultNetworkPolicy } from './defaults.ts';
import './fields.ts';
import { validateNetworkPolicy } from './validate.ts';

export const networkPolicy: Kind<NetworkPolicy> = {
  resource: networkPolicies,
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  message: 'networking/v1.NetworkPolicy',
  nameRule: 'subdomain',
  defaults: defaultNetworkPolicy,
  validate: validateNetworkPolicy,
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      description: 'Which pods it is about.',
      value: (p) => formatLabelSelector(p.spec?.podSelector) || NONE,
    },
    ageColumn,
  ],
};
