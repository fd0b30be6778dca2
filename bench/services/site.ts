/** A node of the bench: a pod that calls, and one that answers under the addresses of all endpoints. */
import { run } from '../../src/lib/exec.ts';
import { findLink } from '../../src/lib/linux/netlink/links.ts';
import { replaceRoute } from '../../src/lib/linux/netlink/routes.ts';
import { netlink } from '../../src/lib/linux/netlink/socket.ts';
import { nodeEndOf } from '../../src/network/podLink.ts';
import type { TestNode, TestPod, World } from '../../test/support/world.ts';
import { endpointRange } from './objects.ts';

export interface Site {
  node: TestNode;
  /** Network namespaces. */
  client: string;
  server: string;
}

let sites = 0;

export async function addSite(world: World): Promise<Site> {
  const n = ++sites;
  const node = world.addNode(n);
  const client = await world.addPod(node, `client-${n}`);
  const server = await world.addPod(node, `server-${n}`);
  routeEndpoints(node, server);
  // Every address of the range is its own (ip-route(8), type local).
  const local = ['ip', 'route', 'add', 'local', endpointRange, 'dev', 'lo'];
  await run('nsenter', [`--net=${server.netns}`, ...local]);
  return { node, client: client.netns, server: server.netns };
}

function routeEndpoints(node: TestNode, { uid, ip }: TestPod): void {
  const socket = netlink(node.netns);
  try {
    const link = findLink(socket, nodeEndOf(uid))?.index;
    if (link === undefined) throw new Error(`Cannot find the link of ${uid}`);
    socket.send(replaceRoute({ destination: endpointRange, link, gateway: ip }));
  } finally {
    socket.close();
  }
}
