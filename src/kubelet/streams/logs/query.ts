/** What is asked of a log. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#read-read-log-of-the-specified-pod */
import { Refusal } from '../refusal.ts';

export interface LogQuery {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  /** Only what was written since then: milliseconds since 1970. */
  sinceMs?: number;
  /** Both when left out. */
  stream?: 'stdout' | 'stderr';
}

export function parseLogQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const tailLines = integer(query, 'tailLines', 0);
  const limitBytes = integer(query, 'limitBytes', 1);
  const sinceMs = since(query, nowMs);
  const stream = streamOf(query);
  return {
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(stream && { stream }),
  };
}

const flag = (query: URLSearchParams, name: string) => /^(true|1)$/.test(query.get(name) ?? '');

function integer(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Refusal(422, `${name}: Invalid value: ${text}: must be an integer of at least ${least}`);
}

function since(query: URLSearchParams, nowMs: number): number | undefined {
  const seconds = integer(query, 'sinceSeconds', 1);
  const time = query.get('sinceTime');
  if (!time) return seconds === undefined ? undefined : nowMs - seconds * 1000;
  if (seconds !== undefined)
    throw new Refusal(422, 'at most one of `sinceTime` or `sinceSeconds` may be specified');
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new Refusal(422, `sinceTime: Invalid value: ${time}: must be in RFC 3339`);
  return ms;
}

function streamOf(query: URLSearchParams): LogQuery['stream'] {
  const name = query.get('stream') ?? 'All';
  if (name === 'Stdout') return 'stdout';
  if (name === 'Stderr') return 'stderr';
  if (name === 'All') return undefined;
  throw new Refusal(422, `stream: Unsupported value: ${name}: supported values: All, Stderr, Stdout`);
}
