/** What the metrics call a request, and how they follow it to its end. */
import type { KindRegistry } from '../../api/registry.ts';
import { type Verb, verbOf } from '../authorize.ts';
import type { Answer, ApiRequest, ServedEvent } from '../contract.ts';
import { parsePath, type ResourcePath } from '../request/path.ts';
import { isProxied } from '../subresources/index.ts';
import type { Labels, Metrics } from './metrics.ts';

const verbs: Readonly<Record<Verb, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};

/** Answers the request and tells the metrics of it, also of what goes on after the answer has begun. */
export async function measured(
  metrics: Metrics | undefined,
  labels: () => Labels,
  answer: () => Promise<Answer>,
): Promise<Answer> {
  if (!metrics) return answer();
  const known = labels();
  const done = metrics.begin(known);
  const given = await answer();
  done(given.code);
  if (!('events' in given)) return given;
  return { ...given, events: followed(metrics, known, given.events) };
}

async function* followed(
  metrics: Metrics,
  labels: Labels,
  events: AsyncIterable<readonly ServedEvent[]>,
): AsyncGenerator<readonly ServedEvent[]> {
  const ended = metrics.beginLong(labels);
  try {
    for await (const batch of events) {
      metrics.watchEvents(labels, batch.length);
      yield batch;
    }
  } finally {
    ended();
  }
}

const nothing = { group: '', version: '', resource: '', subresource: '', scope: '' };

/** Paths that name nothing are all one, so that nobody fills the memory with labels. */
export function labelsOf(kinds: KindRegistry, request: ApiRequest): Labels {
  const target = targetOf(request);
  const kind = target && kinds.of(target.group, target.version, target.plural);
  if (!target || !kind) return { ...nothing, verb: request.method };
  const { group, version, plural } = kind.resource;
  const streams = isProxied(group, plural, target.subresource) && target.subresource !== 'log';
  return {
    verb: streams ? 'CONNECT' : verbs[verbOf(request, target)],
    ...{ group, version, resource: plural },
    subresource: subresourceLabel(target),
    scope: scopeOf(target, kind.resource.namespaced),
  };
}

/** What a metric calls the part of the object that a request is about: known names only, so that nobody fills the memory. */
const subresourceLabel = ({ subresource }: ResourcePath): string =>
  subresource === undefined ? '' : subresources.has(subresource) ? subresource : 'other';

const subresources: ReadonlySet<string> = new Set([
  ...['status', 'scale', 'log', 'exec', 'attach', 'portforward', 'proxy', 'binding', 'token', 'finalize'],
  ...['eviction', 'ephemeralcontainers', 'resize', 'approval'],
]);

const scopeOf = ({ name, namespace }: ResourcePath, namespaced: boolean) =>
  name !== undefined ? 'resource' : namespaced && namespace !== undefined ? 'namespace' : 'cluster';

/** Of a stream of a pod, a Service or a node, which is known to be one. */
export function streamLabels(request: ApiRequest): Labels {
  const target = targetOf(request);
  return {
    ...{ verb: 'CONNECT', group: '', version: 'v1', scope: 'resource' },
    resource: target?.plural ?? '',
    subresource: target ? subresourceLabel(target) : '',
  };
}

function targetOf({ path }: ApiRequest): ResourcePath | undefined {
  try {
    return parsePath(path);
  } catch {
    return undefined;
  }
}
