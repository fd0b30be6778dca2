/** Finds what a `…/proxy` path names, and how it is reached. */
import { notFound } from '../../api/errors.ts';
import { nodes, pods, services } from '../../api/resource.ts';
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import { type Destination, nodeDestination, podDestination, serviceDestination } from './destination.ts';
import type { Dial } from './dial.ts';
import { type Begin, beginAt, type Connect } from './passOn.ts';
import type { ProxyTarget } from './target.ts';

export interface ResolveDeps {
  pod(namespace: string, name: string): Promise<Pod | undefined>;
  service(namespace: string, name: string): Promise<Service | undefined>;
  /** Those of a Service. */
  endpointSlices(namespace: string, service: string): Promise<readonly EndpointSlice[]>;
  /** The IP address of a node: one that its kubelet's certificate names. */
  nodeAddress(nodeName: string): Promise<string | undefined>;
  /** Math.random */
  random: () => number;
  /** Opens connections to pods; net.connect when left out. */
  connect?: Connect;
  dial: Dial;
  kubeletPort: number;
  connectTimeoutMs: number;
}

export interface Resolved extends Pick<Destination, 'host' | 'port'> {
  begin: Begin;
}

/** Rejects with a `StatusError`. */
export type Resolve = (target: ProxyTarget) => Promise<Resolved>;

export function resolver(deps: ResolveDeps): Resolve {
  const { connectTimeoutMs, connect } = deps;
  const at = (to: Destination): Resolved => ({ ...to, begin: beginAt(to, connectTimeoutMs, connect) });

  async function node(target: ProxyTarget): Promise<Resolved> {
    const address = await deps.nodeAddress(target.name);
    if (!address) throw notFound(nodes, target.name);
    const port = deps.kubeletPort;
    if (target.port !== undefined && target.port !== String(port))
      return at(nodeDestination(target, address));
    // The kubelet, which knows the API server by its certificate.
    return { host: address, port, begin: (asked) => deps.dial({ ...asked, address }) };
  }

  return async (target) => {
    const { plural, namespace, name } = target;
    if (plural === 'nodes') return node(target);
    if (plural === 'pods') {
      const pod = await deps.pod(namespace, name);
      if (!pod) throw notFound(pods, name);
      return at(podDestination(target, pod));
    }
    const service = await deps.service(namespace, name);
    if (!service) throw notFound(services, name);
    return at(serviceDestination(target, service, await deps.endpointSlices(namespace, name), deps.random));
  };
}
