import { formatDuration } from '../../age.ts';
import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { Job } from '../../types.ts';

const holds = (job: Job, type: string): boolean =>
  job.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;

function statusOf(job: Job): string {
  if (holds(job, 'Complete')) return 'Complete';
  if (holds(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => holds(job, type)) ?? 'Running';
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return formatDuration(end - Date.parse(status.startTime));
}

export const columns: readonly Column<Job>[] = [
  nameColumn,
  { name: 'Status', description: 'How it goes, in one word.', value: statusOf },
  { name: 'Completions', description: 'Pods that succeeded, of all that should.', value: completionsOf },
  { name: 'Duration', description: 'Time from start to completion.', value: durationOf },
  ageColumn,
  ...templateColumns,
  selectorColumn,
];
