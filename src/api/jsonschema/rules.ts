import { additionalOf, type Schema } from './schema.ts';

/** Whether there are CEL rules anywhere in the schema. */
export function hasRules(schema: Schema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...[schema.items, additionalOf(schema)].filter((part) => part !== undefined),
  ];
  return parts.some(hasRules);
}
