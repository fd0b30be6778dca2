/** One event of a watch as it goes over the wire; made once for all watches of the same format. */
import type { ServedEvent } from '../contract.ts';
import { encodeProtobuf } from '../wire/index.ts';
import { encodeEnveloped, type Format } from './encode.ts';

/** A watch in YAML is told in JSON, which is YAML too. */
export const frameOf = (event: ServedEvent, format: Format): Buffer =>
  format === 'protobuf' ? protobufFrame(event) : jsonFrame(event);

const jsonFrames = new WeakMap<ServedEvent, Buffer>();

/** A line of JSON. */
function jsonFrame(event: ServedEvent): Buffer {
  const known = jsonFrames.get(event);
  if (known) return known;
  const { type, object, json } = event;
  const frame = Buffer.from(`{"type":"${type}","object":${json ?? JSON.stringify(object)}}\n`);
  jsonFrames.set(event, frame);
  return frame;
}

const protobufFrames = new WeakMap<ServedEvent, Buffer>();

/** Four bytes of length, then a `WatchEvent` whose object is enveloped. */
function protobufFrame(event: ServedEvent): Buffer {
  const known = protobufFrames.get(event);
  if (known) return known;
  const body = rawEvent(event.type, encodeEnveloped(event.object));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const frame = Buffer.concat([length, body]);
  protobufFrames.set(event, frame);
  return frame;
}

/** `WatchEvent {type 1, object 2: RawExtension {raw 1}}`; the codec writes raw extensions as JSON only. */
function rawEvent(type: string, object: Uint8Array): Buffer {
  const raw = Buffer.concat([Buffer.of(0x0a), varint(object.length), object]);
  return Buffer.concat([
    encodeProtobuf({ type }, 'meta/v1.WatchEvent'),
    Buffer.of(0x12),
    varint(raw.length),
    raw,
  ]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.of(...bytes, rest);
}
