import type { FieldError } from '../../errors.ts';
import type { Kind } from '../../kind.ts';
import { horizontalPodAutoscalers, type Resource } from '../../resource.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { atLeast } from '../../validate/checks.ts';
import { columns } from '../horizontalpodautoscaler/columns.ts';
import { validateAutoscaler } from '../horizontalpodautoscaler/validate.ts';
import { type HorizontalPodAutoscalerV1, toServed, toStored } from './convert.ts';
import './fields.ts';

const { group, kind, plural, namespaced } = horizontalPodAutoscalers;
const resource: Resource<HorizontalPodAutoscalerV1> = { group, version: 'v1', kind, plural, namespaced };

/** What `kubectl autoscale` of before 1.26 speaks: the same autoscalers, in another form. */
export const horizontalPodAutoscalerV1: Kind<HorizontalPodAutoscalerV1> = {
  resource,
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  message: 'autoscaling/v1.HorizontalPodAutoscaler',
  status: true,
  nameRule: 'subdomain',
  stored: {
    resource: horizontalPodAutoscalers,
    toStored: (objects) => objects.map((object) => toStored(object as HorizontalPodAutoscalerV1)),
    toServed: (objects) => objects.map((object) => toServed(object as HorizontalPodAutoscaler)),
  },
  validate: (hpa): FieldError[] => [
    ...validateAutoscaler(toStored(hpa)).filter(({ field }) => !field.startsWith('spec.metrics[0]')),
    ...atLeast('spec.targetCPUUtilizationPercentage', hpa.spec?.targetCPUUtilizationPercentage, 1),
  ],
  columns: columns.map((column) => ({
    ...column,
    value: (hpa: HorizontalPodAutoscalerV1, nowMs: number) => column.value(toStored(hpa), nowMs),
  })),
};
