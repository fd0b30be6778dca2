import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { horizontalPodAutoscalers } from '../../resource.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import './fields.ts';

export const horizontalPodAutoscaler: Kind<HorizontalPodAutoscaler> = {
  resource: horizontalPodAutoscalers,
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  message: 'autoscaling/v2.HorizontalPodAutoscaler',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
