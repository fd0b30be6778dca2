/** The schemas of a definition, each with the path by which messages name it. */
import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../../jsonschema/schema.ts';
import type { CustomResourceDefinition } from '../../types.ts';

export interface PlacedSchema {
  readonly path: string;
  readonly schema: Schema;
}

/** A schema that all versions have in common is named as if it stood above them. */
export function schemasOf({ spec }: CustomResourceDefinition): PlacedSchema[] {
  const all = spec.versions.map((version) => schemaOf(version));
  const [first] = all;
  if (first && all.every((schema) => isDeepStrictEqual(schema, first)))
    return [{ path: 'spec.validation.openAPIV3Schema', schema: first }];
  return all.flatMap((schema, i) =>
    schema ? [{ path: `spec.versions[${i}].schema.openAPIV3Schema`, schema }] : [],
  );
}

export const schemaOf = (version: CustomResourceDefinition['spec']['versions'][number]): Schema | undefined =>
  version.schema?.openAPIV3Schema as Schema | undefined;
