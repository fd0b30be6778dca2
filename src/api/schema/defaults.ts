/** Fills in what was left out: the constants of the fields, and what the kind works out itself. */
import type { Kind } from '../kind.ts';
import { type Field, type Message, messageOf } from '../message.ts';
import type { KubeObject } from '../types.ts';
import { zeroOf } from './scalars.ts';

/** All defaults of an object of this kind, in place. Doing it twice changes nothing more. */
export function setDefaults<T extends KubeObject>(kind: Kind<T>, obj: T): T {
  applyDefaults(obj, kind.message);
  if (!kind.defaults) return obj;
  kind.defaults(obj);
  // What the kind has added gets its constants too.
  return applyDefaults(obj, kind.message);
}

/**
 * The constant defaults (`= value`) of a message and of everything in it, in place. Required scalars and
 * lists come to be there too, empty, as the types promise: validation says what it thinks of a port 0.
 */
export function applyDefaults<T extends object>(object: T, message: string): T {
  fill(object as Record<string, unknown>, messageOf(message));
  return object;
}

function fill(object: Record<string, unknown>, type: Message): void {
  for (const field of filledOf(type)) {
    const { name } = field;
    if (field.default !== undefined && isMissing(object[name]))
      object[name] = typeof field.default === 'object' ? {} : field.default;
    else if (field.required && object[name] === undefined) fillZero(object, name, field);
    descend(object[name], field);
  }
}

const filled = new WeakMap<Message, readonly Field[]>();

/** The fields that may have to be filled, or something in them: most are scalars that may be left out. */
function filledOf(type: Message): readonly Field[] {
  let fields = filled.get(type);
  if (!fields) {
    fields = [...type.byName.values()].filter(
      (field) => field.default !== undefined || field.required || typeof field.type === 'object',
    );
    filled.set(type, fields);
  }
  return fields;
}

function fillZero(object: Record<string, unknown>, name: string, { shape, type }: Field): void {
  if (shape === 'list') object[name] = [];
  else if (shape === 'one' && typeof type === 'string' && zeroOf(type) !== null) object[name] = zeroOf(type);
}

function descend(value: unknown, { shape, type: fieldType }: Field): void {
  if (typeof fieldType !== 'object' || typeof value !== 'object' || value === null) return;
  const type = messageOf(fieldType.message);
  if (type.bare) return;
  if (shape === 'one') fill(value as Record<string, unknown>, type);
  else
    for (const item of Array.isArray(value) ? value : (Object.values(value) as unknown[]))
      if (typeof item === 'object' && item !== null) fill(item as Record<string, unknown>, type);
}

/** An empty text is how Go's clients leave a text out. */
const isMissing = (value: unknown) => value === undefined || value === null || value === '';
