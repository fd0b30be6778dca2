/**
 * The annotation of client-side apply, for objects that go from the one way of applying to the other. Only
 * the manager `kubectl` is helped so.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */

import { isObject } from '../../api/jsonValue.ts';
import type { Structure } from '../../api/schema/structure.ts';
import type { KubeObject } from '../../api/types.ts';
import { fieldsOf } from './applied.ts';
import { compare } from './compare.ts';
import { difference, emptySet, type FieldSet } from './fieldSet.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

export const followsLastApplied = (manager: string): boolean => manager === 'kubectl';

/** What client-side apply wrote and nobody has changed: taking that over is no conflict. */
export function lastAppliedFields(live: KubeObject, structure: Structure): FieldSet {
  const config = parse(live.metadata.annotations?.[annotation]);
  if (!isObject(config) || config['apiVersion'] !== live.apiVersion) return emptySet;
  const { fields, errors } = fieldsOf(config, structure);
  if (errors.length > 0) return emptySet;
  const { changed, removed } = compare(config, live, structure);
  return difference(difference(fields, changed), removed);
}

function parse(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The annotation follows, if the object has one, so that going back works too. */
export function withLastApplied<T extends KubeObject>(object: T, live: KubeObject, config: object): T {
  if (!live.metadata.annotations?.[annotation]) return object;
  const { annotations } = object.metadata;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [annotation]: textOf(config) } },
  };
}

function textOf(config: object): string {
  const { metadata } = config as { metadata?: { annotations?: Record<string, string> } };
  const { [annotation]: _, ...annotations } = metadata?.annotations ?? {};
  const told = { ...metadata, ...(metadata?.annotations && { annotations }) };
  return `${JSON.stringify({ ...config, metadata: told })}\n`;
}
