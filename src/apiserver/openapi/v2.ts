/** OpenAPI 2 ("Swagger"): one document for all. */
import { messageNames } from '../../api/message.ts';
import { version } from '../discovery/version.ts';
import type { Descriptions } from './descriptions.ts';
import { definitionName } from './names.ts';
import { type GroupVersion, type Operation, type Path, patchBody, pathOf, pathsOf } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { definitionsOf, type Schema, v2 } from './schema.ts';
import { allMessages, answerTypes, patchName, patchTypes } from './shared.ts';

export interface DocumentV2 {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItemV2>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

export type PathItemV2 = Readonly<Record<string, unknown>> & { readonly parameters: readonly Schema[] };

export function documentV2(
  groupVersions: readonly GroupVersion[],
  groups: readonly string[],
  descriptions: Descriptions,
): DocumentV2 {
  const declared = new Set(messageNames());
  const has = (message: string) => declared.has(message);
  const served = groupVersions.map((gv) => ({ gv, paths: pathsOf(gv, has) }));
  const messages = allMessages(
    served.flatMap(({ paths }) => paths),
    declared,
  );
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(
      served.flatMap(({ gv, paths }) => paths.map((path) => [path.path, pathItem(gv, path)])),
    ),
    definitions: {
      ...definitionsOf(messages, v2, descriptions, groups),
      [patchName]: { type: 'object' },
    },
  };
}

const ref = (message: string): Schema => ({ $ref: v2.prefix + definitionName(message) });

const pathItem = (gv: GroupVersion, { parameters, operations }: Path): PathItemV2 => ({
  parameters: parameters.map(parameter),
  ...Object.fromEntries(operations.map((operation) => [operation.method, operationOf(gv, operation)])),
});

const parameter = ({ name, in: where, type, description }: Parameter): Schema => ({
  name,
  in: where,
  type,
  description,
  uniqueItems: true,
  ...(where === 'path' && { required: true }),
});

function operationOf(gv: GroupVersion, operation: Operation): Schema {
  const { id, action, kind, parameters, body, answer } = operation;
  const schema = body === patchBody ? { $ref: v2.prefix + patchName } : body && ref(body);
  return {
    tags: [
      pathOf(gv)
        .replace(/^apis?\//, '')
        .replace('/', '_'),
    ],
    operationId: id,
    consumes: body === patchBody ? patchTypes : ['*/*'],
    produces: answer === undefined ? ['*/*'] : answerTypes,
    parameters: [
      ...(schema ? [{ name: 'body', in: 'body', required: true, schema }] : []),
      ...parameters.map(parameter),
    ],
    responses: {
      200: { description: 'OK', schema: answer === undefined ? { type: 'string' } : ref(answer) },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}
