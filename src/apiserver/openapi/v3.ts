/** OpenAPI 3: a document for each group and version. */
import { messageNames } from '../../api/message.ts';
import { version } from '../discovery/version.ts';
import type { Descriptions } from './descriptions.ts';
import { definitionName } from './names.ts';
import { type GroupVersion, type Operation, patchBody, pathsOf } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { definitionsOf, type Schema, v3 } from './schema.ts';
import { allMessages, answerTypes, patchName, patchTypes, pathItem, tagsOf } from './shared.ts';

/** The document of a group and version. */
export async function documentV3(
  gv: GroupVersion,
  groups: readonly string[],
  descriptions: Descriptions,
): Promise<object> {
  const declared = new Set(messageNames());
  const paths = pathsOf(gv, (message) => declared.has(message));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(paths.map((path) => [path.path, pathItem(path, wordsFor(gv))])),
    components: {
      schemas: {
        ...(await definitionsOf(allMessages(paths, declared), v3, descriptions, groups)),
        [patchName]: { type: 'object' },
      },
    },
  };
}

const ref = (message: string): Schema => ({ $ref: v3.prefix + definitionName(message) });

const parameter = ({ name, in: where, type, description }: Parameter): Schema => ({
  name,
  in: where,
  description,
  ...(where === 'path' && { required: true }),
  schema: { type, uniqueItems: true },
});

/** `patches`: the media types of patches that these kinds take. */
export const wordsFor = (gv: GroupVersion, patches: readonly string[] = patchTypes) => ({
  parameter,
  operation: (operation: Operation) => operationOf(gv, operation, patches),
});

function operationOf(gv: GroupVersion, operation: Operation, patches: readonly string[]): Schema {
  const { id, action, kind, parameters, body, answer } = operation;
  return {
    tags: tagsOf(gv),
    operationId: id,
    parameters: parameters.map(parameter),
    ...(body !== undefined && { requestBody: requestBody(body, patches) }),
    responses: {
      200: { description: 'OK', content: contents(answer) },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

function requestBody(body: string, patches: readonly string[]): object {
  if (body !== patchBody) return { required: true, content: { '*/*': { schema: ref(body) } } };
  const schema = { $ref: v3.prefix + patchName };
  return { required: true, content: Object.fromEntries(patches.map((type) => [type, { schema }])) };
}

const contents = (answer: string | undefined): object =>
  answer === undefined
    ? { '*/*': { schema: { type: 'string' } } }
    : Object.fromEntries(answerTypes.map((type) => [type, { schema: ref(answer) }]));
