/** Jobs and their pods as tests write them. */
import { jobAnnotation, trackingFinalizer } from '../../api/batch/job/labels.ts';
import type { CronJob, Job, Pod } from '../../api/types.ts';
import { ago, aPod, type PodWords } from './objects.ts';

type JobSpec = NonNullable<Job['spec']>;

export const aJob = (spec: Partial<JobSpec> = {}, status: Job['status'] = { startTime: ago(100) }): Job => ({
  metadata: { name: 'work', namespace: 'default', uid: 'uid-work', creationTimestamp: ago(100) },
  spec: {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    podReplacementPolicy: 'TerminatingOrFailed',
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
    ...spec,
  },
  status,
});

export interface JobPodWords extends PodWords {
  index?: number;
  exitCode?: number;
  /** Seconds since it ended. */
  ended?: number;
  failures?: number;
  counted?: boolean;
}

export function aJobPod(words: JobPodWords = {}): Pod {
  const { index, exitCode, ended = 1, failures, counted, ...rest } = words;
  const phase = exitCode === undefined ? 'Running' : exitCode === 0 ? 'Succeeded' : 'Failed';
  const annotations = {
    ...(index !== undefined && { [jobAnnotation.completionIndex]: String(index) }),
    ...(failures !== undefined && { [jobAnnotation.indexFailureCount]: String(failures) }),
  };
  const pod = aPod({ phase, annotations, ...rest });
  const state = exitCode === undefined ? {} : { terminated: { exitCode, finishedAt: ago(ended) } };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(!counted && { finalizers: [trackingFinalizer] }) },
    status: {
      ...pod.status,
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }],
    },
  };
}

export const aCronJob = (
  spec: Partial<NonNullable<CronJob['spec']>> = {},
  status: CronJob['status'] = {},
): CronJob => ({
  metadata: { name: 'tick', namespace: 'default', uid: 'uid-tick', creationTimestamp: ago(90) },
  spec: { schedule: '* * * * *', concurrencyPolicy: 'Allow', jobTemplate: {}, ...spec },
  status,
});
