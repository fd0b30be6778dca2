/**
 * Exec over a WebSocket as new kubectls do it, and port-forward by an old one: whether or not this machine has
 * a kubectl that speaks it.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { webSocketTunnel } from './webSocketTunnel.ts';

interface Access {
  server: string;
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
}

export function accessOf(kubeconfig: string): Access {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const data = (text = '') => Buffer.from(text, 'base64');
  return {
    server: cluster['server'] ?? '',
    ca: data(cluster['certificate-authority-data']),
    cert: data(user['client-certificate-data']),
    key: data(user['client-key-data']),
  };
}

const open = ({ server, ...tls }: Access, path: string, protocol: string) =>
  new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, protocol, tls);

export interface Executed {
  out: Buffer;
  err: string;
  /** What the error channel told: a `Status`. */
  status: { status?: string; details?: { causes?: { reason: string; message: string }[] } };
}

const channel = (number: number, data: Uint8Array) => Buffer.concat([Buffer.from([number]), data]);
const [stdin, stdout, stderr, errors, sizes] = [0, 1, 2, 3, 4];
/** Since v5: a channel's end. */
const close = 255;
const pieceBytes = 32 * 1024;

export async function execOverWebSocket(
  access: Access,
  pod: string,
  command: readonly string[],
  options: { protocol: string; input?: Buffer; size?: { Width: number; Height: number } },
): Promise<Executed> {
  const { protocol, input, size } = options;
  const query = new URLSearchParams([
    ...command.map((word) => ['command', word]),
    ['stdout', 'true'],
    ...(size ? [['tty', 'true']] : [['stderr', 'true']]),
    ...(input ? [['stdin', 'true']] : []),
  ]);
  const socket = open(access, `/api/v1/namespaces/default/pods/${pod}/exec?${query}`, protocol);
  const said = new Map<number, Buffer[]>();
  socket.on('message', (message: Buffer) => {
    const number = message[0] ?? 0;
    const before = said.get(number) ?? [];
    said.set(number, [...before, message.subarray(1)]);
  });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  if (size) socket.send(channel(sizes, Buffer.from(JSON.stringify(size))));
  for (let at = 0; input && at < input.length; at += pieceBytes)
    socket.send(channel(stdin, input.subarray(at, at + pieceBytes)));
  if (input && protocol.startsWith('v5.')) socket.send(Buffer.from([close, stdin]));
  await closed;
  const all = (number: number) => Buffer.concat(said.get(number) ?? []);
  return {
    out: all(stdout),
    err: all(stderr).toString(),
    status: JSON.parse(all(errors).toString()) as Executed['status'],
  };
}

export interface Bridge extends AsyncDisposable {
  server: string;
}

/**
 * A server that a kubectl which speaks only SPDY takes for the API: what it upgrades goes on through a
 * WebSocket, as kubectl itself does it since 1.31.
 */
export async function tunnelBridge(access: Access): Promise<Bridge> {
  const server = createServer((req, res) => {
    const on = request(new URL(req.url ?? '/', access.server), { ...access, method: req.method });
    on.once('response', (answer: IncomingMessage) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(res);
    });
    req.pipe(on);
  });
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    void tunnelled(access, req.url ?? '/', socket, head).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function tunnelled(access: Access, path: string, socket: Duplex, head: Buffer): Promise<void> {
  const tunnel = await webSocketTunnel(`${access.server}${path}`, access, 'SPDY/3.1+portforward.k8s.io');
  const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: portforward.k8s.io'];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) tunnel.write(head);
  tunnel.on('error', () => {});
  tunnel.once('close', () => socket.destroy());
  socket.once('close', () => tunnel.destroy());
  socket.pipe(tunnel).pipe(socket);
}
