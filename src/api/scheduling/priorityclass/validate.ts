/** https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
import { type FieldError, fieldForbidden, fieldInvalid } from '../../errors.ts';
import type { PriorityClass } from '../../types.ts';
import { oneOf } from '../../validate/checks.ts';
import { HIGHEST_USER_PRIORITY, SYSTEM_PREFIX, systemPriorityClass } from './system.ts';

const POLICIES: readonly string[] = ['Never', 'PreemptLowerPriority'];

export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const { metadata, value = 0, preemptionPolicy } = priorityClass;
  const wrong: FieldError[] = [];
  if (metadata.name.startsWith(SYSTEM_PREFIX)) wrong.push(...validateSystem(priorityClass));
  else if (value > HIGHEST_USER_PRIORITY)
    wrong.push(
      fieldForbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`),
    );
  if (preemptionPolicy !== undefined) wrong.push(...oneOf('preemptionPolicy', preemptionPolicy, POLICIES));
  return wrong;
}

/** Such names are those of the system's own classes alone, and they say what they always said. */
function validateSystem({ metadata, value = 0, globalDefault = false }: PriorityClass): FieldError[] {
  const known = systemPriorityClass(metadata.name);
  const refuse = (why: string) => [
    fieldForbidden(
      'metadata.name',
      `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`,
    ),
  ];
  if (!known) return refuse(`${metadata.name} is not a known system priority class`);
  if (known.value !== value) return refuse(`value of ${metadata.name} PriorityClass must be ${known.value}`);
  if (globalDefault) return refuse(`globalDefault of ${metadata.name} PriorityClass must be false`);
  return [];
}

export function validatePriorityClassUpdate(now: PriorityClass, old: PriorityClass): FieldError[] {
  const wrong: FieldError[] = [];
  if ((now.value ?? 0) !== (old.value ?? 0))
    wrong.push(fieldForbidden('value', 'may not be changed in an update.'));
  if (now.preemptionPolicy !== old.preemptionPolicy)
    wrong.push(fieldInvalid('preemptionPolicy', now.preemptionPolicy, 'field is immutable'));
  return wrong;
}
