import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];

const UNKNOWN = '<unknown>';
const mostShown = 2;

/** `cpu: 12%/80%, memory: <unknown>/100Mi + 1 more...` */
function targetsOf({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return NONE;
  const shown = metrics.slice(0, mostShown).map((metric) => targetOf(metric, status));
  const more = metrics.length - mostShown;
  return shown.join(', ') + (more > 0 ? ` + ${more} more...` : '');
}

function targetOf(metric: Metric, status: HorizontalPodAutoscaler['status']): string {
  const { resource, containerResource, pods, object, external } = metric;
  const source = resource ?? containerResource ?? pods ?? object ?? external;
  const name = resource?.name ?? containerResource?.name;
  const found = status?.currentMetrics?.find(
    ({ type, resource: r, containerResource: c }) =>
      type === metric.type && name === (type === 'Resource' ? r : c)?.name,
  );
  const current = (found?.resource ?? found?.containerResource)?.current;
  const { averageUtilization, averageValue, value } = source?.target ?? {};
  const prefix = name === undefined ? '' : `${name}: `;
  if (averageUtilization !== undefined) {
    const now = current?.averageUtilization;
    return `${prefix}${now === undefined ? UNKNOWN : `${now}%`}/${averageUtilization}%`;
  }
  return `${prefix}${current?.averageValue ?? UNKNOWN}/${averageValue ?? value ?? UNKNOWN}${!name && averageValue ? ' (avg)' : ''}`;
}

export const columns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  {
    name: 'Reference',
    description: 'What it scales.',
    value: ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
  },
  { name: 'Targets', description: 'What was measured, and what is wanted.', value: targetsOf },
  {
    name: 'MinPods',
    description: 'There are never fewer.',
    value: ({ spec }) => String(spec?.minReplicas ?? '<unset>'),
  },
  {
    name: 'MaxPods',
    type: 'integer',
    description: 'There are never more.',
    value: ({ spec }) => spec?.maxReplicas ?? 0,
  },
  {
    name: 'Replicas',
    type: 'integer',
    description: 'Pods there are.',
    value: ({ status }) => status?.currentReplicas ?? 0,
  },
  ageColumn,
];
