/**
 * Where on the kubelet a request for a pod's logs or streams goes: the API's words become the kubelet's.
 * Errors are `StatusError`s with Kubernetes' words.
 */
import { badRequest } from '../../api/errors.ts';
import type { Container, Pod } from '../../api/types.ts';

export interface Location {
  nodeName: string;
  /** With the query: `/exec/default/web/nginx?command=ls&output=1`. */
  path: string;
}

export type Stream = 'exec' | 'attach' | 'portforward';

const logParameters = [
  'follow',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
  'stream',
];

/** `undefined` as long as the pod is on no node: it has said nothing yet. */
export function logLocation(pod: Pod, query: URLSearchParams): Location | undefined {
  const container = containerOf(pod, query.get('container'));
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) return undefined;
  const asked = new URLSearchParams([...query].filter(([name]) => logParameters.includes(name)));
  return { nodeName, path: withQuery(['containerLogs', ...placeOf(pod), container], asked) };
}

export function streamLocation(pod: Pod, stream: Stream, query: URLSearchParams): Location {
  const container = stream === 'portforward' ? [] : [containerOf(pod, query.get('container'))];
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  const place = [stream === 'portforward' ? 'portForward' : stream, ...placeOf(pod), ...container];
  return { nodeName, path: withQuery(place, streamParameters(stream, query)) };
}

function streamParameters(stream: Stream, query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams();
  if (stream === 'portforward') {
    for (const port of query.getAll('ports').flatMap((ports) => ports.split(','))) asked.append('port', port);
    return asked;
  }
  if (stream === 'exec') for (const word of query.getAll('command')) asked.append('command', word);
  for (const [ours, theirs] of [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
    ['tty', 'tty'],
  ] as const)
    if (isTrue(query.get(ours))) asked.append(theirs, '1');
  return asked;
}

const isTrue = (value: string | null) => value === 'true' || value === '1';

/** The container that is asked for, or the only one. */
function containerOf({ metadata, spec }: Pod, asked: string | null): string {
  const all = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  if (asked) {
    if (all.some((container) => container.name === asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  const [only, ...others] = spec?.containers ?? [];
  if (only && others.length === 0) return only.name;
  const choice = spec?.containers.length ? `, choose one of: [${namesOf(spec.containers)}]` : '';
  const init = spec?.initContainers?.length
    ? ` or one of the init containers: [${namesOf(spec.initContainers)}]`
    : '';
  throw badRequest(`a container name must be specified for pod ${metadata.name}${choice}${init}`);
}

const namesOf = (containers: readonly Container[]) => containers.map((container) => container.name).join(' ');

const placeOf = ({ metadata }: Pod): string[] => [metadata.namespace ?? '', metadata.name];

function withQuery(segments: readonly string[], query: URLSearchParams): string {
  const text = query.toString();
  return `/${segments.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}
