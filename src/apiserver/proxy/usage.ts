/** What a kubelet has counted. https://kubernetes.io/docs/reference/instrumentation/node-metrics/#summary-api-source */
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { NodeUsage } from '../usage/contract.ts';
import { type Dial, textOf, unreachable } from './dial.ts';

export async function fetchUsage(dial: Dial, address: string, signal: AbortSignal): Promise<NodeUsage> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const req = dial({ address, path: '/stats/summary', method: 'GET', signal });
    req.once('response', resolve);
    req.once('error', (cause) => reject(unreachable(cause)));
    req.end();
  });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await textOf(answer)}`);
  return (await json(answer)) as NodeUsage;
}
