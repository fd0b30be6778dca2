import { nodes, pods } from '../api/resource.ts';
import type { Client } from '../client/contract.ts';
import { httpClient } from '../client/http.ts';
import { fromKubeconfig } from '../client/kubeconfig.ts';
import { addressesOf, apiPort, hostAddressOf } from '../cluster/addresses.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { type ClusterRecord, existingRecord, listRecords } from '../cluster/record.ts';
import { isAlive, type ProcessId } from '../lib/process.ts';
import { printTable } from './table.ts';

export function listCommand(): void {
  const rows = listRecords().map((record) => [
    record.name,
    String(record.nodes.length),
    `https://${hostAddressOf(record.index)}:${apiPort}`,
    addressesOf(record).lanCIDRs.join(', '),
    record.nodes.every((n) => runs(n.process)) && runs(record.relay) ? 'running' : 'incomplete',
  ]);
  printTable(['NAME', 'NODES', 'API', 'LAN', 'STATE'], rows);
}

export async function statusCommand({ name }: { name: string }): Promise<void> {
  const record = existingRecord(name);
  const ready = await readiness(record);
  const rows = record.nodes.map((node) => [
    node.name,
    node.controlPlane ? 'control plane, worker' : 'worker',
    node.addresses.join(', '),
    runs(node.process) ? `running (pid ${node.process?.pid})` : 'stopped',
    ready?.get(node.name) ?? 'unknown',
  ]);
  printTable(['NODE', 'ROLE', 'ADDRESSES', 'MACHINE', 'KUBERNETES'], rows);
  const relay = runs(record.relay) ? `running (pid ${record.relay?.pid})` : 'not running';
  process.stdout.write(`\nrelay: ${relay}, on ${hostAddressOf(record.index)}\n`);
  if (!ready) {
    process.stdout.write('the API does not answer\n');
    process.exitCode = 1;
  }
}

const runs = (id: ProcessId | undefined): boolean => id !== undefined && isAlive(id);

/** Per node whether Kubernetes sees it ready and how many pods it has; undefined when the API is away. */
async function readiness(record: ClusterRecord): Promise<Map<string, string> | undefined> {
  const client = httpClient(fromKubeconfig(clusterPaths(record.name).kubeconfig));
  try {
    return await within(2_000, describe(client));
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

async function describe(client: Client): Promise<Map<string, string>> {
  const [known, placed] = await Promise.all([client.list(nodes), client.list(pods)]);
  return new Map(
    known.items.map(({ metadata, status }) => {
      const condition = status?.conditions?.find((c) => c.type === 'Ready');
      const count = placed.items.filter((p) => p.spec?.nodeName === metadata.name).length;
      return [metadata.name, `${condition?.status === 'True' ? 'Ready' : 'NotReady'}, ${count} pod(s)`];
    }),
  );
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new Error('too late')), ms).unref(),
  );
  return Promise.race([work, late]);
}
