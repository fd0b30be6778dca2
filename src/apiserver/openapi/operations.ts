/** What can be done where: the paths of a group and version, without the words of a dialect of OpenAPI. */
import type { GroupVersionKind, ServedResource, ServedSubresource } from '../discovery/resources.ts';
import { messageOfKind } from './names.ts';
import {
  creating,
  deleting,
  furtherPath,
  getting,
  inNamespace,
  inPath,
  listing,
  named,
  type Parameter,
  patching,
} from './parameters.ts';

/** A body that is no message: a patch, in any of its kinds. */
export const patchBody = 'patch';

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** `list`, `post`, `connect`: as Kubernetes names it. */
  readonly action: string;
  readonly id: string;
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  /** The message that is sent, or {@link patchBody}. */
  readonly body?: string;
  /** The message that is answered; text when there is none. */
  readonly answer?: string;
}

export interface Path {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

/** `api/v1`, `apis/apps/v1` */
export const pathOf = ({ group, version }: GroupVersion): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

export const pathsOf = (gv: GroupVersion, has: (message: string) => boolean): Path[] =>
  gv.resources.flatMap((resource) => resourcePaths(gv, resource, has));

function resourcePaths(
  gv: GroupVersion,
  resource: ServedResource,
  has: (message: string) => boolean,
): Path[] {
  const { plural, namespaced, verbs, of } = resource;
  const base = `/${pathOf(gv)}`;
  const collection = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  const where = namespaced ? [inNamespace] : [];
  const message = messageOfKind(of);
  const list = `${message}List`;
  const able = (verb: string, operation: Omit<Operation, 'id' | 'kind'>, id: string): Operation[] =>
    verbs.includes(verb) ? [{ ...operation, id: idOf(id, resource), kind: of }] : [];
  const paths: Path[] = [
    {
      path: collection,
      parameters: [...where, ...inPath],
      operations: [
        ...able('list', { method: 'get', action: 'list', parameters: listing, answer: list }, 'list'),
        ...able(
          'create',
          { method: 'post', action: 'post', parameters: creating, body: message, answer: message },
          'create',
        ),
        ...able(
          'deletecollection',
          {
            method: 'delete',
            action: 'deletecollection',
            parameters: [...listing, ...deleting],
            body: 'meta/v1.DeleteOptions',
            answer: 'meta/v1.Status',
          },
          'deleteCollection',
        ),
      ],
    },
    {
      path: `${collection}/{name}`,
      parameters: [named, ...where, ...inPath],
      operations: [
        ...able('get', { method: 'get', action: 'get', parameters: getting, answer: message }, 'read'),
        ...able(
          'update',
          { method: 'put', action: 'put', parameters: creating, body: message, answer: message },
          'replace',
        ),
        ...able(
          'patch',
          { method: 'patch', action: 'patch', parameters: patching, body: patchBody, answer: message },
          'patch',
        ),
        ...able(
          'delete',
          {
            method: 'delete',
            action: 'delete',
            parameters: deleting,
            body: 'meta/v1.DeleteOptions',
            answer: 'meta/v1.Status',
          },
          'delete',
        ),
      ],
    },
    ...resource.subresources.map((subresource) => ({
      path: `${collection}/{name}/${subresource.name}`,
      parameters: [named, ...where, ...inPath],
      operations: subresourceOperations(resource, subresource, has),
    })),
    ...resource.subresources.filter(isProxy).map((subresource) => ({
      path: `${collection}/{name}/proxy/{path}`,
      parameters: [named, ...where, furtherPath, ...inPath],
      operations: subresourceOperations(resource, subresource, has, 'WithPath'),
    })),
  ];
  if (namespaced)
    paths.push({
      path: `${base}/${plural}`,
      parameters: inPath,
      operations: able(
        'list',
        { method: 'get', action: 'list', parameters: listing, answer: list },
        'listForAllNamespaces',
      ),
    });
  return paths.filter((path) => path.operations.length > 0);
}

const isProxy = ({ name }: ServedSubresource) => name === 'proxy';

const methods: Readonly<Record<string, Operation['method']>> = {
  delete: 'delete',
  get: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
};

const idVerbs = { get: 'read', post: 'create', put: 'replace', patch: 'patch', delete: 'delete' } as const;

/** A subresource whose body has no message is a connection: exec, attach, port-forward. */
function subresourceOperations(
  resource: ServedResource,
  { name, of, verbs }: ServedSubresource,
  has: (message: string) => boolean,
  suffix = '',
): Operation[] {
  const message = messageOfKind(of);
  const connects = !has(message);
  const isText = connects || name === 'log';
  return verbs.map((verb) => {
    const method = methods[verb] ?? 'get';
    const sends = !connects && method !== 'get';
    return {
      method,
      action: connects ? 'connect' : method,
      id: idOf(connects ? `connect${pascal(method)}` : idVerbs[method], resource, name) + suffix,
      kind: of,
      parameters: method === 'patch' ? patching : sends ? creating : [],
      ...(sends && { body: method === 'patch' ? patchBody : message }),
      ...(!isText && { answer: message }),
    };
  });
}

const pascal = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `readCoreV1NamespacedPodLog` */
function idOf(verb: string, { of, namespaced }: ServedResource, subresource = ''): string {
  const group = pascal(of.group === '' ? 'core' : (of.group.split('.')[0] ?? ''));
  const [start, scope] = verb === 'listForAllNamespaces' ? ['list', 'ForAllNamespaces'] : [verb, ''];
  const within = namespaced && scope === '' ? 'Namespaced' : '';
  return `${start}${group}${pascal(of.version)}${within}${of.kind}${scope}${pascal(subresource)}`;
}
