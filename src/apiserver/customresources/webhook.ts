/** One question to a webhook over TLS. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#configure-customresourcedefinition-to-use-conversion-webhooks */
import { type RequestOptions, request } from 'node:https';
import type { Service } from '../../api/types.ts';
import type { AskWebhook, WebhookClient } from './conversion.ts';

export interface WebhookOptions {
  /** To find its cluster IP; the API server stands in a node's network, where that leads to a pod. */
  service(namespace: string, name: string): Promise<Service | undefined>;
  timeoutMs: number;
}

/** Nobody needs a longer answer: what it converts came in 3 MiB. */
const maxAnswerBytes = 16 * 1024 * 1024;

export const webhookAsker =
  ({ service, timeoutMs }: WebhookOptions): AskWebhook =>
  async (client, body) => {
    const target = await targetOf(client, service);
    const ca = client.caBundle ? { ca: Buffer.from(client.caBundle, 'base64') } : {};
    return post({ ...target, ...ca, timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs) }, body);
  };

async function targetOf(
  { url, service }: WebhookClient,
  find: WebhookOptions['service'],
): Promise<RequestOptions> {
  if (url !== undefined) {
    const { hostname, port, pathname } = new URL(url);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: port || 443, path: pathname };
  }
  if (!service) throw new Error('the definition names no webhook');
  const { namespace, name, port = 443, path = '/' } = service;
  const found = await find(namespace, name);
  if (!found) throw new Error(`service ${JSON.stringify(name)} not found`);
  const host = found.spec?.clusterIP;
  if (!host || host === 'None') throw new Error(`service ${JSON.stringify(name)} has no cluster IP`);
  return { host, port, path, servername: `${name}.${namespace}.svc` };
}

function post(options: RequestOptions, body: object): Promise<unknown> {
  const text = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': text.length };
    const asked = request({ ...options, method: 'POST', headers, agent: false }, (answer) => {
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
        if (answer.statusCode !== 200) return reject(new Error(`it answered ${answer.statusCode}: ${said.slice(0, 200)}`));
        try {
          resolve(JSON.parse(said));
        } catch {
          reject(new Error('its answer is not JSON'));
        }
      });
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
