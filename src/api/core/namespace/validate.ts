import type { FieldError } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import type { Namespace } from '../../types.ts';
import { because, each } from '../../validate/checks.ts';

export const validateNamespace = ({ spec }: Namespace): FieldError[] =>
  each('spec.finalizers', spec?.finalizers, (name, at) => because(at, name, isQualifiedName(name)));
