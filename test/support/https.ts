/** Requests that no well-behaved client would send. */
import https from 'node:https';
import type { Status } from '../../src/api/types.ts';
import { fromKubeconfig } from '../../src/client/kubeconfig.ts';

export interface Answer {
  code: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

export type Ask = (
  method: string,
  path: string,
  body?: string | Uint8Array,
  contentType?: string,
) => Promise<Answer>;

/** As the kubeconfig's user, each over a connection of its own; bytes are sent as they are. */
export function asking(kubeconfig: string): Ask {
  const { server, ca, cert, key } = fromKubeconfig(kubeconfig);
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': contentType };
      const request = https.request(new URL(path, server), {
        ...{ method, headers, agent: false, timeout: 10_000 },
        ...{ ca, cert, key },
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 10 s`)));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.end(body);
    });
}

/** The Status that an answer is; fails when it is something else. */
export function statusOf({ code, body }: Answer): Status {
  const status = JSON.parse(body) as Status;
  if (status.kind !== 'Status' || status.code !== code)
    throw new Error(`Cannot take the answer ${code} for a Status: ${body.slice(0, 200)}`);
  return status;
}
