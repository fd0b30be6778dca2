import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpAnswer } from '../contract.ts';
import { anyAddress, type Listener } from './listener.ts';

/** Serves GET at `:8080` or `host:port`, by what `find` has for a path at that moment. */
export async function listenHttp(
  at: string,
  find: (path: string) => HttpAnswer | undefined,
): Promise<Listener> {
  const match = /^(.*):(\d+)$/.exec(at);
  if (!match) throw new Error(`Cannot listen at ${at}: it is no host:port`);
  const [, host = '', port = ''] = match;
  const open = async (address: string) => {
    const made = http.createServer((request, response) => {
      respond(request, response, find).catch(() => response.destroy());
    });
    made.listen({ port: Number(port), host: address });
    await once(made, 'listening');
    return made;
  };
  const server = host === '' ? await anyAddress(open) : await open(host.replace(/^\[|\]$/g, ''));
  server.on('error', () => {});
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  { method, url = '/' }: http.IncomingMessage,
  response: http.ServerResponse,
  find: (path: string) => HttpAnswer | undefined,
): Promise<void> {
  const answer = find(url.split('?')[0] ?? '/');
  if (!answer) return void response.writeHead(404).end('not found\n');
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405).end();
  const { code, body, contentType = 'text/plain; charset=utf-8' } = await answer();
  response.writeHead(code, { 'content-type': contentType }).end(body);
}
