/**
 * The types that are text or a number in JSON and a message of their own in protobuf.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto
 */
import { isUnsafeKey } from '../tree.ts';
import { BYTES, malformed, type Reader, VARINT } from './reader.ts';
import type { Writer } from './writer.ts';

/** Reads the message that begins here: `handle` is called at each field. */
export function eachField(r: Reader, handle: (number: number, wireType: number) => void): void {
  const outer = r.enter();
  while (!r.done) {
    const tag = r.tag();
    handle(tag >>> 3, tag & 7);
  }
  r.leave(outer);
}

/** Nothing when the message is empty: the zero time. */
export function readTime(r: Reader, digits: 0 | 6): string | undefined {
  let seconds: number | undefined;
  let nanos = 0;
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === VARINT) seconds = r.int64();
    else if (number === 2 && wireType === VARINT) nanos = r.int32();
    else r.skip(wireType);
  });
  if (seconds === undefined) return undefined;
  const date = new Date(seconds * 1000);
  if (!(date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999))
    throw malformed(`${seconds} s is a time outside of the years 0 to 9999`);
  const fraction = digits === 0 ? '' : `.${String(Math.floor(nanos / 1000)).padStart(6, '0')}`;
  return `${date.toISOString().slice(0, 19)}${fraction}Z`;
}

export function writeTime(w: Writer, text: string): void {
  const before = w.size;
  const nanos = nanosOf(text);
  if (nanos > 0) {
    w.integer(nanos);
    w.tag(2, VARINT);
  }
  w.integer(Math.floor(Date.parse(text) / 1000));
  w.tag(1, VARINT);
  w.varint(w.size - before);
}

const nanosOf = (text: string): number =>
  text.includes('.') ? Number(/\.(\d{1,9})/.exec(text)?.[1]?.padEnd(9, '0') ?? 0) : 0;

export function readQuantity(r: Reader): string {
  let text = '0';
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === BYTES) text = r.string();
    else r.skip(wireType);
  });
  return text;
}

export function writeQuantity(w: Writer, value: string | number): void {
  const before = w.size;
  w.string(String(value));
  w.tag(1, BYTES);
  w.varint(w.size - before);
}

export function readIntOrString(r: Reader): number | string {
  let type = 0;
  let int = 0;
  let text = '';
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === VARINT) type = r.int32();
    else if (number === 2 && wireType === VARINT) int = r.int32();
    else if (number === 3 && wireType === BYTES) text = r.string();
    else r.skip(wireType);
  });
  return type === 0 ? int : text;
}

export function writeIntOrString(w: Writer, value: number | string): void {
  const before = w.size;
  if (typeof value === 'string') {
    w.string(value);
    w.tag(3, BYTES);
    w.varint(1);
  } else {
    w.integer(value);
    w.tag(2, VARINT);
    w.varint(0);
  }
  w.tag(1, VARINT);
  w.varint(w.size - before);
}

/** The bytes at number 1, of `RawExtension` and `FieldsV1`. */
export function readRaw(r: Reader): Uint8Array | undefined {
  let raw: Uint8Array | undefined;
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === BYTES) raw = r.bytes();
    else r.skip(wireType);
  });
  return raw?.length ? raw : undefined;
}

export function writeRawJson(w: Writer, value: unknown): void {
  const before = w.size;
  w.string(JSON.stringify(value));
  w.tag(1, BYTES);
  w.varint(w.size - before);
}

/** One entry of a map, `{key 1, value 2}`; a value that is not there is made by `absent`. */
export function readEntry<T>(r: Reader, value: (wireType: number) => T, absent: () => T): [string, T] {
  let key = '';
  let found: { value: T } | undefined;
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === BYTES) key = r.string();
    else if (number === 2) found = { value: value(wireType) };
    else r.skip(wireType);
  });
  if (isUnsafeKey(key)) throw malformed(`"${key}" is not accepted as a key`);
  return [key, found ? found.value : absent()];
}
