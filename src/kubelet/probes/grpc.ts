/**
 * The health service of gRPC, in the few bytes that it needs.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md and PROTOCOL-HTTP2.md beside it
 */
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { Probe } from '../../api/types.ts';
import { bracketed } from '../../lib/ip.ts';
import { failed, type Outcome, ok, type Target } from './contract.ts';

const path = '/grpc.health.v1.Health/Check';
const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

export async function grpcProbe(
  { port, service = '' }: NonNullable<Probe['grpc']>,
  target: Target,
  timeoutMs: number,
): Promise<Outcome> {
  const address = `${bracketed(target.ip)}:${target.port(port)}`;
  try {
    const { code, message, body } = await call(`http://${address}`, checkRequest(service), timeoutMs);
    if (code !== 0)
      return failed(
        code === 12
          ? `this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`
          : `health rpc probe failed: ${message || `code ${code}`}`,
      );
    const status = servingStatus(body);
    return status === 1
      ? ok('service healthy')
      : failed(`service unhealthy (responded with "${statusNames[status] ?? status}")`);
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    return failed(`failed to connect service "${address}" within ${timeoutMs / 1000}s: ${why}`);
  }
}

/** HealthCheckRequest { string service = 1; } with the five bytes that stand before every gRPC message. */
export function checkRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const length = name.length < 128 ? [name.length] : [(name.length & 0x7f) | 0x80, name.length >> 7];
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...length]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** HealthCheckResponse { ServingStatus status = 1; }: a small number, or nothing for 0. */
export function servingStatus(body: Buffer): number {
  return body[5] === 0x08 ? (body[6] ?? 0) : 0;
}

interface Answer {
  code: number;
  message: string;
  body: Buffer;
}

function call(origin: string, body: Buffer, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connect(origin);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      session.destroy();
      settle();
    };
    const fail = (err: Error) => end(() => reject(err));
    const timer = setTimeout(() => fail(new Error('context deadline exceeded')), timeoutMs);
    session.on('error', fail);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'kube-probe/1.36',
    });
    const chunks: Buffer[] = [];
    let told: IncomingHttpHeaders = {};
    stream.on('error', fail);
    stream.on('response', (headers) => (told = { ...told, ...headers }));
    stream.on('trailers', (headers) => (told = { ...told, ...headers }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      end(() =>
        resolve({
          code: Number(told['grpc-status'] ?? 2),
          message: decodeURIComponent([told['grpc-message'] ?? ''].flat().join()),
          body: Buffer.concat(chunks),
        }),
      ),
    );
    stream.end(body);
  });
}
