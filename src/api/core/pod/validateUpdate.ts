/**
 * What may change in a pod that exists: little, since its containers are running.
 * https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
 */
import { type FieldError, fieldForbidden, fieldInvalid } from '../../errors.ts';
import type { Container, Pod, PodSpec, Toleration } from '../../types.ts';
import { isSame } from '../../validate/checks.ts';

const ONLY =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate({ spec }: Pod, { spec: old }: Pod): FieldError[] {
  if (!spec || !old || isSame(spec, old)) return [];
  if (spec.containers.length !== old.containers.length)
    return [fieldForbidden('spec.containers', 'pod updates may not add or remove containers')];
  if (spec.initContainers?.length !== old.initContainers?.length)
    return [fieldForbidden('spec.initContainers', 'pod updates may not add or remove containers')];
  return [
    ...validateDeadline(spec.activeDeadlineSeconds, old.activeDeadlineSeconds),
    ...validateTolerations(spec.tolerations ?? [], old.tolerations ?? []),
    ...validateGates(spec, old),
    ...(isSame(frozenPart(spec), frozenPart(placedLike(spec, old))) ? [] : [fieldForbidden('spec', ONLY)]),
  ];
}

/** A pod comes to a node once: the old spec as it is after that. */
const placedLike = ({ nodeName }: PodSpec, old: PodSpec): PodSpec =>
  nodeName && !old.nodeName ? { ...old, nodeName } : old;

/** The spec without all that may change. */
function frozenPart(spec: PodSpec): unknown {
  const frozen = without(spec, ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']);
  const withoutImage = (container: Container) => without(container, ['image']);
  return {
    ...frozen,
    containers: spec.containers.map(withoutImage),
    initContainers: spec.initContainers?.map(withoutImage),
  };
}

const without = (object: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

function validateDeadline(now: number | undefined, before: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (before === undefined || now === before) return [];
  if (now === undefined)
    return [fieldInvalid(field, null, 'must not update from a positive integer to nil value')];
  return now < before ? [] : [fieldInvalid(field, now, 'must be less than or equal to previous value')];
}

/** More may be tolerated than before, and for another time; nothing that was tolerated may go. */
function validateTolerations(now: readonly Toleration[], before: readonly Toleration[]): FieldError[] {
  const withoutSeconds = (toleration: Toleration) => without(toleration, ['tolerationSeconds']);
  const kept = before.every((old) => now.some((t) => isSame(withoutSeconds(t), withoutSeconds(old))));
  return kept
    ? []
    : [
        fieldForbidden(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

function validateGates({ schedulingGates = [] }: PodSpec, old: PodSpec): FieldError[] {
  return schedulingGates
    .filter(({ name }) => !old.schedulingGates?.some((gate) => gate.name === name))
    .map(({ name }) =>
      fieldForbidden(
        'spec.schedulingGates',
        `only deletion is allowed, but found new scheduling gate '${name}'`,
      ),
    );
}
