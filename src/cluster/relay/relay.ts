/**
 * The one process of a cluster that stands on the host: it carries what comes in by the host's loopback
 * (the API, node ports) to the nodes. It is a process of its own, so that a control plane
 * that restarts cuts nobody.
 */
import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { nodes, services } from '../../api/resource.ts';
import type { Node } from '../../api/types.ts';
import { type HttpClient, httpClient } from '../../client/http.ts';
import { networkClient, ownIdentity } from '../../client/identity.ts';
import { informer } from '../../client/informer.ts';
import { systemClock } from '../../lib/clock.ts';
import { socketIn } from '../../lib/linux/sockets.ts';
import { logger } from '../../lib/log.ts';
import type { KeyPair } from '../../lib/pki/certificate.ts';
import { apiPort } from '../addresses.ts';
import { dialer } from './dial.ts';
import { desiredListeners, type Listener } from './listeners.ts';
import { relayTcp } from './tcp.ts';
import { relayUdp } from './udp.ts';

const log = logger('relay');

export interface RelayConfig {
  hostAddress: string;
  /** Namespace file of the LAN. */
  lanNetns: string;
  /** Addresses of all nodes, those of the control plane first. */
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
  const connect = (address: string, port: number) => dialIn(config.lanNetns, address, port);
  const toControlPlane = dialer(config.controlPlane, connect);
  const toNodes = dialer(config.nodes, connect);
  await relayTcp({ host: config.hostAddress, port: apiPort, dial: () => toControlPlane.dial(apiPort) });

  const client: HttpClient = httpClient({
    server: `https://${config.controlPlane[0]}:${apiPort}`,
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
    connect: () => openIn(config.lanNetns).connect(apiPort, config.controlPlane[0] ?? ''),
  });
  const knownNodes = informer(client, nodes, { signal });
  knownNodes.onChange(() => toNodes.update(addressesOf([...knownNodes.list()], config.nodes)));

  const known = informer(client, services, { signal });
  const open = new Map<string, Promise<{ close(): void } | undefined>>();
  known.onChange(() => {
    const wanted = desiredListeners(known.list());
    for (const [name, listener] of wanted) if (!open.has(name)) open.set(name, listen(listener));
    for (const [name, listening] of open) {
      if (wanted.has(name)) continue;
      open.delete(name);
      void listening.then((l) => l?.close());
    }
  });

  async function listen({ protocol, port }: Listener) {
    try {
      if (protocol === 'TCP') {
        return await relayTcp({ host: config.hostAddress, port, dial: () => toNodes.dial(port) });
      }
      return await relayUdp({
        host: config.hostAddress,
        port,
        clock: systemClock,
        open: () => datagramIn(config.lanNetns),
        target: () => ({ address: toNodes.first(), port }),
      });
    } catch (err) {
      log.warn(
        { protocol, port, err: String(err) },
        'this node port cannot be had on the host: something else listens there',
      );
      return undefined;
    }
  }

  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  client.close();
}

export const readRelayConfig = (file: string): RelayConfig =>
  JSON.parse(readFileSync(file, 'utf8')) as RelayConfig;

/** Ready nodes first; all that the cluster was made with while no node is known. */
function addressesOf(known: readonly Node[], made: readonly string[]): string[] {
  const ready = known.filter((n) =>
    n.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
  );
  const addresses = (ready.length > 0 ? ready : known).flatMap(
    (n) => n.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? [],
  );
  return addresses.length > 0 ? addresses : [...made];
}

const openIn = (netns: string): net.Socket =>
  new net.Socket({ fd: socketIn(netns, { type: 'tcp', family: 4 }), allowHalfOpen: true });

function dialIn(netns: string, address: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = openIn(netns);
    const fail = (err: Error) => {
      socket.destroy();
      reject(err);
    };
    socket.setNoDelay(true);
    socket.setTimeout(dialTimeoutMs, () => fail(new Error(`Cannot reach ${address}:${port}: no answer`)));
    socket.once('error', fail);
    socket.connect(port, address, () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function datagramIn(netns: string): dgram.Socket {
  const socket = dgram.createSocket('udp4');
  socket.bind({ fd: socketIn(netns, { type: 'udp', family: 4, bind: { address: '0.0.0.0', port: 0 } }) });
  return socket;
}
