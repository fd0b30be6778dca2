/** How long it takes from the start of a proxy until a connection through a Service comes to an endpoint. */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from '../../src/lib/exec.ts';
import type { World } from '../../test/support/world.ts';
import type { Cluster } from './cluster.ts';
import { syncSeconds } from './metrics.ts';
import { clusterIP, ports } from './objects.ts';
import type { Proxy } from './proxies.ts';
import type { Site } from './site.ts';
import { bytesOf, knock, listenIn, turnAway } from './sockets.ts';
import { type Subject, startSubject } from './subject.ts';

export interface Loaded {
  subject: Subject;
  seconds: number;
  /** Of these, those when everything was known. */
  syncSeconds: number;
  megabytes: number;
}

const everyMs = 5;
const patienceMs = 120_000;
/** What was needed for the lists alone has been given back by then. */
const settleMs = 2_500;

/** The caller ends the subject; its rules stay. */
export async function load(world: World, cluster: Cluster, site: Site, proxy: Proxy): Promise<Loaded> {
  const startMs = performance.now();
  const subject = startSubject(site.node.netns, proxy.command(site.node.name, cluster.kubeconfig, world.dir));
  try {
    await untilServed(site, cluster.count - 1, subject, proxy);
    const seconds = (performance.now() - startMs) / 1_000;
    await sleep(settleMs);
    const megabytes = subject.megabytes();
    return { subject, seconds, syncSeconds: await syncSeconds(site.node.netns), megabytes };
  } catch (err) {
    await subject.end();
    throw err;
  }
}

/** All rules come in one transaction: where one Service is served, all are. */
async function untilServed(site: Site, service: number, subject: Subject, { name }: Proxy): Promise<void> {
  using listener = listenIn(site.server, ports.endpoint, false);
  const to = bytesOf({ ip: clusterIP(service), port: ports.service });
  for (const untilMs = performance.now() + patienceMs; performance.now() < untilMs; await sleep(everyMs)) {
    const caller = knock(site.client, to);
    const served = turnAway(listener) > 0;
    closeSync(caller);
    if (served) return;
    if (!subject.isRunning()) break;
  }
  throw new Error(`Cannot measure ${name}: it serves nobody`);
}

export async function removeRules({ node }: Site, { tables }: Proxy): Promise<void> {
  for (const table of tables)
    await execute('nsenter', [`--net=${node.netns}`, 'nft', 'delete', 'table', ...table.split(' ')]);
}
