/** Endpoints of a Service as DNS sees them: those that are ready, each with its name and the ports it has. */
import type { EndpointSlice } from '../../../api/types.ts';
import { isAddress } from '../../../lib/ip.ts';

export interface NamedEndpoint {
  /** The label below the Service's name. */
  name: string;
  address: string;
  ports: readonly NamedPort[];
}

export interface NamedPort {
  name: string;
  /** Lower case, as in a name. */
  protocol: string;
  port: number;
}

/** Slices that say nothing of readiness mean that it is there. `publishNotReadyAddresses` is in what they say already. */
export function readyEndpoints(slices: readonly EndpointSlice[]): NamedEndpoint[] {
  const found = new Map<string, NamedEndpoint>();
  for (const slice of slices) {
    if (slice.addressType === 'FQDN') continue;
    const ports = (slice.ports ?? []).flatMap(namedPort);
    for (const { conditions, hostname, addresses } of slice.endpoints ?? []) {
      if (conditions?.ready === false) continue;
      for (const address of addresses) {
        const known = found.get(address);
        found.set(address, {
          name: hostname ? hostname.toLowerCase() : dashed(address),
          address,
          ports: known ? [...known.ports, ...ports] : ports,
        });
      }
    }
  }
  return [...found.values()];
}

/** A port of a Service or of a slice; without a number there is nothing to name. */
export const namedPort = ({
  name,
  protocol,
  port,
}: {
  name?: string;
  protocol?: string;
  port?: number;
}): NamedPort[] =>
  port === undefined ? [] : [{ name: name ?? '', protocol: (protocol ?? 'TCP').toLowerCase(), port }];

/** `10-244-0-5`, `fd44--5`: the name of an endpoint that has no hostname. */
export const dashed = (address: string): string => address.toLowerCase().replaceAll(/[.:]/g, '-');

/** The address behind a dashed one; undefined when it is none. */
export function undashed(label: string): string | undefined {
  const dots = label.replaceAll('-', '.');
  if (isAddress(dots)) return dots;
  const colons = label.replaceAll('-', ':');
  return isAddress(colons) ? colons : undefined;
}
