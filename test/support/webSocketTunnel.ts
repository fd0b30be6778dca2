/**
 * Bytes through a WebSocket whose protocol has a name that libraries do not take (`SPDY/3.1+portforward.k8s.io`).
 * RFC 6455, section 5.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { Duplex } from 'node:stream';

const opcodes = { binary: 2, close: 8, ping: 9, pong: 10 } as const;
const last = 0x80;
const masked = 0x80;

export async function webSocketTunnel(url: string, tls: RequestOptions, protocol: string): Promise<Duplex> {
  const req = request(url, {
    ...tls,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': protocol,
    },
  });
  req.end();
  const [answer, socket, head] = (await once(req, 'upgrade')) as [IncomingMessage, Duplex, Buffer];
  if (answer.headers['sec-websocket-protocol'] !== protocol)
    throw new Error(`the server speaks ${answer.headers['sec-websocket-protocol']}`);
  return tunnelOver(socket, head);
}

function tunnelOver(socket: Duplex, head: Buffer): Duplex {
  const tunnel = new Duplex({
    write: (chunk: Buffer, _, done) => void socket.write(frame(opcodes.binary, chunk), done),
    read: () => socket.resume(),
    destroy(err, done) {
      socket.destroy();
      done(err);
    },
  });
  let pending = Buffer.alloc(0);
  const hear = (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let found = parse(pending); found; found = parse(pending)) {
      pending = pending.subarray(found.length);
      if (found.opcode === opcodes.close) tunnel.push(null);
      else if (found.opcode === opcodes.ping) socket.write(frame(opcodes.pong, found.payload));
      else if (found.opcode !== opcodes.pong && !tunnel.push(found.payload)) socket.pause();
    }
  };
  hear(head);
  socket.on('data', hear);
  socket.on('error', () => {});
  socket.once('close', () => tunnel.destroy());
  return tunnel;
}

/** A client masks what it sends; a mask of zeros leaves it as it is. */
function frame(opcode: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(14);
  header[0] = last | opcode;
  header[1] = masked | 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

/** The first frame, if all of it is there. */
function parse(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const headerBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < headerBytes) return undefined;
  const size =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < headerBytes + size) return undefined;
  return {
    opcode: (bytes[0] ?? 0) & 0x0f,
    payload: bytes.subarray(headerBytes, headerBytes + size),
    length: headerBytes + size,
  };
}
