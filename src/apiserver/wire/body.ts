import { unsupportedMediaType } from '../../api/errors.ts';
import { type Parsed, parseJson } from './json.ts';
import { mediaTypes } from './negotiate.ts';
import { decodeEnveloped, type TypeMeta } from './protobuf/envelope.ts';
import { inThread } from './thread/index.ts';
import { checkTree } from './tree.ts';
import { parseYaml, stringifyYaml } from './yaml.ts';

export interface Body {
  /** The `Content-Type` header; JSON when there is none. */
  contentType: string | undefined;
  body: Uint8Array;
  /** What the body is when it does not say so itself. */
  hint?: TypeMeta;
}

export interface Decoded {
  /** Any JSON value: that it is an object of the right kind is for the caller to see. */
  object: unknown;
  /** For strict field validation: `duplicate field "spec.replicas"`, in YAML `line 7: key "replicas" already set in map`. */
  duplicates: string[];
}

/** YAML of this length takes some ten milliseconds to read, JSON three. */
const aheadFrom: Readonly<Record<string, number>> = { yaml: 8 * 1024, json: 256 * 1024 };

const ahead = new WeakMap<Uint8Array, Parsed>();

/**
 * Reads a long body in another thread, so that {@link decodeBody} has it at once.
 *
 * @throws {StatusError} as `decodeBody` does.
 */
export async function decodeAhead({ contentType, body }: Body): Promise<void> {
  const [, format = ''] = /(?:^application\/|\+)(json|yaml)$/.exec(mediaTypeOf(contentType)) ?? [];
  if (body.length < (aheadFrom[format] ?? Infinity) || ahead.has(body)) return;
  const text = textOf(body);
  const { duplicates = [], text: json } = await inThread(
    format === 'yaml' ? 'read yaml' : 'check json',
    text,
  );
  ahead.set(body, { value: JSON.parse(json ?? text), duplicates });
}

/** A value as one document of YAML. */
export async function encodeYaml(value: object): Promise<Buffer> {
  const json = JSON.stringify(value);
  const { yaml = 0 } = aheadFrom;
  if (json.length < yaml) return Buffer.from(stringifyYaml(value));
  return Buffer.from((await inThread('write yaml', json)).text ?? '');
}

const readers: Readonly<Record<string, (body: Uint8Array, hint?: TypeMeta) => Parsed>> = {
  'application/json': (body) => parseJson(textOf(body)),
  'application/json-patch+json': (body) => parseJson(textOf(body)),
  'application/merge-patch+json': (body) => parseJson(textOf(body)),
  'application/strategic-merge-patch+json': (body) => parseJson(textOf(body)),
  'application/yaml': (body) => parseYaml(textOf(body)),
  'application/apply-patch+yaml': (body) => parseJsonOrYaml(textOf(body)),
  'application/vnd.kubernetes.protobuf': (body, hint) => {
    const value = decodeEnveloped(body, hint);
    checkTree(value);
    return { value, duplicates: [] };
  },
};

/**
 * A request's body, or a patch's, as a JSON value.
 *
 * @throws {StatusError} 400 when it is malformed, nested too deeply or has an unsafe key; 415 when its content type is not known.
 */
export function decodeBody({ contentType, body, hint }: Body): Decoded {
  const read = readers[mediaTypeOf(contentType)];
  if (!read) throw unknownFormat(mediaTypes);
  const { value, duplicates } = taken(body) ?? read(body, hint);
  return { object: value, duplicates };
}

/** JSON is YAML too, and read faster as what it is. */
function parseJsonOrYaml(text: string): Parsed {
  return isJson(text) ? parseJson(text) : parseYaml(text);
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Handed out once: who reads a body owns what it says. */
function taken(body: Uint8Array): Parsed | undefined {
  const parsed = ahead.get(body);
  ahead.delete(body);
  return parsed;
}

/** The media type without its parameters, in small letters. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() || 'application/json';

/** 415, in the words by which clients fall back to another format. */
export const unknownFormat = (accepted: readonly string[]) =>
  unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

/** Bytes that are no UTF-8 become U+FFFD, as in Go's decoders. */
const textOf = (body: Uint8Array) =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
