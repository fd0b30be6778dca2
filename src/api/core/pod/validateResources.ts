import { type FieldError, fieldInvalid } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import { compareQuantities, milliOf, parseQuantity } from '../../quantity.ts';
import type { Container } from '../../types.ts';
import { because } from '../../validate/checks.ts';

/** https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
export function validateResources(field: string, resources: Container['resources']): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  return [
    ...validateAmounts(`${field}.limits`, limits),
    ...validateAmounts(`${field}.requests`, requests),
    ...Object.entries(requests)
      .filter(([name, asked]) => {
        const limit = limits[name];
        return limit !== undefined && compareQuantities(parseQuantity(asked), parseQuantity(limit)) > 0;
      })
      .map(([name, asked]) =>
        fieldInvalid(
          `${field}.requests`,
          asked,
          `must be less than or equal to ${name} limit of ${limits[name]}`,
        ),
      ),
  ];
}

const validateAmounts = (field: string, amounts: Record<string, string>): FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => [
    ...validateName(`${field}[${name}]`, name),
    ...(milliOf(amount) < 0n
      ? [fieldInvalid(`${field}[${name}]`, amount, 'must be greater than or equal to 0')]
      : []),
  ]);

function validateName(field: string, name: string): FieldError[] {
  const wrong = because(field, name, isQualifiedName(name));
  const standard = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name);
  if (wrong.length === 0 && !standard && !name.includes('/'))
    wrong.push(fieldInvalid(field, name, 'must be a standard resource for containers'));
  return wrong;
}
