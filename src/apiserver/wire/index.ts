/** Bytes and objects: what clients send and accept, in JSON, YAML and protobuf. */
export { type Decoded, decodeAhead, decodeBody, encodeYaml, mediaTypeOf, unknownFormat } from './body.ts';
export { discoveryViews, type Negotiated, negotiate, notAcceptable } from './negotiate.ts';
export { encodeProtobuf } from './protobuf/encode.ts';
export { decodeProtobuf, envelopeHead, messageNameOf, wrapUnknown } from './protobuf/envelope.ts';
export { checkTree } from './tree.ts';
