/** OpenAPI 3: a document for each group and version. */
import { messageNames } from '../../api/message.ts';
import { version } from '../discovery/version.ts';
import type { Descriptions } from './descriptions.ts';
import { definitionName } from './names.ts';
import { type GroupVersion, type Operation, type Path, patchBody, pathOf, pathsOf } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { definitionsOf, type Schema, v3 } from './schema.ts';
import { allMessages, answerTypes, patchName, patchTypes } from './shared.ts';

/** The document of a group and version. */
export function documentV3(gv: GroupVersion, groups: readonly string[], descriptions: Descriptions): object {
  const declared = new Set(messageNames());
  const paths = pathsOf(gv, (message) => declared.has(message));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(paths.map((path) => [path.path, pathItem(gv, path)])),
    components: {
      schemas: {
        ...definitionsOf(allMessages(paths, declared), v3, descriptions, groups),
        [patchName]: { type: 'object' },
      },
    },
  };
}

const ref = (message: string): Schema => ({ $ref: v3.prefix + definitionName(message) });

const pathItem = (gv: GroupVersion, { parameters, operations }: Path): object => ({
  parameters: parameters.map(parameter),
  ...Object.fromEntries(operations.map((operation) => [operation.method, operationOf(gv, operation)])),
});

const parameter = ({ name, in: where, type, description }: Parameter): object => ({
  name,
  in: where,
  description,
  ...(where === 'path' && { required: true }),
  schema: { type, uniqueItems: true },
});

function operationOf(gv: GroupVersion, operation: Operation): object {
  const { id, action, kind, parameters, body, answer } = operation;
  return {
    tags: [
      pathOf(gv)
        .replace(/^apis?\//, '')
        .replace('/', '_'),
    ],
    operationId: id,
    parameters: parameters.map(parameter),
    ...(body !== undefined && { requestBody: requestBody(body) }),
    responses: {
      200: { description: 'OK', content: contents(answer) },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

function requestBody(body: string): object {
  if (body !== patchBody) return { required: true, content: { '*/*': { schema: ref(body) } } };
  const schema = { $ref: v3.prefix + patchName };
  return { required: true, content: Object.fromEntries(patchTypes.map((type) => [type, { schema }])) };
}

const contents = (answer: string | undefined): object =>
  answer === undefined
    ? { '*/*': { schema: { type: 'string' } } }
    : Object.fromEntries(answerTypes.map((type) => [type, { schema: ref(answer) }]));
