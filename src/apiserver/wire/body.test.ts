import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import '../../api/kinds.ts';
import { StatusError } from '../../api/errors.ts';
import { decodeBody } from './body.ts';
import { encodeProtobuf } from './protobuf/encode.ts';
import { wrapUnknown } from './protobuf/envelope.ts';

const body = (text: string) => new TextEncoder().encode(text);
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'ü' } };

describe('a body', () => {
  for (const [contentType, bytes] of [
    ['application/json', body(JSON.stringify(object))],
    ['application/json; charset=utf-8', body(JSON.stringify(object))],
    [undefined, body(JSON.stringify(object))],
    ['application/yaml', body('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: ü}\n')],
    [
      'application/vnd.kubernetes.protobuf',
      wrapUnknown('v1', 'ConfigMap', encodeProtobuf(object, 'core/v1.ConfigMap')),
    ],
  ] as const) {
    test(`of content type ${contentType} is the object`, () => {
      assert.deepEqual(decodeBody({ contentType, body: bytes }), { object, duplicates: [] });
    });
  }

  test('of an unknown content type is refused with 415, so that clients fall back', () => {
    assert.throws(
      () => decodeBody({ contentType: 'application/cbor', body: body('') }),
      (err) => {
        assert.ok(err instanceof StatusError);
        assert.equal(err.status.code, 415);
        assert.equal(
          err.message,
          'the body of the request was in an unknown format - accepted media types include: ' +
            'application/json, application/yaml, application/vnd.kubernetes.protobuf',
        );
        return true;
      },
    );
  });

  test('of any bytes is a value or a Status, never anything else', () => {
    const contentTypes = fc.constantFrom(
      'application/json',
      'application/yaml',
      'application/vnd.kubernetes.protobuf',
    );
    const enveloped = fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) => Uint8Array.from([...body('k8s\0'), ...bytes]));
    const any = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string().map(body), enveloped);
    fc.assert(
      fc.property(contentTypes, any, (contentType, bytes) => {
        try {
          decodeBody({ contentType, body: bytes });
        } catch (err) {
          assert.ok(err instanceof StatusError, String(err));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
