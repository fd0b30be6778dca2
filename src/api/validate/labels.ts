/** Labels, annotations and selectors, wherever they stand. */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong } from '../errors.ts';
import { isLabelValue, isQualifiedName } from '../names.ts';
import type { LabelSelector } from '../types.ts';
import { because, each } from './checks.ts';

/** Of all keys and values of an object's annotations. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

export const validateLabels = (field: string, labels: Record<string, string> | undefined): FieldError[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...because(field, key, isQualifiedName(key)),
    ...because(field, value, isLabelValue(value)),
  ]);

export function validateAnnotations(
  field: string,
  annotations: Record<string, string> | undefined,
): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const wrong = entries.flatMap(([key]) => because(field, key, isQualifiedName(key.toLowerCase())));
  const bytes = entries.reduce((sum, [k, v]) => sum + Buffer.byteLength(k) + Buffer.byteLength(v), 0);
  if (bytes > MAX_ANNOTATION_BYTES) wrong.push(fieldTooLong(field, MAX_ANNOTATION_BYTES));
  return wrong;
}

export const validateLabelSelector = (field: string, selector: LabelSelector | undefined): FieldError[] => [
  ...validateLabels(`${field}.matchLabels`, selector?.matchLabels),
  ...each(`${field}.matchExpressions`, selector?.matchExpressions, ({ key, operator, values = [] }, at) => {
    const wrong: FieldError[] = [];
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        wrong.push(fieldRequired(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        wrong.push(
          fieldForbidden(
            `${at}.values`,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          ),
        );
    } else wrong.push(fieldInvalid(`${at}.operator`, operator, 'not a valid selector operator'));
    wrong.push(...because(`${at}.key`, key, isQualifiedName(key)));
    wrong.push(...each(`${at}.values`, values, (value, v) => because(v, value, isLabelValue(value))));
    return wrong;
  }),
];
