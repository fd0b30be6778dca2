import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { discoveryViews, negotiate, notAcceptable } from './negotiate.ts';

const kubectlGet =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const kubectlDiscovery =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

describe('Accept', () => {
  for (const [accept, expected] of [
    [undefined, { format: 'json' }],
    ['', { format: 'json' }],
    ['*/*', { format: 'json' }],
    ['text/html, application/*;q=0.8', { format: 'json' }],
    ['application/json; charset=utf-8; pretty=1', { format: 'json' }],
    ['Application/YAML', { format: 'yaml' }],
    ['application/json;q=0.5, application/yaml', { format: 'yaml' }],
    [kubectlGet, { format: 'json', as: 'Table', version: 'v1' }],
    ['application/vnd.kubernetes.protobuf,application/json', { format: 'json' }],
    ['application/vnd.kubernetes.protobuf', { format: 'protobuf' }],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      { format: 'protobuf', as: 'PartialObjectMetadataList', version: 'v1' },
    ],
    ['application/cbor, application/json', { format: 'json' }],
    ['application/json;as=Nothing;g=meta.k8s.io;v=v1, application/json', { format: 'json' }],
    ['application/json;as=Table;g=other.io;v=v1', undefined],
    ['application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1', undefined],
    ['application/cbor', undefined],
    ['text/plain', undefined],
    ['application/json;q=0', undefined],
    [kubectlDiscovery, { format: 'json' }],
  ] as const) {
    test(`${accept} is answered with ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(negotiate(accept), expected);
    });
  }

  test('of a client that discovers is answered with the newest list of groups that it knows', () => {
    assert.deepEqual(negotiate(kubectlDiscovery, discoveryViews), {
      format: 'json',
      as: 'APIGroupDiscoveryList',
      version: 'v2',
    });
  });

  test('that nothing fits is answered with 406 and what there is', () => {
    assert.deepEqual(notAcceptable().status.code, 406);
    assert.equal(
      notAcceptable().message,
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  });
});
