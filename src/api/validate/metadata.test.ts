import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMap } from '../core/configmap/kind.ts';
import { namespace } from '../core/namespace/kind.ts';
import { service } from '../core/service/kind.ts';
import { fromYaml, said } from '../testObjects.ts';
import type { ConfigMap } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';

const wrong = (metadata: string) =>
  said(validateCreate(configMap, fromYaml(configMap, `{ metadata: ${metadata} }`)));

/** With nothing filled in for what is not there. */
const bare = (metadata: object) =>
  said(validateCreate(configMap, { ...fromYaml(configMap, '{}'), metadata } as ConfigMap));

const matches = (errors: string[], ...expected: RegExp[]) => {
  assert.equal(errors.length, expected.length, errors.join('\n'));
  for (const [i, pattern] of expected.entries()) assert.match(errors[i] ?? '', pattern);
};

describe('metadata', () => {
  test('with a good name, labels, annotations and finalizers is fine', () => {
    matches(
      wrong(
        '{ name: my.config, labels: { app: web, example.com/tier: "" }, annotations: { Example.com/Any: "a b" }, finalizers: [example.com/x, orphan] }',
      ),
    );
  });

  test('needs a name as the kind wants it', () => {
    matches(
      bare({ name: '', namespace: 'default' }),
      /^metadata\.name: Required value: name or generateName is required$/,
    );
    matches(
      wrong('{ name: Web_1 }'),
      /^metadata\.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain/,
    );
    const dotted = fromYaml(service, '{ metadata: { name: a.b }, spec: { ports: [{ port: 80 }] } }');
    matches(
      said(validateCreate(service, dotted)),
      /^metadata\.name: Invalid value: "a\.b": a lowercase RFC 1123 label/,
    );
  });

  test('may have a generateName that ends in a dash', () => {
    matches(wrong('{ name: web-x7, generateName: web- }'));
    matches(wrong('{ name: web-x7, generateName: Web- }'), /^metadata\.generateName: Invalid value/);
  });

  test('has a namespace exactly when the kind has', () => {
    matches(bare({ name: 'web' }), /^metadata\.namespace: Required value$/);
    const namespaced = fromYaml(namespace, '{ metadata: { namespace: default } }');
    matches(
      said(validateCreate(namespace, namespaced)),
      /^metadata\.namespace: Forbidden: not allowed on this type$/,
    );
  });

  test('is refused for a bad label, naming the key or the value', () => {
    matches(
      wrong('{ labels: { a b: c, d: "e f" } }'),
      /^metadata\.labels: Invalid value: "a b": name part must consist of/,
      /^metadata\.labels: Invalid value: "e f": a valid label must be/,
    );
  });

  test('may not carry more than 256 KiB of annotations', () => {
    matches(
      wrong(`{ annotations: { a: ${'x'.repeat(256 * 1024)} } }`),
      /^metadata\.annotations: Too long: may not be more than 262144 bytes$/,
    );
  });

  test('has one controller at most, and owners that say who they are', () => {
    const owner = (more: string) => `{ apiVersion: v1, kind: Pod, name: a, uid: u, ${more} }`;
    matches(wrong(`{ ownerReferences: [${owner('controller: true')}, ${owner('')}] }`));
    matches(
      wrong(`{ ownerReferences: [${owner('controller: true')}, ${owner('controller: true')}] }`),
      /Only one reference can have Controller set to true\. Found "true" in references for Pod\/a and Pod\/a$/,
    );
    matches(
      wrong('{ ownerReferences: [{ apiVersion: v1, kind: Pod, name: a }] }'),
      /uid: Invalid value: "": uid must not be empty$/,
    );
  });

  test('has finalizers with a domain', () => {
    matches(
      wrong('{ finalizers: [mine] }'),
      /^metadata\.finalizers: Invalid value: "mine": name is neither a standard finalizer/,
    );
    matches(wrong('{ finalizers: [orphan, foregroundDeletion] }'), /cannot be both set$/);
  });
});

describe('a change of metadata', () => {
  const change = (before: string, after: string) =>
    said(
      validateUpdate(
        configMap,
        fromYaml(configMap, `{ metadata: ${after} }`),
        fromYaml(configMap, `{ metadata: ${before} }`),
      ),
    );

  test('may not touch who the object is', () => {
    matches(change('{ uid: a }', '{ uid: b }'), /^metadata\.uid: Invalid value: "b": field is immutable$/);
    matches(change('{ labels: { a: b } }', '{ labels: { c: d } }'));
  });

  test('may only take finalizers away while the object is being deleted', () => {
    const dying = (finalizers: string) =>
      `{ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [${finalizers}] }`;
    matches(change(dying('a/b, c/d'), dying('a/b')));
    matches(
      change(dying('a/b'), dying('a/b, c/d')),
      /^metadata\.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"c\/d"\}$/,
    );
  });
});
