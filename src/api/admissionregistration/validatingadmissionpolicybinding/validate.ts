/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-binding-v1/ */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../types.ts';
import { named, oneOf } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';
import { validateMatchResources } from '../rules/validate.ts';

type Spec = Partial<NonNullable<ValidatingAdmissionPolicyBinding['spec']>>;

export function validatePolicyBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  return [...validateBindingTarget(spec ?? {}), ...validateActions(spec ?? {})];
}

/** What bindings of either sort of policy say. */
export const validateBindingTarget = ({ policyName, paramRef, matchResources }: Spec): FieldError[] => [
  ...named('spec.policyName', policyName, isDnsSubdomain),
  ...(paramRef ? validateParamRef('spec.paramRef', paramRef) : []),
  ...(matchResources ? validateMatchResources('spec.matchResources', matchResources) : []),
];

function validateParamRef(
  at: string,
  { name, selector, parameterNotFoundAction }: NonNullable<Spec['paramRef']>,
) {
  const wrong: FieldError[] = [];
  if (name && selector) wrong.push(fieldForbidden(`${at}.name`, 'name and selector are mutually exclusive'));
  if (!name && !selector) wrong.push(fieldRequired(at, 'one of name or selector must be specified'));
  wrong.push(...validateLabelSelector(`${at}.selector`, selector));
  if (!parameterNotFoundAction) wrong.push(fieldRequired(`${at}.parameterNotFoundAction`));
  else wrong.push(...oneOf(`${at}.parameterNotFoundAction`, parameterNotFoundAction, ['Allow', 'Deny']));
  return wrong;
}

const actions = ['Audit', 'Deny', 'Warn'];

function validateActions({ validationActions = [] }: Spec): FieldError[] {
  const at = 'spec.validationActions';
  if (validationActions.length === 0)
    return [fieldRequired(at, 'at least one validation action is required')];
  const wrong = validationActions.flatMap((action, i) => oneOf(`${at}[${i}]`, action, actions));
  if (validationActions.includes('Deny') && validationActions.includes('Warn'))
    wrong.push(
      fieldInvalid(
        at,
        validationActions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  return wrong;
}
