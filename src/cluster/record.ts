/** What is known of each cluster on this machine, on disk, changed under one lock. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AuditPolicy } from '../apiserver/audit/policy.ts';
import type { ProcessId } from '../lib/process.ts';
import { mostClusters } from './addresses.ts';
import { type ClusterNetwork, defaultNetwork } from './network/network.ts';
import { clusterPaths, clustersDir } from './paths.ts';

export interface NodeRecord {
  name: string;
  /** On the LAN, one of each of the cluster's families, the primary one first. */
  addresses: [string, ...string[]];
  controlPlane: boolean;
  /** The node's PID 1; absent when the node was stopped. */
  process?: ProcessId;
}

export interface ClusterRecord {
  name: string;
  /** k of the address ranges. */
  index: number;
  hermetic: boolean;
  network: ClusterNetwork;
  /** What LoadBalancer addresses were asked to come from; the usual ones when absent. */
  loadBalancerPools?: string[];
  /** What the API server writes down of requests; nothing when absent. */
  auditPolicy?: AuditPolicy;
  nodes: NodeRecord[];
  relay?: ProcessId;
  /** Where the administrator's context was merged into. */
  userKubeconfig?: string;
}

export function readRecord(name: string): ClusterRecord | undefined {
  try {
    return completed(JSON.parse(readFileSync(clusterPaths(name).record, 'utf8')) as WrittenRecord);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw err;
  }
}

type WrittenRecord = Omit<ClusterRecord, 'network'> & { network?: ClusterNetwork };

/** Clusters that were made before there was a choice have the usual network. */
export const completed = (written: WrittenRecord): ClusterRecord => ({ network: defaultNetwork, ...written });

export function writeRecord(record: ClusterRecord): void {
  const { dir, record: file } = clusterPaths(record.name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeRecord(name: string): void {
  rmSync(clusterPaths(name).dir, { recursive: true, force: true });
}

export function listRecords(): ClusterRecord[] {
  let names: string[];
  try {
    names = readdirSync(clustersDir);
  } catch {
    return [];
  }
  return names
    .map(readRecord)
    .filter((record) => record !== undefined)
    .sort((a, b) => a.index - b.index);
}

/** The lowest index that no cluster has. */
export function freeIndex(taken: readonly number[]): number {
  for (let k = 0; k < mostClusters; k++) if (!taken.includes(k)) return k;
  throw new Error(
    `Cannot make another cluster: there are ${mostClusters} on this machine; take one down with: switchboard down --name NAME`,
  );
}

const namePattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

export function checkClusterName(name: string): void {
  if (!namePattern.test(name)) {
    throw new Error(
      `Cannot name a cluster "${name}": use up to 32 lower-case letters, digits and '-', for example dev`,
    );
  }
}

export const nodeName = (cluster: string, n: number): string => `${cluster}-${n}`;

/** The interface by which the host stands on the LAN. */
export const hostLink = (record: Pick<ClusterRecord, 'index'>): string => `switchboard${record.index}`;

/** The record of a cluster that must be there. */
export function existingRecord(name: string): ClusterRecord {
  const record = readRecord(name);
  if (record) return record;
  const others = listRecords().map((r) => r.name);
  const hint = others.length > 0 ? `there are: ${others.join(', ')}` : 'start it with: switchboard up';
  throw new Error(`Cannot find cluster ${name}: ${hint}`);
}

/** A node of a cluster, both of which must be there. */
export function existingNode(record: ClusterRecord, name: string): NodeRecord {
  const node = record.nodes.find((n) => n.name === name);
  if (node) return node;
  throw new Error(
    `Cannot find node ${name}: cluster ${record.name} has ${record.nodes.map((n) => n.name).join(', ')}`,
  );
}
