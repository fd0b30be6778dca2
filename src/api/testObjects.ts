/** For tests: objects as people write them, and errors as people read them. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { FieldError } from './errors.ts';
import type { Kind } from './kind.ts';
import { decode } from './schema/decode.ts';
import { setDefaults } from './schema/defaults.ts';
import type { KubeObject } from './types.ts';

/** What the API makes of a manifest: checked, with defaults, in the namespace `default`. */
export function fromYaml<T extends KubeObject>(kind: Kind<T>, yaml: string): T {
  const { object, unknown, errors } = decode(parse(yaml), kind.message);
  assert.deepEqual([...errors, ...unknown], []);
  const { group, version, kind: name, namespaced } = kind.resource;
  const metadata = { name: 'web', ...(namespaced && { namespace: 'default' }), ...Object(object.metadata) };
  const typed = { apiVersion: group ? `${group}/${version}` : version, kind: name, ...object, metadata };
  return setDefaults(kind, typed as unknown as T);
}

/** `spec.ports[0].port: Invalid value: …`, one for each error. */
export const said = (errors: readonly FieldError[]): string[] =>
  errors.map((e) => `${e.field}: ${e.message}`);
