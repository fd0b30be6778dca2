/**
 * The selectors that a question about a list or watch may name. Nodes may list only what is theirs, so for
 * them it matters what a field selector pins down.
 * https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
import { type FieldError, fieldInvalid, fieldRequired, StatusError } from '../../api/errors.ts';
import { parseFieldSelector } from '../../api/selectors.ts';
import { pinnedFields } from '../authorize.ts';
import type { SubjectAccessReview } from './types.ts';

type Asked = NonNullable<SubjectAccessReview['spec']['resourceAttributes']>;

/** Written out, or as the text of a query; not both, and not neither. */
export const selectorErrors = (asked: Asked | undefined): FieldError[] =>
  (['fieldSelector', 'labelSelector'] as const).flatMap((which) => {
    const selector = asked?.[which];
    if (!selector) return [];
    const field = `spec.resourceAttributes.${which}`;
    const { rawSelector, requirements = [] } = selector;
    if (rawSelector && requirements.length > 0)
      return [
        fieldInvalid(
          `${field}.rawSelector`,
          rawSelector,
          'may not specified at the same time as requirements',
        ),
      ];
    if (!rawSelector && requirements.length === 0)
      return [
        fieldRequired(
          `${field}.requirements`,
          `when ${field} is specified, requirements or rawSelector is required`,
        ),
      ];
    return [];
  });

/** A text that cannot be read narrows nothing: the answer is then that for all objects. */
export function selectedOf({ fieldSelector }: Asked): Record<string, string> | undefined {
  if (!fieldSelector) return undefined;
  const { rawSelector, requirements = [] } = fieldSelector;
  if (!rawSelector)
    return pinnedFields(
      requirements
        .filter(({ operator, values = [] }) => operator === 'In' && values.length === 1)
        .map(({ key, values: [value = ''] = [] }) => ({ field: key, equal: true, value })),
    );
  try {
    return pinnedFields(parseFieldSelector(rawSelector));
  } catch (err) {
    if (err instanceof StatusError) return undefined;
    throw err;
  }
}
