/** The {@link Client} over HTTPS. */
import { StatusError } from '../api/errors.ts';
import { apiVersionOf, type Resource } from '../api/resource.ts';
import type { KubeObject, List, Status, WatchEvent } from '../api/types.ts';
import { type ApiEndpoint, Connection, type Reply } from './connection.ts';
import type { Client, WatchQuery } from './contract.ts';
import type { ClientMetrics, Requests } from './metrics.ts';
import { patchTypes, pathOf, searchOf } from './path.ts';

export type HttpClient = Client & { close(): void };

/** Its requests are counted where there are `metrics`. */
export function httpClient(endpoint: ApiEndpoint, metrics?: ClientMetrics): HttpClient {
  const connection = new Connection(endpoint);
  const direct: Requests = { request: (...args) => connection.request(...args) };
  const requests = metrics?.counting(direct, endpoint.server) ?? direct;

  async function ask<T>(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<T> {
    const reply = await requests.request(method, path, {
      ...(body !== undefined && { body: JSON.stringify(body), contentType }),
    });
    return (await answerOf(reply)) as T;
  }

  return {
    get: (resource, name, namespace) => ask('GET', pathOf(resource, { namespace, name })),
    async list<T extends KubeObject>(resource: Resource<T>, query = {}) {
      const search = searchOf(query).toString();
      const list = await ask<List<T>>('GET', pathOf(resource, query) + (search && `?${search}`));
      // Items of a list leave out what the list says once.
      for (const item of list.items) {
        item.apiVersion ??= apiVersionOf(resource);
        item.kind ??= resource.kind;
      }
      return list;
    },
    watch: (resource, query) => watch(requests, resource, query),
    create: (resource, object) =>
      ask('POST', pathOf(resource, { namespace: object.metadata.namespace }), object),
    update: (resource, object, subresource) =>
      ask('PUT', pathOf(resource, { ...placeOf(object), subresource }), object),
    patch: (resource, target, patch, { type = 'merge', subresource } = {}) =>
      ask('PATCH', pathOf(resource, { ...target, subresource }), patch, patchTypes[type]),
    delete: (resource, target, options) =>
      ask('DELETE', pathOf(resource, target), { apiVersion: 'v1', kind: 'DeleteOptions', ...options }),
    post: (resource, target, subresource, body) =>
      ask('POST', pathOf(resource, { ...target, subresource }), body),
    close: () => connection.close(),
  };
}

const placeOf = ({ metadata: { name, namespace } }: KubeObject) => ({ name, namespace });

async function answerOf(reply: Reply): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply.stream) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (reply.code < 400) return text === '' ? undefined : JSON.parse(text);
  throw statusOf(reply.code, text);
}

function statusOf(code: number, text: string): StatusError {
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return StatusError.from(status);
  } catch {
    // Not from the API server itself: say what came.
  }
  return new StatusError(code, 'Unknown', text.slice(0, 200) || `the server answered ${code}`);
}

async function* watch<T extends KubeObject>(
  requests: Requests,
  resource: Resource<T>,
  query: WatchQuery,
): AsyncIterable<WatchEvent<T>> {
  const search = searchOf(query);
  search.set('watch', 'true');
  if (query.allowWatchBookmarks) search.set('allowWatchBookmarks', 'true');
  const reply = await requests.request('GET', `${pathOf(resource, query)}?${search.toString()}`, {
    signal: query.signal,
  });
  if (reply.code >= 400) await answerOf(reply);
  for await (const line of linesOf(reply.stream)) {
    const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: Status };
    if (event.type === 'ERROR') throw StatusError.from(event.object);
    yield event;
  }
}

/** Lines of a stream, each whole. A stream that was cut ends the lines; the caller asks again. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncIterable<string> {
  let pending: Buffer[] = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(pending).toString();
      pending = [];
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
}
