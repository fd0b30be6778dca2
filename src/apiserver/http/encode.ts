/** Objects as bytes, in the format that the client accepts. */
import { setImmediate } from 'node:timers/promises';
import type { ObjectAnswer } from '../contract.ts';
import { without } from '../object/without.ts';
import {
  encodeProtobuf,
  encodeYaml,
  envelopeHead,
  messageNameOf,
  type Negotiated,
  negotiate,
  notAcceptable,
  wrapUnknown,
} from '../wire/index.ts';
import { indented } from './pretty.ts';
import { apiVersionAndKind } from './typeMeta.ts';

export type Format = Negotiated['format'];

export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

/** Failures are told in JSON to who accepts nothing that there is. */
export const formatFor = (accept: string | undefined): Format => negotiate(accept)?.format ?? 'json';

/** The whole, or its parts, none of which takes long to make. */
export type Body = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Throws a 406 when the format cannot say this object. */
export async function encode(answer: ObjectAnswer, format: Format, pretty = false): Promise<Body> {
  const { object, json, jsonParts } = answer;
  if (format === 'json') {
    if (pretty) return textParts(indented(jsonParts?.() ?? [json ?? JSON.stringify(object), '\n']));
    if (jsonParts) return textParts(jsonParts());
    return Buffer.from(`${json ?? JSON.stringify(object)}\n`);
  }
  const list = asList(object);
  if (format === 'protobuf') return list ? protobufList(list) : encodeEnveloped(object);
  return list ? yamlList(list) : encodeYaml(object);
}

function* textParts(parts: Iterable<string>): Generator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

export function encodeEnveloped(object: object): Uint8Array {
  const { apiVersion, kind } = apiVersionAndKind(object);
  return wrapUnknown(apiVersion, kind, encodeProtobuf(object, messageFor(object)));
}

function messageFor(object: object): string {
  const message = messageNameOf(apiVersionAndKind(object));
  if (!message) throw notAcceptable();
  return message;
}

interface AnyList {
  readonly items: readonly object[];
}

const asList = (object: object): AnyList | undefined =>
  'items' in object && Array.isArray(object.items) && object.items.length > itemsAtOnce
    ? { ...object, items: object.items as object[] }
    : undefined;

/** Items of a list that are made into bytes in one go: a few milliseconds. */
const itemsAtOnce = 20;

/** The envelope says how long the list is, so that all of it is made before the first byte goes. */
async function protobufList(list: AnyList): Promise<Uint8Array[]> {
  const message = messageFor(list);
  // Parts of a message one after the other are the message.
  const parts = [encodeProtobuf(without(list, 'items'), message)];
  for (const items of slices(list.items)) {
    await setImmediate();
    parts.push(encodeProtobuf({ items }, message));
  }
  const { apiVersion, kind } = apiVersionAndKind(list);
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return [envelopeHead(apiVersion, kind, bytes), ...parts];
}

async function* yamlList(list: AnyList): AsyncGenerator<Uint8Array> {
  yield await encodeYaml({ ...without(list, 'items') });
  yield Buffer.from('items:\n');
  for (const items of slices(list.items)) {
    await setImmediate();
    yield Buffer.from((await encodeYaml({ items })).subarray('items:\n'.length));
  }
}

function* slices(items: readonly object[]): Generator<readonly object[]> {
  for (let i = 0; i < items.length; i += itemsAtOnce) yield items.slice(i, i + itemsAtOnce);
}
