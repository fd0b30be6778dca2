import { age } from '../../age.ts';
import { ageColumn, NONE, nameColumn, selectorColumn, templateColumns } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { CronJob, KubeObject } from '../../types.ts';

/** The columns of pods know templates one level higher. */
const asWorkload = ({ metadata, spec }: CronJob): KubeObject & { spec: object } => ({
  metadata,
  spec: { ...spec?.jobTemplate.spec },
});

export const columns: readonly Column<CronJob>[] = [
  nameColumn,
  { name: 'Schedule', description: 'When, in cron format.', value: (c) => c.spec?.schedule ?? '' },
  { name: 'Timezone', description: 'Whose clock that is.', value: (c) => c.spec?.timeZone || NONE },
  {
    name: 'Suspend',
    description: 'Whether no more Jobs are made.',
    value: (c) => (c.spec?.suspend ? 'True' : 'False'),
  },
  {
    name: 'Active',
    type: 'integer',
    description: 'Jobs that run now.',
    value: (c) => c.status?.active?.length ?? 0,
  },
  {
    name: 'Last Schedule',
    description: 'Time since the last Job was due.',
    value: (c, nowMs) => (c.status?.lastScheduleTime ? age(c.status.lastScheduleTime, nowMs) : NONE),
  },
  ageColumn,
  ...[...templateColumns, selectorColumn].map((column) => ({
    ...column,
    value: (c: CronJob, nowMs: number) => column.value(asWorkload(c), nowMs),
  })),
];
