import { unsupportedMediaType } from '../../api/errors.ts';
import { type Parsed, parseJson } from './json.ts';
import { mediaTypes } from './negotiate.ts';
import { decodeEnveloped, type TypeMeta } from './protobuf/envelope.ts';
import { checkTree } from './tree.ts';
import { parseYaml } from './yaml.ts';

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
  /** For strict field validation: `duplicate field "spec.replicas"`. */
  duplicates: string[];
}

const readers: Readonly<Record<string, (body: Uint8Array, hint?: TypeMeta) => Parsed>> = {
  'application/json': (body) => parseJson(textOf(body)),
  'application/json-patch+json': (body) => parseJson(textOf(body)),
  'application/merge-patch+json': (body) => parseJson(textOf(body)),
  'application/strategic-merge-patch+json': (body) => parseJson(textOf(body)),
  'application/yaml': (body) => parseYaml(textOf(body)),
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
  const { value, duplicates } = read(body, hint);
  return { object: value, duplicates };
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
