/**
 * Fills in what was left out, and takes away nulls where there may be none.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
 */
import { isObject } from '../jsonValue.ts';
import { additionalOf, memberOf, type Schema } from './schema.ts';

/** In place. Doing it twice changes nothing more. */
export function fillDefaults(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) fillDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    if (member.default !== undefined && isLeftOut(value, name, member))
      value[name] = structuredClone(member.default);
  for (const name of Object.keys(value)) {
    const member = memberOf(schema, name);
    if (!member) continue;
    if (value[name] === null && !isNullable(member)) fillNull(value, name, schema);
    else fillDefaults(value[name], member);
  }
}

const isLeftOut = (value: Record<string, unknown>, name: string, member: Schema) =>
  !Object.hasOwn(value, name) || (value[name] === null && !isNullable(member));

const isNullable = (schema: Schema) =>
  schema.nullable === true ||
  (schema.type === undefined && schema['x-kubernetes-preserve-unknown-fields'] === true);

/** A null among the values of a map gets the default that they have, if there is one. */
function fillNull(value: Record<string, unknown>, name: string, schema: Schema): void {
  const preset = schema.properties?.[name] ? undefined : additionalOf(schema)?.default;
  if (preset === undefined) delete value[name];
  else value[name] = structuredClone(preset);
}

/** Whether there is any default in the schema. */
export function hasDefaults(schema: Schema): boolean {
  if (schema.default !== undefined) return true;
  const additional = additionalOf(schema);
  const members = [...Object.values(schema.properties ?? {}), ...(additional ? [additional] : [])];
  return members.some(hasDefaults) || (schema.items !== undefined && hasDefaults(schema.items));
}
