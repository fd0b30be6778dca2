/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/ */
import { type FieldError, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import type { ValidatingAdmissionPolicy } from '../../types.ts';
import { each, named, oneOf, unique } from '../../validate/checks.ts';
import { validateConditions, validateMatchResources, validatePolicies } from '../rules/validate.ts';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;

export function validatePolicy({ spec = {} }: ValidatingAdmissionPolicy): FieldError[] {
  return [
    ...validatePolicies('spec', spec),
    ...validateParamKind(spec),
    ...validateConstraints(spec),
    ...validateConditions('spec.matchConditions', spec.matchConditions),
    ...validateVariables(spec),
    ...validateChecks(spec),
  ];
}

export const validateVariables = ({ variables }: Pick<Spec, 'variables'>): FieldError[] => [
  ...each('spec.variables', variables, ({ name, expression }, at) => [
    ...named(`${at}.name`, name, isIdentifier),
    ...(expression.trim() === '' ? [fieldRequired(`${at}.expression`, 'expression is not specified')] : []),
  ]),
  ...unique(
    variables,
    ({ name }) => name,
    (i) => `spec.variables[${i}].name`,
  ),
];

export function validateParamKind({ paramKind }: Pick<Spec, 'paramKind'>): FieldError[] {
  if (!paramKind) return [];
  return [
    ...(paramKind.apiVersion ? [] : [fieldRequired('spec.paramKind.apiVersion')]),
    ...(paramKind.kind ? [] : [fieldRequired('spec.paramKind.kind')]),
  ];
}

export function validateConstraints({ matchConstraints }: Pick<Spec, 'matchConstraints'>): FieldError[] {
  const at = 'spec.matchConstraints';
  if (!matchConstraints) return [fieldRequired(at)];
  return [
    ...validateMatchResources(at, matchConstraints),
    ...(matchConstraints.resourceRules?.length ? [] : [fieldRequired(`${at}.resourceRules`)]),
  ];
}

function validateChecks({ validations = [], auditAnnotations = [] }: Spec): FieldError[] {
  if (validations.length + auditAnnotations.length === 0)
    return [
      fieldRequired('spec.validations', 'validations or auditAnnotations must contain at least one item'),
      fieldRequired(
        'spec.auditAnnotations',
        'validations or auditAnnotations must contain at least one item',
      ),
    ];
  return [
    ...each('spec.validations', validations, validateValidation),
    ...each('spec.auditAnnotations', auditAnnotations, ({ key, valueExpression }, at) => [
      ...named(`${at}.key`, key, (text) => isQualifiedName(text)),
      ...(valueExpression.trim() === ''
        ? [fieldRequired(`${at}.valueExpression`, 'valueExpression is not specified')]
        : []),
    ]),
    ...unique(
      auditAnnotations,
      ({ key }) => key,
      (i) => `spec.auditAnnotations[${i}].key`,
    ),
  ];
}

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

function validateValidation(
  { expression, message, messageExpression, reason }: NonNullable<Spec['validations']>[number],
  at: string,
): FieldError[] {
  const wrong: FieldError[] = [];
  if (expression.trim() === '') wrong.push(fieldRequired(`${at}.expression`, 'expression is not specified'));
  if (messageExpression !== undefined && messageExpression.trim() === '')
    wrong.push(fieldInvalid(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  if (message !== undefined && message.trim() === '')
    wrong.push(fieldInvalid(`${at}.message`, message, 'message must be non-empty if specified'));
  else if (message?.trim().includes('\n'))
    wrong.push(fieldInvalid(`${at}.message`, message, 'message must not contain line breaks'));
  else if (!message && expression.trim().includes('\n'))
    wrong.push(
      fieldRequired(`${at}.message`, 'message must be specified if expression contains line breaks'),
    );
  return [...wrong, ...(reason ? oneOf(`${at}.reason`, reason, reasons) : [])];
}

const isIdentifier = (name: string): string[] =>
  /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) ? [] : ['name is not a valid CEL identifier'];
