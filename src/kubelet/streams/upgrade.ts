/** Connections that become streams: exec, attach and port-forward, over SPDY or WebSockets. */
import { attach } from './attach.ts';
import { podNamed } from './containers.ts';
import type { Deps } from './contract.ts';
import { exec } from './exec.ts';
import { portForwardBySpdy } from './portForward/spdy.ts';
import { portForwardByWebSocket } from './portForward/websocket.ts';
import { Refusal } from './refusal.ts';
import type { Served, Upgrading } from './remote.ts';
import { type Route, routeOf } from './routes.ts';
import { processBySpdy } from './spdy/process.ts';
import { processByWebSocket } from './websocket/process.ts';

/** Throws a {@link Refusal} as long as nothing was written to the socket. */
export async function upgrade(client: Upgrading, deps: Deps): Promise<void> {
  const { pathname, searchParams } = new URL(client.request.url ?? '/', 'https://kubelet');
  const route = routeOf(pathname);
  const kind = client.request.headers.upgrade?.toLowerCase();
  if (kind !== 'websocket' && kind !== 'spdy/3.1')
    throw new Refusal(400, `unable to upgrade: "${kind}" is not supported, only SPDY/3.1 and websocket`);
  if (route?.kind === 'portForward') {
    const forwarded = { pod: podNamed(deps.pods, route.place.namespace, route.place.pod), ...deps };
    return kind === 'websocket'
      ? portForwardByWebSocket(client, searchParams, forwarded)
      : portForwardBySpdy(client, forwarded);
  }
  const served = servedBy(route, searchParams, deps);
  return kind === 'websocket' ? processByWebSocket(client, served) : processBySpdy(client, served);
}

function servedBy(route: Route | undefined, query: URLSearchParams, deps: Deps): Served {
  if (route?.kind === 'exec') return exec(route.place, query, deps);
  if (route?.kind === 'attach') return attach(route.place, query, deps);
  throw new Refusal(404, '404 page not found');
}
