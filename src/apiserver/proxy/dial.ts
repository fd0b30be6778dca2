/** Requests to a node's kubelet, over TLS with the API server's client certificate. */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { internal, type StatusError } from '../../api/errors.ts';

export interface DialOptions {
  /** PEM: the API server's client certificate and key, and the authority that signed the kubelets' certificates. */
  clientCert: string;
  clientKey: string;
  ca: string;
  /** 10250 */
  port: number;
  /** A node whose plug is pulled answers nothing at all. */
  connectTimeoutMs: number;
}

export interface Asked {
  /** The node's IP address, which its certificate must name. */
  address: string;
  path: string;
  method: string;
  headers?: OutgoingHttpHeaders;
  signal?: AbortSignal;
}

/** Begins a request; the caller listens to its events and ends it. */
export type Dial = (asked: Asked) => ClientRequest;

export function kubeletDial({ clientCert, clientKey, ca, port, connectTimeoutMs }: DialOptions): {
  dial: Dial;
  /** New connections show this certificate. */
  setIdentity: (identity: { cert: string; key: string }) => void;
  close: () => void;
} {
  const agent = new Agent({ keepAlive: true, cert: clientCert, key: clientKey, ca });
  return {
    dial({ address, ...asked }) {
      const req = request({ ...asked, agent, host: address, port });
      req.on('socket', (socket) => {
        if (!socket.connecting) return;
        socket.setTimeout(connectTimeoutMs, () =>
          socket.destroy(new Error(`no answer from ${address} within ${connectTimeoutMs} ms`)),
        );
        socket.once('secureConnect', () => socket.setTimeout(0));
      });
      return req;
    },
    setIdentity: (identity) => void Object.assign(agent.options, identity),
    close: () => agent.destroy(),
  };
}

/** The kubelet could not be reached. */
export const unreachable = (cause: Error): StatusError => internal(`error dialing backend: ${cause.message}`);

/** The whole text of an answer that is an error, of which nobody needs more than the beginning. */
export async function textOf(answer: IncomingMessage, limitBytes = 64 * 1024): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, limitBytes).toString().trim();
}
