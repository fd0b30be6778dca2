/**
 * Containers that are added to a running pod to look into it.
 * https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
import { type FieldError, fieldDuplicate, fieldForbidden, fieldNotFound } from '../../errors.ts';
import type { EphemeralContainer, Pod, PodSpec } from '../../types.ts';
import { each, isSame } from '../../validate/checks.ts';

const cannotBeSet = 'cannot be set for an Ephemeral Container';

/** Nothing restarts, limits, probes or reaches them. */
const notAllowed = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const satisfies (keyof EphemeralContainer)[];

/** What holds for these beside what holds for every container. */
export function validateEphemeral(field: string, spec: PodSpec): FieldError[] {
  const others = new Set([...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name));
  const names = new Set(others);
  return each(field, spec.ephemeralContainers, (container, at) => {
    const wrong: FieldError[] = [];
    if (names.has(container.name)) wrong.push(fieldDuplicate(`${at}.name`, container.name));
    names.add(container.name);
    const { targetContainerName: target } = container;
    if (target && !others.has(target)) wrong.push(fieldNotFound(`${at}.targetContainerName`, target));
    for (const key of notAllowed)
      if (isSaid(container[key])) wrong.push(fieldForbidden(`${at}.${key}`, cannotBeSet));
    return [
      ...wrong,
      ...each(`${at}.volumeMounts`, container.volumeMounts, (mount, m) =>
        (['subPath', 'subPathExpr'] as const)
          .filter((key) => mount[key])
          .map((key) => fieldForbidden(`${m}.${key}`, cannotBeSet)),
      ),
    ];
  });
}

/** An object whose fields are all left out says nothing. */
const isSaid = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

export const validateEphemeralOnCreate = ({ spec }: Pod): FieldError[] =>
  spec?.ephemeralContainers?.length
    ? [fieldForbidden('spec.ephemeralContainers', 'cannot be set on create')]
    : [];

/** A write to `pods/ephemeralcontainers`: more of them, and those that are there stay as they are. */
export function validateEphemeralUpdate({ spec }: Pod, { spec: old }: Pod): FieldError[] {
  const field = 'spec.ephemeralContainers';
  const now = new Map(spec?.ephemeralContainers?.map((container) => [container.name, container]));
  return (old?.ephemeralContainers ?? []).flatMap((before) => {
    const after = now.get(before.name);
    if (!after)
      return [fieldForbidden(field, `existing ephemeral containers "${before.name}" may not be removed\n`)];
    return isSame(after, before)
      ? []
      : [fieldForbidden(field, `existing ephemeral containers "${before.name}" may not be changed\n`)];
  });
}
