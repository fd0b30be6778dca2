/**
 * `runtime.Unknown`, the envelope of every protobuf body: which kind it is, then the object.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { badRequest } from '../../../api/errors.ts';
import { messageNames } from '../../../api/message.ts';
import { parseJson } from '../json.ts';
import { decodeMessage } from './decode.ts';
import { BYTES, malformed, Reader } from './reader.ts';
import { eachField } from './scalars.ts';
import { Writer } from './writer.ts';

/** `k8s` and a zero byte. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);

export interface TypeMeta {
  apiVersion: string;
  kind: string;
}

/**
 * `apps/v1` for an apiVersion of that group; groups are named by their first label, the core group by `core`.
 * A group of somebody's own domain has no messages.
 */
function messagePackage(apiVersion: string): string {
  const [group = '', version] = apiVersion.split('/');
  if (group.includes('.') && version !== undefined && !group.endsWith('.k8s.io')) return apiVersion;
  return version === undefined ? `core/${group}` : `${group.split('.')[0]}/${version}`;
}

let declared: ReadonlySet<string> = new Set();

/** The message of an object of this kind, if there is one: `core/v1.Pod`. */
export function messageNameOf({ apiVersion, kind }: TypeMeta): string | undefined {
  // Bodies such as DeleteOptions come under the group and version of whatever they are sent to.
  const names = [`${messagePackage(apiVersion)}.${kind}`, `meta/v1.${kind}`];
  const find = () => names.find((name) => declared.has(name));
  const known = find();
  if (known) return known;
  const all = messageNames();
  if (all.length === declared.size) return undefined;
  declared = new Set(all);
  return find();
}

const isEnveloped = (bytes: Uint8Array) => magic.every((byte, i) => bytes[i] === byte);

/** The object in an enveloped body, with its apiVersion and kind. */
export function decodeEnveloped(bytes: Uint8Array, hint?: TypeMeta): Record<string, unknown> {
  return decodeNested(bytes, 0, hint);
}

/** An object in a list in a watch event is the deepest that there is. */
const maxEnvelopes = 2;

function decodeNested(bytes: Uint8Array, depth: number, hint?: TypeMeta): Record<string, unknown> {
  if (!isEnveloped(bytes)) throw malformed('it does not begin with the bytes 6b 38 73 00');
  if (depth > maxEnvelopes) throw malformed(`envelopes stand in each other more than ${maxEnvelopes} times`);
  const unknown = readUnknown(bytes.subarray(magic.length));
  const apiVersion = unknown.apiVersion || hint?.apiVersion;
  const kind = unknown.kind || hint?.kind;
  if (!apiVersion || !kind) throw malformed('its envelope says no apiVersion and kind');
  const messageName = messageNameOf({ apiVersion, kind });
  if (!messageName) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const readRaw = (raw: Uint8Array): unknown =>
    isEnveloped(raw) ? decodeNested(raw, depth + 1) : rawJson(raw);
  return { apiVersion, kind, ...decodeMessage(unknown.raw, messageName, readRaw) };
}

/** The object of a message without envelope. Raw extensions inside are JSON or enveloped. */
export function decodeProtobuf(bytes: Uint8Array, messageName: string): Record<string, unknown> {
  return decodeMessage(bytes, messageName, (raw) => (isEnveloped(raw) ? decodeNested(raw, 0) : rawJson(raw)));
}

const rawJson = (raw: Uint8Array) => parseJson(Buffer.from(raw).toString()).value;

interface Unknown extends Partial<TypeMeta> {
  raw: Uint8Array;
}

function readUnknown(bytes: Uint8Array): Unknown {
  const r = new Reader(bytes);
  const unknown: Unknown = { raw: new Uint8Array() };
  while (!r.done) {
    const tag = r.tag();
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (number === 1 && wireType === BYTES)
      eachField(r, (member, type) => {
        if (member === 1 && type === BYTES) unknown.apiVersion = r.string();
        else if (member === 2 && type === BYTES) unknown.kind = r.string();
        else r.skip(type);
      });
    else if (number === 2 && wireType === BYTES) unknown.raw = r.bytes();
    else if (number === 3 && wireType === BYTES) refuseEncoding(r.string());
    else r.skip(wireType);
  }
  return unknown;
}

function refuseEncoding(contentEncoding: string): void {
  if (contentEncoding !== '') throw malformed(`its content encoding "${contentEncoding}" is not supported`);
}

/** What stands before the `length` bytes of an encoded object: with them a whole body. */
export function envelopeHead(apiVersion: string, kind: string, length: number): Uint8Array {
  const w = new Writer();
  w.varint(length);
  w.tag(2, BYTES);
  const before = w.size;
  w.string(kind);
  w.tag(2, BYTES);
  w.string(apiVersion);
  w.tag(1, BYTES);
  w.varint(w.size - before);
  w.tag(1, BYTES);
  w.bytes(magic);
  return w.finish();
}

/** Puts an encoded object into its envelope: a whole body. */
export const wrapUnknown = (apiVersion: string, kind: string, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([envelopeHead(apiVersion, kind, bytes.length), bytes]);
