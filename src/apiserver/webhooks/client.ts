/**
 * One question to a webhook over TLS: an AdmissionReview or a ConversionReview.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
 */
import { Agent, type RequestOptions, request } from 'node:https';
import type { Service } from '../../api/types.ts';
import { reasonOf } from './reason.ts';

export interface WebhookClient {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM in base64. */
  caBundle?: string;
}

/**
 * Posts a JSON document; resolves with what is answered, and rejects with why nothing was, in the words of
 * Kubernetes. A time other than the usual one is told to the webhook, in its query.
 */
export type AskWebhook = (client: WebhookClient, body: object, timeoutMs?: number) => Promise<unknown>;

export interface WebhookOptions {
  /** To find its cluster IP; the API server stands in a node's network, where that leads to a pod. */
  service: (namespace: string, name: string) => Promise<Service | undefined>;
  timeoutMs: number;
}

/** Nobody needs a longer answer: what it is asked about came in 3 MiB. */
const maxAnswerBytes = 16 * 1024 * 1024;

export function webhookAsker({ service, timeoutMs: usualMs }: WebhookOptions): AskWebhook {
  // A greeting takes longer than most questions, so connections are kept.
  const agent = new Agent({ keepAlive: true, timeout: 60_000 });
  return async (client, body, timeoutMs) => {
    const target = await targetOf(
      client,
      service,
      timeoutMs === undefined ? '' : `timeout=${timeoutMs / 1000}s`,
    );
    const ca = client.caBundle ? { ca: Buffer.from(client.caBundle, 'base64') } : {};
    const signal = AbortSignal.timeout(timeoutMs ?? usualMs);
    try {
      return await post({ ...target.options, ...ca, agent, signal }, Buffer.from(JSON.stringify(body)));
    } catch (err) {
      throw new Error(`Post ${JSON.stringify(target.shown)}: ${reasonOf(err)}`, { cause: err });
    }
  };
}

interface Target {
  options: RequestOptions;
  /** As it is called in messages. */
  shown: string;
}

async function targetOf(
  { url, service }: WebhookClient,
  find: WebhookOptions['service'],
  search: string,
): Promise<Target> {
  const query = search && `?${search}`;
  if (url !== undefined) {
    const { hostname, port, pathname } = new URL(url);
    const options = { host: hostname.replace(/^\[|\]$/g, ''), port: port || 443, path: pathname + query };
    return { options, shown: url + query };
  }
  if (!service) throw new Error('no webhook is named');
  const { namespace, name, port = 443 } = service;
  // An empty path is that of the root too.
  const path = service.path || '/';
  const found = await find(namespace, name);
  if (!found) throw new Error(`service ${JSON.stringify(name)} not found`);
  const host = found.spec?.clusterIP;
  if (!host || host === 'None') throw new Error(`service ${JSON.stringify(name)} has no cluster IP`);
  const servername = `${name}.${namespace}.svc`;
  return {
    options: { host, port, path: path + query, servername },
    shown: `https://${servername}:${port}${path}${query}`,
  };
}

/** A connection that was kept may have been closed by the other end just now: then once more over a new one. */
async function post(options: RequestOptions, text: Buffer): Promise<unknown> {
  try {
    return await postOnce(options, text);
  } catch (err) {
    if (!(err instanceof StaleConnection)) throw err;
    return postOnce({ ...options, agent: false }, text);
  }
}

class StaleConnection extends Error {}

function postOnce(options: RequestOptions, text: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': text.length };
    const asked = request({ ...options, method: 'POST', headers }, (answer) => {
      const parts: Buffer[] = [];
      let length = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length > maxAnswerBytes) asked.destroy(new Error('its answer is too long'));
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const said = Buffer.concat(parts).toString();
        if (answer.statusCode !== 200)
          return reject(new Error(`it answered ${answer.statusCode}: ${said.slice(0, 200)}`));
        try {
          resolve(JSON.parse(said));
        } catch {
          reject(new Error('its answer is not JSON'));
        }
      });
    });
    asked.on('error', (err: NodeJS.ErrnoException) => {
      const isStale = asked.reusedSocket && (err.code === 'ECONNRESET' || err.code === 'EPIPE');
      reject(isStale ? new StaleConnection() : err);
    });
    asked.end(text);
  });
}
