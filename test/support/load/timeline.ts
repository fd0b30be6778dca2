/** What happened in a cluster and when, as a watch of its API tells it: so that the cause of a failure can be found. */
import { endpointSlices, nodes, pods } from '../../../src/api/resource.ts';
import type { EndpointSlice, KubeObject, Node, Pod } from '../../../src/api/types.ts';
import { httpClient } from '../../../src/client/http.ts';
import { informer } from '../../../src/client/informer.ts';
import { fromKubeconfig } from '../../../src/client/kubeconfig.ts';
import type { Failure } from './load.ts';

export interface Timeline {
  /** Something that the API does not tell. */
  note(what: string): void;
  /** The failure, and what happened around it. */
  explain(failure: Failure): string;
  close(): void;
}

const beforeMs = 2_000;
const afterMs = 500;
const mostEvents = 5_000;

export function timelineOf(kubeconfig: string): Timeline {
  const client = httpClient(fromKubeconfig(kubeconfig));
  const stop = new AbortController();
  const events: { ms: number; what: string }[] = [];
  const note = (what: string) => {
    events.push({ ms: Date.now(), what });
    if (events.length > mostEvents) events.shift();
  };
  const options = { namespace: 'default', signal: stop.signal };
  const tell =
    <T extends KubeObject>(describe: (object: T) => string) =>
    (now: T | undefined, before: T | undefined) => {
      const [is, was] = [now && describe(now), before && describe(before)];
      if (is !== was) note(is ?? `${was}: gone`);
    };
  informer(client, pods, options).onChange(tell(podLine));
  informer(client, endpointSlices, options).onChange(tell(sliceLine));
  informer(client, nodes, { signal: stop.signal }).onChange(tell(nodeLine));
  return {
    note,
    explain: (failure) => {
      const near = ({ ms }: { ms: number }) =>
        ms >= failure.sentMs - beforeMs && ms <= failure.failedMs + afterMs;
      const line = (ms: number, what: string) => `    ${String(ms - failure.sentMs).padStart(6)} ms  ${what}`;
      const { path, from, to, what, failedMs } = failure;
      return [
        `${new Date(failure.sentMs).toISOString()} ${path}: ${from} → ${to}`,
        ...[...events.filter(near), { ms: failedMs, what: `FAILED: ${what}` }]
          .sort((a, b) => a.ms - b.ms)
          .map(({ ms, what: happened }) => line(ms, happened)),
      ].join('\n');
    },
    close: () => {
      stop.abort();
      client.close();
    },
  };
}

const isTrue = (conditions: { type: string; status: string }[] | undefined, type: string): boolean =>
  conditions?.some((c) => c.type === type && c.status === 'True') ?? false;

function podLine({ metadata, spec, status }: Pod): string {
  const words = [
    isTrue(status?.conditions, 'Ready') ? 'ready' : 'not ready',
    ...(metadata.deletionTimestamp ? ['stopping'] : []),
  ];
  const where = `on ${spec?.nodeName ?? 'no node'} at ${status?.podIP ?? 'no address'}`;
  return `pod ${metadata.name} ${where}: ${status?.phase}, ${words.join(', ')}`;
}

function sliceLine({ metadata, endpoints = [] }: EndpointSlice): string {
  const each = endpoints.map(({ addresses, conditions }) => {
    const stopping = conditions?.terminating ? (conditions.serving ? ' stopping' : ' stopped') : ' not ready';
    return `${addresses[0]}${conditions?.ready === false ? stopping : ''}`;
  });
  return `slice ${metadata.name}: ${each.join(', ') || 'empty'}`;
}

const nodeLine = ({ metadata, spec, status }: Node): string =>
  `node ${metadata.name}: ${isTrue(status?.conditions, 'Ready') ? 'Ready' : 'NotReady'}${spec?.unschedulable ? ', cordoned' : ''}`;
