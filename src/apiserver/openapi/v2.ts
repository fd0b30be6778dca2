/** OpenAPI 2 ("Swagger"): one document for all. */
import { setImmediate } from 'node:timers/promises';
import { messageNames } from '../../api/message.ts';
import { version } from '../discovery/version.ts';
import type { Descriptions } from './descriptions.ts';
import { definitionName } from './names.ts';
import { type GroupVersion, type Operation, type Path, patchBody, pathsOf } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { definitionsOf, type Schema, v2 } from './schema.ts';
import {
  allMessages,
  answerTypes,
  type PathItem,
  patchName,
  patchTypes,
  pathItem,
  tagsOf,
} from './shared.ts';

export type { PathItem } from './shared.ts';

export interface DocumentV2 {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

export async function documentV2(
  groupVersions: readonly GroupVersion[],
  groups: readonly string[],
  descriptions: Descriptions,
): Promise<DocumentV2> {
  const declared = new Set(messageNames());
  const has = (message: string) => declared.has(message);
  const all: Path[] = [];
  const items: Record<string, PathItem> = {};
  for (const gv of groupVersions) {
    await setImmediate();
    const paths = pathsOf(gv, has);
    all.push(...paths);
    for (const path of paths) items[path.path] = pathItem(path, wordsFor(gv));
  }
  const messages = allMessages(all, declared);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: items,
    definitions: {
      ...(await definitionsOf(messages, v2, descriptions, groups)),
      [patchName]: { type: 'object' },
    },
  };
}

const ref = (message: string): Schema => ({ $ref: v2.prefix + definitionName(message) });

const parameter = ({ name, in: where, type, description }: Parameter): Schema => ({
  name,
  in: where,
  type,
  description,
  uniqueItems: true,
  ...(where === 'path' && { required: true }),
});

/** `patches`: the media types of patches that these kinds take. */
export const wordsFor = (gv: GroupVersion, patches: readonly string[] = patchTypes) => ({
  parameter,
  operation: (operation: Operation) => operationOf(gv, operation, patches),
});

function operationOf(gv: GroupVersion, operation: Operation, patches: readonly string[]): Schema {
  const { id, action, kind, parameters, body, answer } = operation;
  const schema = body === patchBody ? { $ref: v2.prefix + patchName } : body && ref(body);
  return {
    tags: tagsOf(gv),
    operationId: id,
    consumes: body === patchBody ? patches : ['*/*'],
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
