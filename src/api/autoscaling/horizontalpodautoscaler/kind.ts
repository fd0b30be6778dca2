import type { Kind } from '../../kind.ts';
import { horizontalPodAutoscalers } from '../../resource.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultAutoscaler } from './defaults.ts';
import './fields.ts';
import { validateAutoscaler, validateAutoscalerStatus } from './validate.ts';

export const horizontalPodAutoscaler: Kind<HorizontalPodAutoscaler> = {
  resource: horizontalPodAutoscalers,
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  message: 'autoscaling/v2.HorizontalPodAutoscaler',
  status: true,
  nameRule: 'subdomain',
  defaults: defaultAutoscaler,
  validate: (hpa) => [...validateAutoscaler(hpa), ...validateAutoscalerStatus(hpa)],
  columns,
};
