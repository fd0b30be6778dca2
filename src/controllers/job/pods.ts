/** What a Job knows of its pods, and the pod that it makes. */
import { jobAnnotation, jobLabel, trackingFinalizer } from '../../api/batch/job/labels.ts';
import { jobs } from '../../api/resource.ts';
import type { Container, Job, Pod } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { isTerminating } from '../pods.ts';
import { podFrom } from '../podTemplate.ts';

export type JobSpec = NonNullable<Job['spec']>;

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;

export const untracked = (pod: Pod): Pod => ({
  ...pod,
  metadata: {
    ...pod.metadata,
    finalizers: (pod.metadata.finalizers ?? []).filter((f) => f !== trackingFinalizer),
  },
});

export const isIndexed = ({ spec }: Job): boolean => spec?.completionMode === 'Indexed';

/** The completion index of a pod; -1 when it has none. */
export function indexOf({ metadata }: Pod): number {
  const text = metadata.annotations?.[jobAnnotation.completionIndex];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : -1;
}

export const isSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

/** A pod that is deleted counts as failed at once, unless only failed ones are to be replaced. */
export const isFailed = (pod: Pod, spec: JobSpec | undefined): boolean =>
  pod.status?.phase === 'Failed' ||
  (isTerminating(pod) && !isSucceeded(pod) && spec?.podReplacementPolicy !== 'Failed');

/** How often an index failed before this pod. */
export const failuresBefore = ({ metadata }: Pod): number =>
  Number(metadata.annotations?.[jobAnnotation.indexFailureCount] ?? 0) || 0;

/** When a pod ended, in milliseconds. */
export function endOf(pod: Pod): number | undefined {
  const ends = (pod.status?.containerStatuses ?? [])
    .map((c) => Date.parse(c.state?.terminated?.finishedAt ?? ''))
    .filter((ms) => !Number.isNaN(ms));
  if (ends.length > 0) return Math.max(...ends);
  const times = (pod.status?.conditions ?? []).map((c) => Date.parse(c.lastTransitionTime ?? ''));
  const told = Math.max(
    ...times.filter((ms) => !Number.isNaN(ms)),
    Date.parse(pod.metadata.deletionTimestamp ?? '') || 0,
  );
  return told > 0 ? told : undefined;
}

export interface PodPlan {
  /** -1 in a Job without indexes. */
  index: number;
  /** How often this index failed; only counted with backoffLimitPerIndex. */
  failures?: number;
}

export function podFor(job: Job, { index, failures }: PodPlan): Draft<Pod> {
  const draft = podFrom(jobs, job, job.spec?.template);
  const finalizers = [...(draft.metadata.finalizers ?? []), trackingFinalizer];
  const metadata = { ...draft.metadata, finalizers };
  if (index < 0) return { ...draft, metadata };
  const { name } = job.metadata;
  const text = String(index);
  return {
    ...draft,
    metadata: {
      ...metadata,
      generateName: `${name}-${index}-`,
      labels: { ...metadata.labels, [jobLabel.completionIndex]: text },
      annotations: {
        ...metadata.annotations,
        [jobAnnotation.completionIndex]: text,
        ...(failures !== undefined && { [jobAnnotation.indexFailureCount]: String(failures) }),
      },
    },
    ...(draft.spec && {
      spec: {
        ...draft.spec,
        hostname: `${name}-${index}`,
        containers: draft.spec.containers.map(toldIndex),
        ...(draft.spec.initContainers && { initContainers: draft.spec.initContainers.map(toldIndex) }),
      },
    }),
  };
}

const indexVariable = 'JOB_COMPLETION_INDEX';

function toldIndex(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === indexVariable)) return container;
  const fieldPath = `metadata.labels['${jobLabel.completionIndex}']`;
  const valueFrom = { fieldRef: { apiVersion: 'v1', fieldPath } };
  return { ...container, env: [...env, { name: indexVariable, valueFrom }] };
}
