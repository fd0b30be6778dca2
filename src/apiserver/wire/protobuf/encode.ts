/**
 * An object as protobuf: what was validated against the same fields, so nothing is checked again. What is to be done
 * with each field of a message is made out once, when the message is first written.
 */
import { type Field, messageOf } from '../../../api/message.ts';
import { BYTES } from './reader.ts';
import { scalarWriters, type ValueWriter } from './scalarWriters.ts';
import { schemaUnions } from './schemaUnions.ts';
import { Writer } from './writer.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The bytes of the object itself, without an envelope. Fields that the message does not have are left out. */
export function encodeProtobuf(object: object, messageName: string): Uint8Array {
  const w = new Writer();
  planOf(messageName).writeFields(w, object as JsonObject);
  return w.finish();
}

/** Writes something with its tag. */
type FieldWriter = (w: Writer, value: unknown) => void;

interface Plan {
  readonly writeFields: (w: Writer, object: JsonObject) => void;
  /** The whole message as it stands within another one, without its length. */
  readonly write: FieldWriter;
}

const plans = new Map<string, Plan>();

function planOf(messageName: string): Plan {
  let plan = plans.get(messageName);
  if (!plan) {
    plan = newPlan(messageName);
    plans.set(messageName, plan);
  }
  return plan;
}

interface Member {
  /** Undefined for what is inline: its members stand in the parent. */
  readonly name: string | undefined;
  readonly write: FieldWriter;
}

function newPlan(messageName: string): Plan {
  const { fields, bare } = messageOf(messageName);
  // A message is written from its end.
  const members = fields
    .filter(({ number }) => number !== 0)
    .toReversed()
    .map(memberOf);
  const writeFields = (w: Writer, object: JsonObject): void => {
    for (const { name, write } of members) {
      const value = name === undefined ? object : object[name];
      if (value !== undefined && value !== null) write(w, value);
    }
  };
  return {
    writeFields,
    write: bare ? fieldWriter(bare) : (w, value) => writeFields(w, value as JsonObject),
  };
}

const memberOf = (field: Field): Member =>
  field.inline
    ? { name: undefined, write: inlineWriter(field) }
    : { name: field.name, write: fieldWriter(field) };

function inlineWriter({ type, number }: Field): FieldWriter {
  if (typeof type === 'string') return () => {};
  return (w, parent) => {
    const before = w.size;
    planOf(type.message).writeFields(w, parent as JsonObject);
    if (w.size === before) return;
    w.varint(w.size - before);
    w.tag(number, BYTES);
  };
}

function fieldWriter(field: Field): FieldWriter {
  const { number, shape } = field;
  const { wireType, write } = valueWriter(field);
  switch (shape) {
    case 'one':
      return (w, value) => {
        write(w, value);
        w.tag(number, wireType);
      };
    case 'list':
      return (w, value) => {
        const items = value as readonly unknown[];
        for (let i = items.length - 1; i >= 0; i--) {
          write(w, items[i]);
          w.tag(number, wireType);
        }
      };
    case 'map':
      return (w, value) => writeMap(w, number, value as JsonObject, { wireType, write });
  }
}

/** Each entry is a message, `{key 1, value 2}`. */
function writeMap(w: Writer, number: number, map: JsonObject, { wireType, write }: ValueWriter): void {
  const keys = Object.keys(map);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] ?? '';
    const before = w.size;
    if (map[key] !== null) {
      write(w, map[key]);
      w.tag(2, wireType);
    }
    w.string(key);
    w.tag(1, BYTES);
    w.varint(w.size - before);
    w.tag(number, BYTES);
  }
}

function valueWriter({ name, type }: Field): ValueWriter {
  if (typeof type === 'object') return messageWriter(type.message);
  const union = schemaUnions[type];
  if (union) {
    const { wireType, write } = messageWriter(union.message);
    return { wireType, write: (w, value) => write(w, union.toMessage(value)) };
  }
  const writer = scalarWriters[type];
  if (!writer) throw new Error(`Cannot write ${name}: nothing knows how a ${type} is written`);
  return writer;
}

function messageWriter(message: string): ValueWriter {
  // A message may contain itself, so that its plan is made when it is needed.
  let plan: Plan | undefined;
  return {
    wireType: BYTES,
    write(w, value) {
      plan ??= planOf(message);
      const before = w.size;
      plan.write(w, value);
      w.varint(w.size - before);
    },
  };
}
