/** Everything that is asked without an upgrade. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { textFormat } from '../../lib/metrics/exposition.ts';
import type { Deps } from './contract.ts';
import { serveLog } from './logs/serve.ts';
import { kubeletMetrics } from './metrics/kubelet.ts';
import { measure } from './metrics/measure.ts';
import { resourceMetrics } from './metrics/resource.ts';
import { summaryOf } from './metrics/summary.ts';
import { Refusal } from './refusal.ts';
import { routeOf } from './routes.ts';

const json = 'application/json';

export async function answer(request: IncomingMessage, response: ServerResponse, deps: Deps): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubelet');
  const route = routeOf(pathname);
  if (!route) throw new Refusal(404, '404 page not found');
  if ('place' in route && route.kind !== 'containerLogs')
    throw new Refusal(400, 'unable to upgrade: missing upgrade headers in request');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal(405, '405: Method Not Allowed');
  const say = (contentType: string, body: string) =>
    void response.writeHead(200, { 'content-type': contentType }).end(body);
  switch (route.kind) {
    case 'healthz':
      return say('text/plain; charset=utf-8', 'ok');
    case 'pods':
      return say(
        json,
        JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: deps.pods.pods() }),
      );
    case 'containerLogs':
      return serveLog(route.place, searchParams, response, deps);
    case 'metrics':
      return say(textFormat, kubeletMetrics(deps.pods, deps.startedAtMs));
    case 'resourceMetrics':
      return say(textFormat, resourceMetrics(await measure(deps)));
    case 'summary':
      return say(json, JSON.stringify(summaryOf(deps.nodeName, deps.startedAtMs, await deps.rates())));
  }
}
