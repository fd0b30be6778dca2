/**
 * Checks the JSON that a client sent against the fields of a message: what is of a wrong type is an
 * error, what is unknown is left out and reported (whether that is an error is the client's choice:
 * `fieldValidation`), what is null or empty counts as left out. Scalars come out in their canonical form.
 */

import { badRequest, type StatusError } from '../errors.ts';
import { isObject } from '../jsonValue.ts';
import { type Field, type Message, messageOf } from '../message.ts';
import type { Resource } from '../resource.ts';
import { decodeScalar, jsonType, zeroOf } from './scalars.ts';

export interface Decoded {
  object: Record<string, unknown>;
  /** `unknown field "spec.foo"`, one for each. */
  unknown: string[];
  /** In the words of Kubernetes, which are those of Go. The first is what a client is told. */
  errors: string[];
}

/** `message` is the name of a declared message: `core/v1.Service`. */
export function decode(json: unknown, message: string): Decoded {
  const decoder = new Decoder();
  const type = messageOf(message);
  const object = decoder.message(json, type, { go: '', path: '', struct: goName(type) });
  return { object, unknown: decoder.unknown, errors: decoder.errors };
}

/** The 400 that says why a body is no object of the kind. */
export const cannotDecode = (r: Pick<Resource, 'kind' | 'version'>, why: string): StatusError =>
  badRequest(`${r.kind} in version "${r.version}" cannot be handled as a ${r.kind}: ${why}`);

/** The 400 for unknown fields, when the client wants to hear of them. */
export const strictError = (r: Pick<Resource, 'kind' | 'version'>, unknown: readonly string[]): StatusError =>
  cannotDecode(r, `strict decoding error: ${unknown.join(', ')}`);

/** Where in the document we are. */
interface Place {
  /** Without indices, as Go's decoder names a field: `spec.ports.port`. */
  go: string;
  /** With indices: `spec.ports[0].port`. */
  path: string;
  /** The message that the field belongs to: `ServicePort`. */
  struct: string;
}

const goName = (type: Message) => type.name.slice(type.name.lastIndexOf('.') + 1);

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const member = ({ go, path }: Place, name: string, type: Message): Place => ({
  go: join(go, name),
  path: join(path, name),
  struct: goName(type),
});

/** Most fields: nothing can be wrong with them, so that nobody needs to know where they stand. */
const isAsItIs = (json: unknown, { shape, type }: Field): boolean =>
  shape === 'one' &&
  ((type === 'string' && typeof json === 'string') || (type === 'bool' && typeof json === 'boolean'));

class Decoder {
  readonly unknown: string[] = [];
  readonly errors: string[] = [];

  message(json: unknown, type: Message, place: Place): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    if (!isObject(json)) {
      if (json !== null) this.wrongType(json, place, `v1.${goName(type)}`);
      return object;
    }
    for (const name of Object.keys(json)) {
      const field = type.byName.get(name);
      const value = json[name];
      if (!field) this.unknown.push(`unknown field ${JSON.stringify(join(place.path, name))}`);
      else if (value !== null) {
        const found = isAsItIs(value, field) ? value : this.field(value, field, member(place, name, type));
        if (!isLeftOut(found, field)) object[name] = found;
      }
    }
    return object;
  }

  private field(json: unknown, field: Field, place: Place): unknown {
    if (field.shape === 'list') return this.list(json, field, place);
    if (field.shape === 'map') return this.map(json, field, place);
    return this.value(json, field, place);
  }

  private list(json: unknown, field: Field, place: Place): unknown[] {
    if (!Array.isArray(json)) {
      this.wrongType(json, place, `[]${goType(field)}`);
      return [];
    }
    return json.map((item: unknown, i) => this.value(item, field, { ...place, path: `${place.path}[${i}]` }));
  }

  private map(json: unknown, field: Field, place: Place): Record<string, unknown> {
    if (!isObject(json)) {
      this.wrongType(json, place, `map[string]${goType(field)}`);
      return {};
    }
    const entries = Object.entries(json).map(([key, value]): [string, unknown] => [
      key,
      this.value(value, field, { ...place, path: join(place.path, key) }),
    ]);
    return Object.fromEntries(entries);
  }

  private value(json: unknown, field: Field, place: Place): unknown {
    if (typeof field.type === 'string') {
      if (json === null) return zeroOf(field.type);
      return decodeScalar(json, field.type, {
        wrongType: (goType, shown) => this.wrongType(json, place, goType, shown),
        fail: (why) => this.errors.push(why),
      });
    }
    const type = messageOf(field.type.message);
    return type.bare ? this.list(json ?? [], type.bare, place) : this.message(json, type, place);
  }

  private wrongType(json: unknown, { go, struct }: Place, goType: string, shown = jsonType(json)) {
    const where = go === '' ? `value of type ${goType}` : `struct field ${struct}.${go} of type ${goType}`;
    this.errors.push(`json: cannot unmarshal ${shown} into Go ${where}`);
  }
}

/** As Go's `omitempty` has it: who sends `[]`, `{}`, 0, false or "" and who sends nothing leave the same object. */
function isLeftOut(value: unknown, { shape, type, required, pointer }: Field): boolean {
  if (required) return false;
  if (shape === 'list') return Array.isArray(value) && value.length === 0;
  if (shape === 'map') return isObject(value) && Object.keys(value).length === 0;
  if (pointer || typeof type !== 'string' || type === 'intOrString') return false;
  return value === '' || value === 0 || value === false;
}

function goType(field: Field): string {
  if (typeof field.type !== 'string')
    return `v1.${field.type.message.slice(field.type.message.lastIndexOf('.') + 1)}`;
  return field.type === 'bytes' ? '[]uint8' : field.type;
}
