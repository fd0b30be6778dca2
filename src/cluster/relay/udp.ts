/** Carries UDP datagrams from the host's loopback to a node; each client gets a socket of its own there. */
import dgram from 'node:dgram';
import type { Clock } from '../../lib/clock.ts';

/** A client that is silent for so long is forgotten; conntrack's own timeout for a seen stream is 120 s. */
const idleMs = 60_000;
const mostClients = 1_000;

export interface UdpRelayOptions {
  host: string;
  port: number;
  clock: Clock;
  /** A socket beside the node, not bound yet. */
  open: () => dgram.Socket;
  target: () => { address: string; port: number };
}

interface Flow {
  socket: dgram.Socket;
  lastMs: number;
}

export function relayUdp({ host, port, clock, open, target }: UdpRelayOptions): Promise<{ close(): void }> {
  const flows = new Map<string, Flow>();
  const server = dgram.createSocket('udp4');

  function flowOf(client: dgram.RemoteInfo): Flow | undefined {
    const name = `${client.address}:${client.port}`;
    const known = flows.get(name);
    if (known) return known;
    if (flows.size >= mostClients) sweep();
    if (flows.size >= mostClients) return undefined;
    const socket = open();
    socket.on('error', () => drop(name));
    socket.on('message', (message) => server.send(message, client.port, client.address));
    const flow = { socket, lastMs: clock.now() };
    flows.set(name, flow);
    return flow;
  }

  function drop(name: string): void {
    flows.get(name)?.socket.close();
    flows.delete(name);
  }

  function sweep(): void {
    for (const [name, flow] of flows) if (clock.now() - flow.lastMs > idleMs) drop(name);
  }

  const sweeper = setInterval(sweep, idleMs).unref();
  server.on('message', (message, client) => {
    const flow = flowOf(client);
    if (!flow) return;
    flow.lastMs = clock.now();
    const { address, port: targetPort } = target();
    flow.socket.send(message, targetPort, address, () => {});
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.bind(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve({
        close() {
          clearInterval(sweeper);
          for (const name of [...flows.keys()]) drop(name);
          server.close();
        },
      });
    });
  });
}
