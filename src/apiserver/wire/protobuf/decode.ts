/** A message of protobuf as the object that it is in JSON, in one pass. */
import { type Field, messageOf, type ScalarType } from '../../../api/message.ts';
import { maxDepth, tooDeep } from '../tree.ts';
import { readDuration } from './duration.ts';
import { BYTES, FIXED64, malformed, Reader, VARINT } from './reader.ts';
import { readEntry, readIntOrString, readQuantity, readRaw, readTime } from './scalars.ts';
import { schemaUnions } from './schemaUnions.ts';

/** Reads the bytes inside of a `RawExtension`, which may be JSON or, again, protobuf. */
export type ReadRaw = (bytes: Uint8Array) => unknown;

type JsonObject = Record<string, unknown>;

/** Unknown fields are skipped, as every reader of protobuf does. */
export function decodeMessage(bytes: Uint8Array, messageName: string, readRaw: ReadRaw): JsonObject {
  const object: JsonObject = {};
  new Decoder(new Reader(bytes), readRaw).message(planOf(messageName), object);
  return object;
}

interface Plan {
  /** By protobuf number. */
  readonly fields: readonly (Field | undefined)[];
  /** In JSON the message is this list itself. */
  readonly bare: Field | undefined;
}

const plans = new Map<string, Plan>();

function planOf(messageName: string): Plan {
  let plan = plans.get(messageName);
  if (!plan) {
    const message = messageOf(messageName);
    const fields: Field[] = [];
    for (const field of message.fields) if (field.number > 0) fields[field.number] = field;
    plan = { fields, bare: message.bare };
    plans.set(messageName, plan);
  }
  return plan;
}

const wireTypes: Partial<Record<ScalarType, number>> = {
  bool: VARINT,
  int32: VARINT,
  int64: VARINT,
  double: FIXED64,
};

const wireTypeOf = (field: Field) =>
  field.shape === 'map' || typeof field.type === 'object' ? BYTES : (wireTypes[field.type] ?? BYTES);

class Decoder {
  readonly #r: Reader;
  readonly #readRaw: ReadRaw;
  #depth = 0;

  constructor(r: Reader, readRaw: ReadRaw) {
    this.#r = r;
    this.#readRaw = readRaw;
  }

  /** Reads fields until the end of the message that the reader stands in. */
  message(plan: Plan, into: JsonObject): void {
    if (++this.#depth > maxDepth) throw tooDeep();
    const r = this.#r;
    while (!r.done) {
      const tag = r.tag();
      const field = plan.fields[tag >>> 3];
      if (field) this.#field(field, tag & 7, into);
      else r.skip(tag & 7);
    }
    this.#depth--;
  }

  #field(field: Field, wireType: number, into: JsonObject): void {
    const expected = wireTypeOf(field);
    const packed = field.shape === 'list' && wireType === BYTES && expected !== BYTES;
    if (wireType !== expected && !packed)
      throw malformed(`field ${field.name} has wire type ${wireType} where ${expected} is expected`);
    if (field.shape === 'map') this.#entry(field, into);
    else if (field.shape === 'list') this.#item(field, packed, into);
    else if (field.inline) this.#nested(field, into);
    else this.#one(field, into);
  }

  #one(field: Field, into: JsonObject): void {
    if (typeof field.type === 'object') {
      // A message that comes in two parts is merged, as the encoding's guide asks.
      into[field.name] = this.#nested(field, into[field.name]);
      return;
    }
    const value = this.#scalar(field.type);
    if (value === undefined || (isZero(value) && !field.pointer && !field.required)) delete into[field.name];
    else into[field.name] = value;
  }

  #item(field: Field, packed: boolean, into: JsonObject): void {
    const list = (into[field.name] ??= []) as unknown[];
    if (!packed) {
      list.push(this.#value(field) ?? null);
      return;
    }
    const outer = this.#r.enter();
    while (!this.#r.done) list.push(this.#value(field));
    this.#r.leave(outer);
  }

  #entry(field: Field, into: JsonObject): void {
    const map = (into[field.name] ??= {}) as JsonObject;
    const expected = typeof field.type === 'object' ? BYTES : (wireTypes[field.type] ?? BYTES);
    const [key, value] = readEntry(
      this.#r,
      (wireType) => {
        if (wireType !== expected) throw malformed(`a value of ${field.name} has wire type ${wireType}`);
        return this.#value(field) ?? null;
      },
      () => absent(field),
    );
    map[key] = value;
  }

  #value(field: Field): unknown {
    return typeof field.type === 'object' ? this.#nested(field, undefined) : this.#scalar(field.type);
  }

  #nested(field: Field, before: unknown): unknown {
    if (typeof field.type === 'string') throw new Error(`Cannot read ${field.name}: it is no message`);
    const plan = planOf(field.type.message);
    const { bare } = plan;
    const outer = this.#r.enter();
    const into = (bare ? { [bare.name]: before ?? [] } : (before ?? {})) as JsonObject;
    this.message(plan, into);
    this.#r.leave(outer);
    return bare ? into[bare.name] : into;
  }

  #union(type: ScalarType): unknown {
    const union = schemaUnions[type];
    if (!union) throw new Error(`Cannot read a ${type}: it is no union`);
    const into: JsonObject = {};
    const outer = this.#r.enter();
    this.message(planOf(union.message), into);
    this.#r.leave(outer);
    return union.toJson(into);
  }

  #scalar(type: ScalarType): unknown {
    const r = this.#r;
    switch (type) {
      case 'string':
        return r.string();
      case 'bool':
        return r.bool();
      case 'int32':
        return r.int32();
      case 'int64':
        return r.int64();
      case 'double':
        return r.double();
      case 'bytes':
        return r.base64();
      case 'time':
        return readTime(r, 0);
      case 'microTime':
        return readTime(r, 6);
      case 'duration':
        return readDuration(r);
      case 'quantity':
        return readQuantity(r);
      case 'intOrString':
        return readIntOrString(r);
      case 'schemaOrArray':
      case 'schemaOrBool':
      case 'schemaOrStrings':
        return this.#union(type);
      case 'fieldsV1':
      case 'json':
      case 'rawExtension': {
        const raw = readRaw(r);
        return raw && this.#readRaw(raw);
      }
    }
  }
}

/** What Go leaves out of JSON (`omitempty`) although its protobuf carries it. */
const isZero = (value: unknown) => value === '' || value === 0 || value === false;

/** A map's value whose bytes were left out, being zero. */
function absent(field: Field): unknown {
  if (typeof field.type === 'object') return planOf(field.type.message).bare ? [] : {};
  if (field.type === 'bool') return false;
  if (field.type === 'quantity') return '0';
  if (field.type === 'time' || field.type === 'microTime') return null;
  if (field.type === 'duration') return '0s';
  if (field.type === 'rawExtension' || field.type === 'json' || field.type === 'fieldsV1') return null;
  if (schemaUnions[field.type]) return null;
  return wireTypes[field.type] === undefined && field.type !== 'intOrString' ? '' : 0;
}
