/** An object as protobuf: what was validated against the same fields, so nothing is checked again. */
import { type Field, type Message, messageOf, type ScalarType } from '../../../api/message.ts';
import { notAcceptable } from '../negotiate.ts';
import { writeDuration } from './duration.ts';
import { BYTES, FIXED64, VARINT } from './reader.ts';
import { delimited, writeIntOrString, writeQuantity, writeRawJson, writeTime } from './scalars.ts';
import { Writer } from './writer.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The bytes of the object itself, without an envelope. Fields that the message does not have are left out. */
export function encodeProtobuf(object: object, messageName: string): Uint8Array {
  const w = new Writer();
  writeFields(w, object as JsonObject, messageOf(messageName));
  return w.finish();
}

function writeFields(w: Writer, object: JsonObject, message: Message): void {
  for (const field of fromTheEnd(message)) {
    if (field.number === 0) continue;
    if (field.inline) writeInline(w, field, object);
    else if (object[field.name] !== undefined && object[field.name] !== null)
      writeField(w, field, object[field.name]);
  }
}

const backwards = new WeakMap<Message, readonly Field[]>();

/** A message is written from its end; turning its fields round each time would cost as much as writing them. */
function fromTheEnd(message: Message): readonly Field[] {
  const known = backwards.get(message) ?? message.fields.toReversed();
  backwards.set(message, known);
  return known;
}

function writeInline(w: Writer, field: Field, parent: JsonObject): void {
  if (typeof field.type === 'string') return;
  const before = w.size;
  writeFields(w, parent, messageOf(field.type.message));
  if (w.size === before) return;
  w.varint(w.size - before);
  w.tag(field.number, BYTES);
}

function writeField(w: Writer, field: Field, value: unknown): void {
  if (field.shape === 'one') writeTagged(w, field.number, field, value);
  else if (field.shape === 'list')
    for (const item of (value as unknown[]).toReversed()) writeTagged(w, field.number, field, item);
  else
    for (const [key, item] of Object.entries(value as JsonObject).toReversed()) {
      delimited(w, () => {
        if (item !== null) writeTagged(w, 2, field, item);
        w.string(key);
        w.tag(1, BYTES);
      });
      w.tag(field.number, BYTES);
    }
}

function writeTagged(w: Writer, number: number, { type }: Field, value: unknown): void {
  if (typeof type === 'object') {
    const message = messageOf(type.message);
    delimited(w, () => {
      if (message.bare) writeField(w, message.bare, value);
      else writeFields(w, value as JsonObject, message);
    });
    w.tag(number, BYTES);
  } else {
    w.tag(number, writeScalar(w, type, value));
  }
}

/** Says with which wire type it was written. */
function writeScalar(w: Writer, type: ScalarType, value: unknown): number {
  switch (type) {
    case 'bool':
      w.varint(value ? 1 : 0);
      return VARINT;
    case 'int32':
    case 'int64':
      w.integer(value as number);
      return VARINT;
    case 'double':
      w.double(value as number);
      return FIXED64;
    case 'bytes': {
      const bytes = Buffer.from(value as string, 'base64');
      w.bytes(bytes);
      w.varint(bytes.length);
      return BYTES;
    }
    case 'string':
      w.string(value as string);
      return BYTES;
    case 'time':
    case 'microTime':
      writeTime(w, value as string);
      return BYTES;
    case 'duration':
      writeDuration(w, value as string);
      return BYTES;
    case 'quantity':
      writeQuantity(w, value as string);
      return BYTES;
    case 'intOrString':
      writeIntOrString(w, value as number | string);
      return BYTES;
    case 'jsonSchema':
      throw notAcceptable();
    case 'fieldsV1':
    case 'rawExtension':
    case 'json':
      writeRawJson(w, value);
      return BYTES;
  }
}
