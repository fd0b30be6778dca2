/** What a Job must fulfil, and what a CronJob's template of one. */
import { validatePodTemplate } from '../../core/pod/validate.ts';
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import { labelSelector, matchesLabels } from '../../selectors.ts';
import type { Job } from '../../types.ts';
import { immutable, nonNegative } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';
import { jobLabel } from './labels.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './validatePolicies.ts';

export type JobSpec = NonNullable<Job['spec']>;

/** So that the text of the completed indexes stays small. */
const MAX_INDEXED = 100_000;

export function validateJob(job: Job): FieldError[] {
  if (!job.spec) return [];
  return [
    ...validateGeneratedSelector(job),
    ...validateJobSpec('spec', job.spec),
    ...validateSelector(job.spec),
  ];
}

/** `field` is where it stands: `spec`, `spec.jobTemplate.spec`. */
export function validateJobSpec(field: string, spec: JobSpec): FieldError[] {
  return [
    ...nonNegative(`${field}.parallelism`, spec.parallelism),
    ...nonNegative(`${field}.completions`, spec.completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...nonNegative(`${field}.backoffLimitPerIndex`, spec.backoffLimitPerIndex),
    ...nonNegative(`${field}.maxFailedIndexes`, spec.maxFailedIndexes),
    ...validateManager(field, spec),
    ...validateCompletionMode(field, spec),
    ...validateIndexLimits(field, spec),
    ...validatePodFailurePolicy(field, spec),
    ...validateSuccessPolicy(field, spec),
    ...validateReplacement(field, spec),
    ...validatePodTemplate(`${field}.template`, spec.template),
    ...validateRestartPolicy(field, spec),
  ];
}

function validateManager(field: string, { managedBy }: JobSpec): FieldError[] {
  if (managedBy === undefined) return [];
  const at = `${field}.managedBy`;
  return /^[a-z0-9.-]+\/[A-Za-z0-9/_.~-]+$/.test(managedBy) && managedBy.length <= 63
    ? []
    : [fieldInvalid(at, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')];
}

function validateCompletionMode(field: string, spec: JobSpec): FieldError[] {
  const { completionMode: mode, completions, parallelism = 1 } = spec;
  if (mode === undefined) return [];
  if (mode !== 'Indexed' && mode !== 'NonIndexed')
    return [fieldNotSupported(`${field}.completionMode`, mode, ['NonIndexed', 'Indexed'])];
  if (mode === 'NonIndexed') return [];
  if (completions === undefined)
    return [fieldRequired(`${field}.completions`, 'when completion mode is Indexed')];
  return parallelism <= MAX_INDEXED
    ? []
    : [
        fieldInvalid(
          `${field}.parallelism`,
          parallelism,
          `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`,
        ),
      ];
}

function validateIndexLimits(field: string, spec: JobSpec): FieldError[] {
  const { completionMode, completions, backoffLimitPerIndex: perIndex, maxFailedIndexes: max } = spec;
  const isIndexed = completionMode === 'Indexed';
  const why = 'requires indexed completion mode';
  const wrong: FieldError[] = [];
  if (perIndex !== undefined && !isIndexed)
    wrong.push(fieldInvalid(`${field}.backoffLimitPerIndex`, perIndex, why));
  if (max === undefined) return wrong;
  if (!isIndexed) wrong.push(fieldInvalid(`${field}.maxFailedIndexes`, max, why));
  if (perIndex === undefined)
    wrong.push(fieldRequired(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completions !== undefined && max > completions)
    wrong.push(fieldInvalid(`${field}.maxFailedIndexes`, max, 'must be less than or equal to completions'));
  return wrong;
}

function validateReplacement(field: string, spec: JobSpec): FieldError[] {
  const { podReplacementPolicy: policy, podFailurePolicy } = spec;
  if (policy === undefined) return [];
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return supported.includes(policy)
    ? []
    : [fieldNotSupported(`${field}.podReplacementPolicy`, policy, supported)];
}

/** A pod that is started anew for ever never ends. */
function validateRestartPolicy(field: string, spec: JobSpec): FieldError[] {
  const at = `${field}.template.spec.restartPolicy`;
  const policy = spec.template?.spec?.restartPolicy;
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [fieldRequired(at, 'valid values: "OnFailure", "Never"')];
  if (policy === 'Never') return [];
  const needsNever = (['podFailurePolicy', 'backoffLimitPerIndex'] as const).filter(
    (name) => spec[name] !== undefined,
  );
  return needsNever.map((name) =>
    fieldInvalid(at, policy, `only "Never" is supported when ${name} is specified`),
  );
}

function validateSelector({ selector, template }: JobSpec): FieldError[] {
  if (!selector) return [fieldRequired('spec.selector')];
  const wrong = validateLabelSelector('spec.selector', selector);
  if (wrong.length > 0) return wrong;
  const labels = template?.metadata?.labels ?? {};
  return matchesLabels(labelSelector(selector), labels)
    ? []
    : [fieldInvalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
}

/** Labels of an older Job of the name would mix its pods with ours. */
function validateGeneratedSelector({ metadata, spec }: Job): FieldError[] {
  if (!spec || spec.manualSelector || !metadata.uid) return [];
  const { name, uid } = metadata;
  const labels = spec.template?.metadata?.labels ?? {};
  const own = {
    [jobLabel.oldControllerUid]: uid,
    [jobLabel.controllerUid]: uid,
    [jobLabel.oldJobName]: name,
    [jobLabel.jobName]: name,
  };
  const wrong = Object.entries(own)
    .filter(([key, value]) => labels[key] !== value)
    .map(([, value]) => fieldInvalid('spec.template.metadata.labels', labels, `must be '${value}'`));
  if (spec.selector && !matchesLabels(labelSelector(spec.selector), own))
    wrong.push(fieldInvalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  return wrong;
}

export function validateJobUpdate({ spec }: Job, { spec: old, status }: Job): FieldError[] {
  if (!spec || !old) return [];
  return [
    ...validateCompletionsUpdate(spec, old),
    ...immutable('spec.selector', spec.selector, old.selector),
    ...immutable('spec.template', fixedPart(spec, old, status), fixedPart(old, old, status)),
    ...immutable('spec.completionMode', spec.completionMode, old.completionMode),
    ...immutable('spec.podFailurePolicy', spec.podFailurePolicy, old.podFailurePolicy),
    ...immutable('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, old.backoffLimitPerIndex),
    ...immutable('spec.managedBy', spec.managedBy, old.managedBy),
    ...immutable('spec.successPolicy', spec.successPolicy, old.successPolicy),
  ];
}

/** An elastic indexed Job: https://kubernetes.io/docs/concepts/workloads/controllers/job/#elastic-indexed-jobs */
function validateCompletionsUpdate(spec: JobSpec, old: JobSpec): FieldError[] {
  if (spec.completions === old.completions) return [];
  if (spec.completionMode !== 'Indexed')
    return immutable('spec.completions', spec.completions, old.completions);
  return spec.completions === spec.parallelism && old.completions === old.parallelism
    ? []
    : [
        fieldInvalid(
          'spec.completions',
          spec.completions ?? null,
          'must be equal to parallelism before and after',
        ),
      ];
}

/**
 * The template, without what may change while the Job is suspended and has not started: where its pods go.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#mutable-scheduling-directives
 */
function fixedPart({ template }: JobSpec, old: JobSpec, status: Job['status']): unknown {
  if (!old.suspend || status?.startTime) return template;
  const { metadata, spec } = template;
  const { annotations: _, labels: __, ...meta } = metadata ?? {};
  if (!spec) return { ...template, metadata: meta };
  const { nodeSelector: _n, tolerations: _t, schedulingGates: _g, affinity, ...rest } = spec;
  const { nodeAffinity: _a, ...affinities } = affinity ?? {};
  return { ...template, metadata: meta, spec: { ...rest, affinity: affinities } };
}
