/** Objects as bytes, in the format that the client accepts. */

import {
  encodeProtobuf,
  messageNameOf,
  type Negotiated,
  negotiate,
  notAcceptable,
  wrapUnknown,
} from '../wire/index.ts';
import { apiVersionAndKind } from './typeMeta.ts';

export type Format = Negotiated['format'];

export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

/** Failures are told in JSON to who accepts nothing that there is. */
export const formatFor = (accept: string | undefined): Format => negotiate(accept)?.format ?? 'json';

/** `json` is the object's text if it was made already. Throws a 406 when the format cannot say this object. */
export async function encode(object: object, format: Format, json?: string): Promise<Buffer | Uint8Array> {
  switch (format) {
    case 'json':
      return Buffer.from(`${json ?? JSON.stringify(object)}\n`);
    case 'yaml': {
      // Rarely asked for, and slow to load.
      const { stringify } = await import('yaml');
      return Buffer.from(stringify(object));
    }
    case 'protobuf':
      return encodeEnveloped(object);
  }
}

export function encodeEnveloped(object: object): Uint8Array {
  const { apiVersion, kind } = apiVersionAndKind(object);
  const message = messageNameOf({ apiVersion, kind });
  if (!message) throw notAcceptable();
  return wrapUnknown(apiVersion, kind, encodeProtobuf(object, message));
}
