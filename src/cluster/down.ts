/** Takes a cluster down, whole or half made: what was recorded of it is ended and removed. */
import { rmSync } from 'node:fs';
import { removeNamespace } from '../lib/linux/namespaces.ts';
import { leaveHost } from '../network/lan.ts';
import { unmergeKubeconfig } from './kubeconfig.ts';
import { haltNode } from './node/boot.ts';
import { clusterPaths } from './paths.ts';
import type { Progress } from './progress.ts';
import { hostLink, readRecord, removeRecord } from './record.ts';
import { stopRelay } from './relay/supervise.ts';

/** Returns false when there was no such cluster. The caller holds the lock. */
export async function down(name: string, progress: Progress): Promise<boolean> {
  const record = readRecord(name);
  if (!record) return false;
  const paths = clusterPaths(name);
  progress('relay');
  await stopRelay(name, record.relay);
  for (const node of record.nodes) {
    progress(`node ${node.name}`);
    await haltNode(name, node);
  }
  progress('network');
  if (!record.hermetic) leaveHost(hostLink(record));
  removeNamespace(paths.lanNetns);
  if (record.userKubeconfig) unmergeKubeconfig(record.userKubeconfig, `switchboard-${name}`);
  rmSync(paths.run, { recursive: true, force: true });
  removeRecord(name);
  return true;
}
