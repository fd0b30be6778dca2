/** A {@link Client} in the server's own process: no sockets, no text; objects by reference. */
import { StatusError } from '../api/errors.ts';
import type { Resource } from '../api/resource.ts';
import type { KubeObject, List, Status, WatchEvent } from '../api/types.ts';
import type { Client, ListQuery, WatchQuery } from '../client/contract.ts';
import { patchTypes, pathOf, searchOf } from '../client/path.ts';
import type { Answer, ApiRequest, Handler, User } from './contract.ts';

interface Asked {
  method: ApiRequest['method'];
  path: string;
  query?: URLSearchParams;
  object?: unknown;
  contentType?: string;
  signal?: AbortSignal;
}

const nothing = new Uint8Array();
const never = new AbortController().signal;

/** `userAgent` is the name under which it owns the fields that it writes. */
export function localClient(handler: Handler, user: User, userAgent = 'switchboard'): Client {
  const ask = ({ method, path, query, object, contentType, signal }: Asked): Promise<Answer> =>
    handler({
      method,
      path,
      query: query ?? new URLSearchParams(),
      headers: { 'user-agent': userAgent, ...(contentType && { 'content-type': contentType }) },
      user,
      body: nothing,
      ...(object !== undefined && { object }),
      signal: signal ?? never,
    });
  const askObject = async <T>(asked: Asked): Promise<T> => objectOf<T>(await ask(asked));

  return {
    get: (resource, name, namespace) =>
      askObject({ method: 'GET', path: pathOf(resource, { name, namespace }) }),
    list: <T extends KubeObject>(resource: Resource<T>, query: ListQuery = {}) =>
      askObject<List<T>>({ method: 'GET', path: pathOf(resource, query), query: searchOf(query) }),
    async *watch<T extends KubeObject>(resource: Resource<T>, query: WatchQuery) {
      const asked = searchOf(query);
      asked.set('watch', 'true');
      if (query.allowWatchBookmarks) asked.set('allowWatchBookmarks', 'true');
      const path = pathOf(resource, query);
      yield* eventsOf<T>(await ask({ method: 'GET', path, query: asked, signal: query.signal }));
    },
    create: (resource, object) => {
      const { namespace } = object.metadata;
      return askObject({ method: 'POST', path: pathOf(resource, { namespace }), object });
    },
    update: (resource, object, subresource) => {
      const { name, namespace } = object.metadata;
      return askObject({ method: 'PUT', path: pathOf(resource, { name, namespace, subresource }), object });
    },
    patch: (resource, target, patch, { type = 'merge', subresource } = {}) =>
      askObject({
        method: 'PATCH',
        path: pathOf(resource, { ...target, subresource }),
        object: patch,
        contentType: patchTypes[type],
      }),
    delete: async (resource, target, options) => {
      await askObject({
        method: 'DELETE',
        path: pathOf(resource, target),
        ...(options && { object: options }),
      });
    },
    post: (resource, target, subresource, body) =>
      askObject({ method: 'POST', path: pathOf(resource, { ...target, subresource }), object: body }),
  };
}

function objectOf<T>(answer: Answer): T {
  if (!('object' in answer)) throw new Error('Cannot read the answer: it is not an object');
  if (answer.code >= 400) throw StatusError.from(answer.object as Status);
  return answer.object as T;
}

async function* eventsOf<T>(answer: Answer): AsyncGenerator<WatchEvent<T>, void> {
  if (!('events' in answer)) {
    objectOf(answer);
    throw new Error('Cannot watch: the answer is not a watch');
  }
  for await (const batch of answer.events)
    for (const { type, object } of batch) {
      if (type === 'ERROR') throw StatusError.from(object as Status);
      yield { type, object: object as T };
    }
}
