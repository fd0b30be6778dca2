/** JSON values as CEL sees them: integers are integers because their schema says so. */
import { evaluate } from '@marcbachmann/cel-js';
import { memberOf, type Schema } from '../../api/jsonschema/schema.ts';
import { isObject } from '../../api/jsonValue.ts';

export function celValue(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => celValue(item, schema?.items));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        schema?.properties ? escapedName(name) : name,
        celValue(member, schema && memberOf(schema, name)),
      ]),
    );
  if (typeof value === 'number') return numberValue(value, schema);
  return typeof value === 'string' ? textValue(value, schema) : value;
}

function numberValue(value: number, schema: Schema | undefined): number | bigint {
  return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
}

function textValue(value: string, schema: Schema | undefined): unknown {
  switch (schema?.format) {
    case 'date':
    case 'date-time':
      return new Date(value);
    case 'duration':
      return durationOf(value) ?? value;
    case 'byte':
      return new Uint8Array(Buffer.from(value, 'base64'));
    default:
      return value;
  }
}

/** What is no duration stays a text: that it should be one, its format says. */
function durationOf(text: string): unknown {
  try {
    return evaluate('duration(text)', { text }) as unknown;
  } catch {
    return undefined;
  }
}

/** Words that CEL keeps for itself. */
const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules */
export function escapedName(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
