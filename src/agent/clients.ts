/** As whom the agent speaks to the API: as its node for what is the node's own, and as one who reads what concerns all. */
import { type HttpClient, httpClient } from '../client/http.ts';
import { type Identity, networkClient, nodeClient, nodeServing, ownIdentity } from '../client/identity.ts';
import { ClientMetrics } from '../client/metrics.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentConfig } from './config.ts';

export interface AgentClients {
  /** `system:node:NAME` */
  own: HttpClient;
  /** `system:switchboard:network` */
  network: HttpClient;
  /** Of the latter. */
  networkMetrics: ClientMetrics;
  /** What the kubelet's server shows; `use` takes the next one when it is renewed. */
  serving(use: (identity: Identity) => void): () => Identity;
}

/** Identities are renewed until the signal. `directory` keeps them over a restart. */
export function agentClients(
  config: AgentConfig,
  directory: string,
  clock: Clock,
  signal: AbortSignal,
): AgentClients {
  const { nodeName, nodeIPs, server, ca } = config;
  const around = { directory, ca, clock, signal };
  const asNode = ownIdentity({
    ...around,
    name: 'node',
    client: () => own,
    pair: config.node,
    wanted: nodeClient(nodeName),
  });
  const own: HttpClient = httpClient({ server, ca, identity: asNode, userAgent: 'kubelet' });
  const networkMetrics = new ClientMetrics(clock);
  const asReader = ownIdentity({
    ...around,
    name: 'network',
    client: () => network,
    pair: config.network,
    wanted: networkClient,
  });
  const network: HttpClient = httpClient({ server, ca, identity: asReader }, networkMetrics);
  return {
    own,
    network,
    networkMetrics,
    serving: (use) =>
      ownIdentity({
        ...around,
        name: 'serving',
        client: () => own,
        pair: config.serving,
        wanted: nodeServing(nodeName, nodeIPs),
        use,
      }),
  };
}
