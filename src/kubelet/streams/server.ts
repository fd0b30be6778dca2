/**
 * The kubelet's own server on :10250: logs, exec, attach and port-forward for the API server, numbers for
 * whoever measures. https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRuntime } from '../contract.ts';
import { accessControl } from './access/index.ts';
import { answer } from './answer.ts';
import type { Authenticate, Authorize, Deps, OpenInPod } from './contract.ts';
import { exitsOf } from './logs/exits.ts';
import { measure } from './metrics/measure.ts';
import { meter } from './metrics/rates.ts';
import type { PodDirectory } from './podDirectory.ts';
import { Refusal, refuse, refuseUpgrade } from './refusal.ts';
import { upgrade } from './upgrade.ts';

const log = logger('kubelet');

export interface KubeletServerOptions {
  /** All addresses of the node when left out. */
  host?: string;
  /** 10250; 0 lets the kernel choose. */
  port: number;
  /** PEM. Client certificates must be signed by `clientCa`; they are asked for, not required. */
  tls: { cert: string; key: string; clientCa: string };
  nodeName: string;
  pods: PodDirectory;
  runtime: ContainerRuntime;
  authenticate: Authenticate;
  authorize: Authorize;
  openInPod: OpenInPod;
  clock: Clock;
  /** Ends the server and every stream; attached containers go on, processes of exec end. */
  signal: AbortSignal;
}

export interface KubeletServer {
  port: number;
  /** From now on new connections see this certificate; those that are open go on. */
  setIdentity(identity: { key: string; cert: string }): void;
  /** Resolves when the signal has ended it. */
  closed: Promise<void>;
}

/** Resolves when it listens; rejects when it cannot. */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const { tls, signal } = options;
  const access = accessControl(options);
  const deps: Deps = {
    ...options,
    exits: exitsOf(options.runtime),
    rates: meter(() => measure(options), options.clock),
    startedAtMs: options.clock.now(),
  };
  const server = createServer({
    key: tls.key,
    cert: tls.cert,
    ca: tls.clientCa,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    // A client that vanished without a word is noticed some time.
    socket.setKeepAlive(true, keepAliveMs);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await access(request);
      await answer(request, response, deps);
    } catch (err) {
      if (!(err instanceof Refusal)) log.warn({ url: request.url, err }, 'a request failed');
      refuse(response, err);
    }
  }

  async function take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {});
    try {
      await access(request);
      await upgrade({ request, socket, head }, deps);
    } catch (err) {
      if (!(err instanceof Refusal)) log.warn({ url: request.url, err }, 'a stream failed');
      refuseUpgrade(socket, err);
    }
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void take(request, socket, head);
  });

  server.listen({ port: options.port, ...(options.host !== undefined && { host: options.host }) });
  await once(server, 'listening');
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  return {
    port: (server.address() as AddressInfo).port,
    setIdentity: (identity) => server.setSecureContext({ ...identity, ca: tls.clientCa }),
    closed,
  };
}

const keepAliveMs = 30_000;
