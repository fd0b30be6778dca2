/**
 * Port-forward over a WebSocket: a SPDY session in binary messages, as kubectl does it, or two channels for
 * each port, which begin with its number.
 */
import { channelPortForward, isBase64, tunnel } from '../protocols.ts';
import { Refusal } from '../refusal.ts';
import type { Upgrading } from '../remote.ts';
import { acceptWebSocket, webSocketProtocol } from '../websocket/accept.ts';
import { Channels } from '../websocket/channels.ts';
import { type Forwarding, forward, type Pair, portOf } from './forward.ts';
import { portForwardThrough } from './spdy.ts';

export async function portForwardByWebSocket(
  client: Upgrading,
  query: URLSearchParams,
  to: Forwarding,
): Promise<void> {
  const protocol = webSocketProtocol(client, channelPortForward);
  if (protocol === tunnel) {
    const socket = await acceptWebSocket(client, protocol);
    const { createWebSocketStream } = await import('ws');
    return portForwardThrough(createWebSocketStream(socket), to);
  }
  const ports = portsOf(query);
  const socket = await acceptWebSocket(client, protocol);
  const channels: Channels = new Channels(socket, isBase64(protocol), (message) => channels.receive(message));
  await Promise.all(ports.map((port, index) => forward(port, pairOf(channels, index, port), to)));
  channels.close();
}

function portsOf(query: URLSearchParams): number[] {
  const asked = query.getAll('port');
  const ports = asked.map((text) => portOf(text)).filter((port) => port !== undefined);
  if (ports.length === 0 || ports.length < asked.length || ports.length > mostPorts)
    throw new Refusal(400, `query parameter "port" must name 1 to ${mostPorts} ports`);
  return ports;
}

/** A channel's number is one byte, and 255 is kept. */
const mostPorts = 100;

function pairOf(channels: Channels, index: number, port: number): Pair {
  const input = channels.input(2 * index);
  const output = channels.output(2 * index);
  const error = channels.output(2 * index + 1);
  const prelude = Buffer.alloc(2);
  prelude.writeUInt16LE(port);
  output.write(prelude);
  error.write(prelude);
  // No channel tells the client that the pod has said all, nor us that the client has.
  output.once('finish', () => input.destroy());
  return { input, output, error };
}
