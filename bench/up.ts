/** How long `switchboard up` takes, from its start until a name is answered in a pod. */
import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf } from '../src/cluster/addresses.ts';
import { dnsAnswers } from '../src/cluster/askDns.ts';
import { startCluster, type TestCluster } from '../test/support/cluster.ts';
import { processesOf } from '../test/support/leftovers.ts';

export interface Measured {
  cluster: TestCluster;
  seconds: number;
}

/** The caller takes the cluster down. */
export async function measureUp(name: string): Promise<Measured> {
  const startMs = performance.now();
  const cluster = await startCluster({ name });
  const netns = networkOfFirstPod(cluster);
  const server = addressesOf(cluster.record()).clusterDNS;
  for (let tries = 0; !(await dnsAnswers(netns, server)); tries++) {
    if (tries > 200) throw new Error('Cannot wait longer for a name to be answered in a pod');
    await sleep(10);
  }
  return { cluster, seconds: (performance.now() - startMs) / 1_000 };
}

/** The DNS server is the first pod: it asks its own Service, as every pod would. */
function networkOfFirstPod(cluster: TestCluster): string {
  const node = cluster.nodeNetns(`${cluster.name}-1`);
  const outside = new Set([node, '/proc/self/ns/net'].map((file) => readlinkSync(file)));
  for (const { pid } of processesOf(cluster.name)) {
    const netns = `/proc/${pid}/ns/net`;
    if (!outside.has(readlinkSync(netns))) return netns;
  }
  throw new Error('Cannot find a pod: every process of the cluster is in the network of its node');
}
