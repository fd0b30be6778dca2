/** https://kubernetes.io/docs/reference/kubernetes-api/node-resources/runtime-class-v1/ */
import type { FieldError } from '../../errors.ts';
import { isDnsLabel } from '../../names.ts';
import type { RuntimeClass } from '../../types.ts';
import { immutable, named } from '../../validate/checks.ts';
import { validateLabels } from '../../validate/labels.ts';

export const validateRuntimeClass = ({ handler, scheduling }: RuntimeClass): FieldError[] => [
  ...named('handler', handler, isDnsLabel),
  ...validateLabels('scheduling.nodeSelector', scheduling?.nodeSelector),
];

export const validateRuntimeClassUpdate = (now: RuntimeClass, old: RuntimeClass): FieldError[] =>
  immutable('handler', now.handler, old.handler);
