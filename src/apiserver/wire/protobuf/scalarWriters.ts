/** How a value of each scalar type is written, without its tag; those that are messages in protobuf are no business of this file. */
import type { ScalarType } from '../../../api/message.ts';
import { writeDuration } from './duration.ts';
import { BYTES, FIXED64, VARINT } from './reader.ts';
import { writeIntOrString, writeQuantity, writeRawJson, writeTime } from './scalars.ts';
import type { Writer } from './writer.ts';

export interface ValueWriter {
  readonly wireType: number;
  /** With its length, if the wire type has one. */
  readonly write: (w: Writer, value: unknown) => void;
}

const integer: ValueWriter = { wireType: VARINT, write: (w, value) => w.integer(value as number) };
const time: ValueWriter = { wireType: BYTES, write: (w, value) => writeTime(w, value as string) };
const raw: ValueWriter = { wireType: BYTES, write: writeRawJson };

export const scalarWriters: Readonly<Partial<Record<ScalarType, ValueWriter>>> = {
  bool: { wireType: VARINT, write: (w, value) => w.varint(value ? 1 : 0) },
  int32: integer,
  int64: integer,
  double: { wireType: FIXED64, write: (w, value) => w.double(value as number) },
  string: { wireType: BYTES, write: (w, value) => w.string(value as string) },
  bytes: {
    wireType: BYTES,
    write(w, value) {
      const bytes = Buffer.from(value as string, 'base64');
      w.bytes(bytes);
      w.varint(bytes.length);
    },
  },
  time,
  microTime: time,
  duration: { wireType: BYTES, write: (w, value) => writeDuration(w, value as string) },
  quantity: { wireType: BYTES, write: (w, value) => writeQuantity(w, value as string | number) },
  intOrString: { wireType: BYTES, write: (w, value) => writeIntOrString(w, value as number | string) },
  fieldsV1: raw,
  rawExtension: raw,
  json: raw,
};
