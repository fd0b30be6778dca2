/** Endpoints of a Service as DNS sees them: those that are ready, each with its name and the ports it has. */
import { isAddress } from '../../../lib/ip.ts';
import { type KeptSlice, type NamedPort, nameOf } from './keep.ts';

export interface NamedEndpoint {
  /** The label below the Service's name. */
  name: string;
  address: string;
  ports: readonly NamedPort[];
}

/** An address that stands in several slices has the ports of all of them. */
export function endpointsIn(slices: readonly KeptSlice[]): NamedEndpoint[] {
  const [only, ...others] = slices;
  if (!only) return [];
  const named = ({ endpoints, ports }: KeptSlice) =>
    endpoints.map((endpoint) => ({ name: nameOf(endpoint), address: endpoint.address, ports }));
  if (others.length === 0) return named(only);
  const found = new Map<string, NamedEndpoint>();
  for (const endpoint of slices.flatMap(named)) {
    const known = found.get(endpoint.address);
    found.set(
      endpoint.address,
      known ? { ...endpoint, ports: [...known.ports, ...endpoint.ports] } : endpoint,
    );
  }
  return [...found.values()];
}

/** The address behind a dashed one; undefined when it is none. */
export function undashed(label: string): string | undefined {
  const dots = label.replaceAll('-', '.');
  if (isAddress(dots)) return dots;
  const colons = label.replaceAll('-', ':');
  return isAddress(colons) ? colons : undefined;
}
