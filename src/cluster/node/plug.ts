/** One node of a running cluster, unplugged and plugged in again. */
import { isAlive } from '../../lib/process.ts';
import { addressesOf } from '../addresses.ts';
import { certificatesOf } from '../certificates.ts';
import { clusterPaths } from '../paths.ts';
import { type ClusterRecord, existingNode, existingRecord, type NodeRecord, writeRecord } from '../record.ts';
import { bootNode, haltNode } from './boot.ts';

/** Returns false when it was stopped already. The caller holds the lock. */
export async function stopNode(cluster: string, name: string): Promise<boolean> {
  const record = existingRecord(cluster);
  const node = existingNode(record, name);
  const was = node.process !== undefined && isAlive(node.process);
  replace(record, await haltNode(cluster, node));
  return was;
}

/** Returns false when it runs already. The caller holds the lock. */
export async function startNode(cluster: string, name: string): Promise<boolean> {
  const record = existingRecord(cluster);
  const node = existingNode(record, name);
  if (node.process && isAlive(node.process)) return false;
  const certs = await certificatesOf(
    clusterPaths(cluster).pki,
    addressesOf(record),
    record.nodes,
    Date.now(),
  );
  replace(record, await bootNode(record, node, certs));
  return true;
}

function replace(record: ClusterRecord, node: NodeRecord): void {
  writeRecord({ ...record, nodes: record.nodes.map((n) => (n.name === node.name ? node : n)) });
}
