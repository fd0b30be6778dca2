/** Paths of the kubelet's server. */
export interface Place {
  namespace: string;
  pod: string;
  container: string;
}

export type Route =
  | { kind: 'healthz' | 'pods' | 'metrics' | 'resourceMetrics' | 'summary' }
  | { kind: 'containerLogs' | 'exec' | 'attach'; place: Place }
  | { kind: 'portForward'; place: Omit<Place, 'container'> };

const fixed: Readonly<Record<string, Exclude<Route, { place: unknown }>['kind']>> = {
  '/healthz': 'healthz',
  '/pods': 'pods',
  '/metrics': 'metrics',
  '/metrics/resource': 'resourceMetrics',
  '/stats/summary': 'summary',
};

/** `undefined` for a path that is not served. */
export function routeOf(path: string): Route | undefined {
  const kind = fixed[path.length > 1 ? path.replace(/\/$/, '') : path];
  if (kind) return { kind };
  const [first, ...rest] = path.slice(1).split('/').map(decode);
  const [namespace, pod, container] = rest;
  if (!namespace || !pod) return undefined;
  if (first === 'portForward' && rest.length === 2) return { kind: first, place: { namespace, pod } };
  if (!container || rest.length !== 3) return undefined;
  if (first === 'containerLogs' || first === 'exec' || first === 'attach')
    return { kind: first, place: { namespace, pod, container } };
  return undefined;
}

/** Nothing of what a segment that cannot be decoded means is there. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
