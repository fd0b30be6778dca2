import type { FieldError } from '../../errors.ts';
import type { ReplicaSet } from '../../types.ts';
import { immutable } from '../../validate/checks.ts';
import { validateWorkload } from '../validateWorkload.ts';

export const validateReplicaSet = ({ spec }: ReplicaSet): FieldError[] =>
  spec ? validateWorkload(spec, 'empty selector is invalid for deployment') : [];

export const validateReplicaSetUpdate = ({ spec }: ReplicaSet, { spec: old }: ReplicaSet): FieldError[] =>
  immutable('spec.selector', spec?.selector, old?.selector);
