/** What RoleBindings and ClusterRoleBindings have in common: defaults, and what may be wrong with them. */
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../errors.ts';
import { isDnsSubdomain, isPathSegment } from '../names.ts';
import type { ClusterRoleBinding, KubeObject, RoleBinding, Subject } from '../types.ts';
import { because, each, isSame, oneOf } from '../validate/checks.ts';
import { clusterRoleKind, rbacGroup, roleKind } from './words.ts';

export type Binding = KubeObject & Pick<RoleBinding | ClusterRoleBinding, 'subjects' | 'roleRef'>;

export function defaultBinding({ roleRef, subjects = [] }: Binding): void {
  roleRef.apiGroup ||= rbacGroup;
  for (const subject of subjects)
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= rbacGroup;
}

export const validateRoleBinding = (binding: Binding): FieldError[] =>
  validateBinding(binding, [roleKind, clusterRoleKind], true);

export const validateClusterRoleBinding = (binding: Binding): FieldError[] =>
  validateBinding(binding, [clusterRoleKind], false);

function validateBinding(
  { roleRef, subjects }: Binding,
  roles: readonly string[],
  namespaced: boolean,
): FieldError[] {
  const { apiGroup, kind, name } = roleRef;
  return [
    ...(apiGroup === rbacGroup ? [] : [fieldNotSupported('roleRef.apiGroup', apiGroup, [rbacGroup])]),
    ...(roles.includes(kind) ? [] : [fieldNotSupported('roleRef.kind', kind, roles)]),
    ...(name ? because('roleRef.name', name, isPathSegment(name)) : [fieldRequired('roleRef.name')]),
    ...each('subjects', subjects, (subject, at) => validateSubject(subject, at, namespaced)),
  ];
}

function validateSubject(subject: Subject, at: string, namespaced: boolean): FieldError[] {
  const { kind, name, namespace, apiGroup = '' } = subject;
  const wrong = name ? [] : [fieldRequired(`${at}.name`)];
  switch (kind) {
    case 'ServiceAccount':
      if (name) wrong.push(...because(`${at}.name`, name, isDnsSubdomain(name)));
      wrong.push(...oneOf(`${at}.apiGroup`, apiGroup, ['']));
      if (!namespaced && !namespace) wrong.push(fieldRequired(`${at}.namespace`));
      return wrong;
    case 'User':
    case 'Group':
      return [...wrong, ...oneOf(`${at}.apiGroup`, apiGroup, [rbacGroup])];
    default:
      return [...wrong, fieldNotSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

/** Whoever could change it would turn a binding that he may change into one that he may not make. */
export const validateBindingUpdate = ({ roleRef }: Binding, old: Binding): FieldError[] =>
  isSame(roleRef, old.roleRef) ? [] : [fieldInvalid('roleRef', roleRef, 'cannot change roleRef')];
