import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { Job } from '../../types.ts';
import { jobLabel } from './labels.ts';

type Spec = NonNullable<Job['spec']>;

const MAX_INT32 = 2 ** 31 - 1;

export function defaultJob(job: Job): void {
  const { spec } = job;
  if (!spec) return;
  // Neither of them: one pod. Only parallelism: a work queue, which knows itself when it is done.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  const { template } = spec;
  const labels = template?.metadata?.labels;
  if (labels && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
  if (template?.spec) defaultPodSpec(template.spec);
  if (!spec.manualSelector && job.metadata.uid) selectByUid(spec, job.metadata.name, job.metadata.uid);
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector */
function selectByUid(spec: Spec, name: string, uid: string): void {
  const own = {
    [jobLabel.oldControllerUid]: uid,
    [jobLabel.controllerUid]: uid,
    [jobLabel.oldJobName]: name,
    [jobLabel.jobName]: name,
  };
  const metadata = spec.template.metadata ?? {};
  spec.template.metadata = { ...metadata, labels: { ...own, ...metadata.labels } };
  spec.selector = {
    ...spec.selector,
    matchLabels: { [jobLabel.controllerUid]: uid, ...spec.selector?.matchLabels },
  };
}
