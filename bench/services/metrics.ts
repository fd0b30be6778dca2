/** What a proxy says of itself: ours and kube-proxy use the same names. */
import { get } from 'node:http';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { socketIn } from '../../src/lib/linux/sockets.ts';

const where = { host: '127.0.0.1', port: 10_249 };
const duration = 'kubeproxy_sync_proxy_rules_duration_seconds_sum';

/** Seconds that the proxy of a node has spent from what it knew to the rules in the kernel, for one family. */
export async function syncSeconds(netns: string): Promise<number> {
  const said = await new Promise<string>((resolve, reject) => {
    const createConnection = () =>
      new Socket({ fd: socketIn(netns, { type: 'tcp', family: 4 }) }).connect(where.port, where.host);
    const request = get({ ...where, path: '/metrics', createConnection });
    request.on('response', (response) => void text(response).then(resolve, reject));
    request.on('error', reject);
  });
  return longestOf(said, duration);
}

/** Of all label values: families are told apart, and may have one transaction in common. */
export function longestOf(metrics: string, name: string): number {
  const values = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return Math.max(...values);
}
