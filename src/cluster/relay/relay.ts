/**
 * The one process of a cluster that stands on the host: it carries what comes in by the host's loopback
 * (the API, node ports, the ports of load balancers) to the nodes. It is a process of its own, so that a
 * control plane that restarts cuts nobody.
 */
import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import { nodes, services } from '../../api/resource.ts';
import { type HttpClient, httpClient } from '../../client/http.ts';
import { networkClient, ownIdentity } from '../../client/identity.ts';
import { informer } from '../../client/informer.ts';
import { systemClock } from '../../lib/clock.ts';
import { anyAddress, bracketed, type Family } from '../../lib/ip.ts';
import { connectIn, socketIn, tcpSocketIn } from '../../lib/linux/sockets.ts';
import type { KeyPair } from '../../lib/pki/certificate.ts';
import { apiPort } from '../addresses.ts';
import { dialer } from './dial.ts';
import type { Listener } from './listeners.ts';
import { addressesOf } from './nodes.ts';
import { followPorts } from './ports.ts';
import { relayTcp } from './tcp.ts';
import { relayUdp } from './udp.ts';

export interface RelayConfig {
  hostAddress: string;
  /** Namespace file of the LAN. */
  lanNetns: string;
  /** All addresses of all nodes, those of the control plane first. */
  nodes: string[];
  controlPlane: string[];
  ca: string;
  /** Who reads Services and nodes. */
  network: KeyPair;
}

const dialTimeoutMs = 1_000;

/**
 * Runs until the signal, and keeps what must be there after a restart in `directory`. Rejects when the API's
 * own port is taken.
 */
export async function runRelay(config: RelayConfig, directory: string, signal: AbortSignal): Promise<void> {
  const connect = async (address: string, port: number) => {
    const options = { allowHalfOpen: true, timeoutMs: dialTimeoutMs };
    return (await connectIn(config.lanNetns, address, port, options)).setNoDelay();
  };
  const toControlPlane = dialer(config.controlPlane, connect);
  const toNodesBy = (family: Family) => dialer(addressesOf([], config.nodes, family), connect);
  const toNodes = { 4: toNodesBy(4), 6: toNodesBy(6) };
  await relayTcp({ host: config.hostAddress, port: apiPort, dial: () => toControlPlane.dial(apiPort) });

  const apiServer = config.controlPlane[0] ?? '';
  const client: HttpClient = httpClient({
    server: `https://${bracketed(apiServer)}:${apiPort}`,
    ca: config.ca,
    identity: ownIdentity({
      name: 'network',
      directory,
      pair: config.network,
      ca: config.ca,
      wanted: networkClient,
      client: () => client,
      clock: systemClock,
      signal,
    }),
    connect: () => tcpSocketIn(config.lanNetns, apiServer).connect(apiPort, apiServer),
  });
  const knownNodes = informer(client, nodes, { signal });
  knownNodes.onChange(() => {
    const all = [...knownNodes.list()];
    for (const family of [4, 6] as const) toNodes[family].update(addressesOf(all, config.nodes, family));
  });

  followPorts(informer(client, services, { signal }), listen);

  function listen({ protocol, port }: Listener, now: () => Listener) {
    const host = config.hostAddress;
    if (protocol === 'TCP') {
      const dial = () => {
        const { address, family } = now();
        return address === undefined ? toNodes[family].dial(port) : connect(address, port);
      };
      return relayTcp({ host, port, dial });
    }
    const target = () => {
      const { address, family } = now();
      return { address: address ?? toNodes[family].first(), port };
    };
    const open = () => datagramIn(config.lanNetns, now().family);
    return relayUdp({ host, port, clock: systemClock, open, target });
  }

  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  client.close();
}

export const readRelayConfig = (file: string): RelayConfig =>
  JSON.parse(readFileSync(file, 'utf8')) as RelayConfig;

function datagramIn(netns: string, family: Family): dgram.Socket {
  const socket = dgram.createSocket(`udp${family}`);
  socket.bind({
    fd: socketIn(netns, { type: 'udp', family, bind: { address: anyAddress[family], port: 0 } }),
  });
  return socket;
}
