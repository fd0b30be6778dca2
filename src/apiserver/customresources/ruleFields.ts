/** Fields that a rule names and its schema does not have. */

import { memberOf, type Schema } from '../../api/jsonschema/schema.ts';
import { isObject } from '../../api/jsonValue.ts';
import { escapedName } from '../cel/values.ts';

interface Node {
  readonly op: string;
  readonly args: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** The first such field; only those of `self` and `oldSelf` themselves are looked at, not of items of lists. */
export function undefinedField(ast: unknown, schema: Schema): string | undefined {
  let missing: string | undefined;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const one of node) visit(one);
      return;
    }
    if (!isNode(node) || missing !== undefined) return;
    if (node.op === '.') missing = missingIn(node, schema);
    if (missing === undefined) visit(node.args);
  };
  visit(ast);
  return missing;
}

function missingIn(node: Node, root: Schema): string | undefined {
  const [object, name] = node.args as [unknown, string];
  const schema = schemaOfNode(object, root);
  if (!schema || !isClosed(schema)) return undefined;
  return fieldOf(schema, name) ? undefined : name;
}

/** The schema of an expression like `self.spec.x`; undefined for all else. */
function schemaOfNode(node: unknown, root: Schema): Schema | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'id') return node.args === 'self' || node.args === 'oldSelf' ? root : undefined;
  if (node.op !== '.') return undefined;
  const [object, name] = node.args as [unknown, string];
  const schema = schemaOfNode(object, root);
  return schema && fieldOf(schema, name);
}

const isClosed = (schema: Schema) =>
  schema.type === 'object' && isObject(schema.properties) && !schema.additionalProperties;

function fieldOf(schema: Schema, name: string): Schema | undefined {
  const own = Object.keys(schema.properties ?? {}).find((one) => escapedName(one) === name);
  return own === undefined ? memberOf({ ...schema, properties: {} }, name) : schema.properties?.[own];
}
