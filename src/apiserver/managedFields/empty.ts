/** An object before anything was written to it. */

import type { JsonObject } from '../../api/jsonValue.ts';
import type { Kind } from '../../api/kind.ts';
import { type Field, messageOf } from '../../api/message.ts';

const known = new Map<string, JsonObject>();

/**
 * What an object of the kind has before it has anything: the structs that Kubernetes' own types hold by value.
 * They are not fields that somebody made. Never to be changed.
 */
export const emptyOf = (kind: Pick<Kind, 'message' | 'structure'>): JsonObject =>
  kind.structure ? nothing : emptyMessage(kind.message);

const nothing: JsonObject = {};

function emptyMessage(name: string): JsonObject {
  const before = known.get(name);
  if (before) return before;
  const empty: JsonObject = {};
  for (const [member, field] of messageOf(name).byName) {
    if (isStruct(field)) empty[member] = emptyMessage(field.type.message);
    else if (field.required) empty[member] = null;
  }
  known.set(name, empty);
  return empty;
}

type StructField = Field & { type: { message: string } };

const isStruct = (field: Field): field is StructField =>
  field.shape === 'one' &&
  typeof field.type === 'object' &&
  (typeof field.default === 'object' || field.type.message === 'meta/v1.ObjectMeta');
