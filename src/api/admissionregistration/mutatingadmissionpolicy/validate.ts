/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
import { type FieldError, fieldForbidden, fieldRequired } from '../../errors.ts';
import type { MutatingAdmissionPolicy } from '../../types.ts';
import { each, oneOf } from '../../validate/checks.ts';
import { validateConditions, validatePolicies } from '../rules/validate.ts';
import {
  validateConstraints,
  validateParamKind,
  validateVariables,
} from '../validatingadmissionpolicy/validate.ts';

type Mutation = NonNullable<NonNullable<MutatingAdmissionPolicy['spec']>['mutations']>[number];

export function validateMutatingPolicy({ spec = {} }: MutatingAdmissionPolicy): FieldError[] {
  return [
    ...validatePolicies('spec', spec),
    ...validateParamKind(spec),
    ...validateConstraints(spec),
    ...validateConditions('spec.matchConditions', spec.matchConditions),
    ...validateVariables(spec),
    ...(spec.mutations?.length
      ? each('spec.mutations', spec.mutations, validateMutation)
      : [fieldRequired('spec.mutations', 'mutations must contain at least one item')]),
    ...(spec.reinvocationPolicy
      ? oneOf('spec.reinvocationPolicy', spec.reinvocationPolicy, ['IfNeeded', 'Never'])
      : [fieldRequired('spec.reinvocationPolicy')]),
  ];
}

function validateMutation(mutation: Mutation, at: string): FieldError[] {
  const { patchType, applyConfiguration, jsonPatch } = mutation;
  if (!patchType) return [fieldRequired(`${at}.patchType`)];
  const wrong = oneOf(`${at}.patchType`, patchType, ['ApplyConfiguration', 'JSONPatch']);
  if (wrong.length > 0) return wrong;
  const isPatch = patchType === 'JSONPatch';
  const [own, other] = isPatch ? ['jsonPatch', 'applyConfiguration'] : ['applyConfiguration', 'jsonPatch'];
  const [said, unsaid] = isPatch ? [jsonPatch, applyConfiguration] : [applyConfiguration, jsonPatch];
  return [
    ...(said
      ? said.expression?.trim()
        ? []
        : [fieldRequired(`${at}.${own}.expression`, 'expression is not specified')]
      : [fieldRequired(`${at}.${own}`, `must be specified when patchType is ${patchType}`)]),
    ...(unsaid
      ? [fieldForbidden(`${at}.${other}`, `must not be specified when patchType is ${patchType}`)]
      : []),
  ];
}
