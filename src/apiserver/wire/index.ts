/** Bytes and objects: what clients send and accept, in JSON, YAML and protobuf. */
export { type Body, type Decoded, decodeBody, mediaTypeOf, unknownFormat } from './body.ts';
export {
  discoveryViews,
  type Negotiated,
  negotiate,
  notAcceptable,
  resourceViews,
  type View,
  type Views,
} from './negotiate.ts';
export { encodeProtobuf } from './protobuf/encode.ts';
export { decodeProtobuf, messageNameOf, type TypeMeta, wrapUnknown } from './protobuf/envelope.ts';
