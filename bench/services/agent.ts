/** The memory of a real cluster's agent that found everything there when it started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { endpointSlices, namespaces, services } from '../../src/api/resource.ts';
import type { EndpointSlice, Service } from '../../src/api/types.ts';
import type { Client } from '../../src/client/contract.ts';
import { httpClient } from '../../src/client/http.ts';
import { fromKubeconfig } from '../../src/client/kubeconfig.ts';
import { signalProcess } from '../../src/lib/process.ts';
import type { Nft } from '../../src/nft/contract.ts';
import { kernelNft } from '../../src/nft/kernel.ts';
import { startCluster } from '../../test/support/cluster.ts';
import { processesOf } from '../../test/support/leftovers.ts';
import { namespaceCount, serviceOf, sliceOf } from './objects.ts';
import { megabytes } from './subject.ts';

const name = 'bench';
const writers = 32;
const patienceMs = 60_000;
const settleMs = 3_000;
const table = 'inet switchboard-proxy';

/** Proportional set size. */
export async function agentMegabytes(count: number): Promise<number> {
  const cluster = await startCluster({ name });
  const client = httpClient(fromKubeconfig(cluster.kubeconfig));
  try {
    await fill(client, count);
    const nft = kernelNft(cluster.nodeNetns(`${name}-1`));
    const before = agent();
    if (!before) throw new Error('Cannot measure the agent: it is not there');
    signalProcess(before, 'SIGKILL');
    await nft.run(`delete table ${table}`);
    await untilLoaded(nft, count);
    await nft.close();
    await sleep(settleMs);
    const { pid = before.pid } = agent() ?? {};
    return megabytes(pid);
  } finally {
    client.close();
    await cluster.down();
  }
}

const agent = () =>
  processesOf(name).find(
    ({ command }) => / agent --config \S+$/.test(command) && !command.startsWith('runsv'),
  );

/** Its supervisor starts it again, and it writes its rules. */
async function untilLoaded(nft: Nft, count: number): Promise<void> {
  for (const untilMs = performance.now() + patienceMs; performance.now() < untilMs; await sleep(250))
    if ((await servicesIn(nft)) >= count) return;
  throw new Error('Cannot measure the agent: it does not come back');
}

async function servicesIn(nft: Nft): Promise<number> {
  const listed = await nft.list(`map ${table} services4`).catch(() => undefined);
  const { nftables = [] } = (listed ?? {}) as { nftables?: { map?: { elem?: unknown[] } }[] };
  return nftables.find(({ map }) => map)?.map?.elem?.length ?? 0;
}

async function fill(client: Client, count: number): Promise<void> {
  for (let n = 0; n < namespaceCount; n++) await client.create(namespaces, { metadata: { name: `ns-${n}` } });
  let next = 0;
  const write = async () => {
    for (let i = next++; i < count; i = next++) {
      await client.create(services, own(serviceOf(i)));
      await client.create(endpointSlices, ownSlice(sliceOf(i)));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

/** Without a selector the controllers leave its endpoints alone. */
function own(service: Service): Service {
  const { selector: _, ...spec } = service.spec ?? {};
  return { ...service, spec };
}

function ownSlice(slice: EndpointSlice): EndpointSlice {
  const { 'endpointslice.kubernetes.io/managed-by': _, ...labels } = slice.metadata.labels ?? {};
  return { ...slice, metadata: { ...slice.metadata, labels } };
}
