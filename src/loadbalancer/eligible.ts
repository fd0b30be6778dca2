/** Which nodes are how good for an address. Pure. */
import { serviceOf } from '../api/discovery/endpointslice/service.ts';
import type { EndpointSlice, Node, Service } from '../api/types.ts';
import { keyOf } from '../client/contract.ts';
import { familyOf } from '../lib/ip.ts';
import type { Candidate } from './election.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers */
const excludedLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

export interface Cluster {
  nodes: Iterable<Node>;
  slices: () => Iterable<EndpointSlice>;
  /** Whether the node of this name could have the address now. */
  isAlive: (node: string, address: string) => boolean;
}

/** Who could hold each of the addresses, some better than others. */
export function candidatesFor(
  wanted: ReadonlyMap<string, readonly Service[]>,
  { nodes, slices, isAlive }: Cluster,
): Map<string, Candidate[]> {
  const names = [...nodes].filter(mayHold).map(({ metadata }) => metadata.name);
  const endpointNodes = endpointNodesIn([...wanted.values()].flat(), slices);
  return new Map(
    Array.from(wanted, ([address, services]) => [
      address,
      names
        .filter((name) => isAlive(name, address))
        .map((name) => ({ name, goodFor: goodFor(name, address, services, endpointNodes) })),
    ]),
  );
}

/** The label says so by being there, whatever its value. */
const mayHold = ({ metadata }: Node): boolean => metadata.labels?.[excludedLabel] === undefined;

/** Names of the nodes on which an endpoint of the Service serves, of one family. */
type EndpointNodes = (service: Service, family: 4 | 6) => ReadonlySet<string>;

const isLocal = ({ spec }: Service): boolean => spec?.externalTrafficPolicy === 'Local';

/**
 * For how many of the Services that share the address a node is good: under `externalTrafficPolicy: Local`
 * one that has endpoints, otherwise every node.
 */
function goodFor(
  nodeName: string,
  address: string,
  services: readonly Service[],
  endpointNodes: EndpointNodes,
): number {
  const family = familyOf(address);
  return services.filter((s) => !isLocal(s) || endpointNodes(s, family).has(nodeName)).length;
}

/** As the slices have it now. They are gone through once, and only if the answer is of any use. */
function endpointNodesIn(services: Iterable<Service>, slices: () => Iterable<EndpointSlice>): EndpointNodes {
  const local = new Map<string, EndpointSlice[]>();
  for (const service of services) if (isLocal(service)) local.set(keyOf(service), []);
  if (local.size > 0) for (const slice of slices()) local.get(serviceOf(slice) ?? '')?.push(slice);
  const found = new Map<string, ReadonlySet<string>>();
  return (service, family) => {
    const key = `${keyOf(service)} ${family}`;
    const ofFamily = () =>
      (local.get(keyOf(service)) ?? []).filter(({ addressType }) => addressType === `IPv${family}`);
    const nodes = found.get(key) ?? nodesOf(ofFamily());
    found.set(key, nodes);
    return nodes;
  };
}

/** Those with endpoints that are ready; where none is, those with some that are stopping and still serve (KEP-1669). */
function nodesOf(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  const stopping = endpoints.filter(
    ({ conditions }) => conditions?.terminating && conditions.serving !== false,
  );
  const serving = ready.length > 0 ? ready : stopping;
  return new Set(serving.flatMap(({ nodeName }) => nodeName ?? []));
}
