import { readFileSync } from 'node:fs';
import { readPolicy } from '../apiserver/audit/read.ts';
import { hostAddressOf } from '../cluster/addresses.ts';
import type { IPFamilyChoice } from '../cluster/network/network.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { waitUntilReady } from '../cluster/ready.ts';
import { requireRoot } from '../cluster/root.ts';
import { setup } from '../cluster/setup/setup.ts';
import { up } from '../cluster/up.ts';
import { duration, showProgress } from './progress.ts';

export interface UpCommandOptions {
  name: string;
  nodes?: number;
  hermetic: boolean;
  kubeconfig?: string;
  ipFamily?: IPFamilyChoice;
  serviceCidr?: string;
  podCidr?: string;
  serviceNodePortRange?: string;
  loadBalancerPool?: string[];
  /** A file. */
  auditPolicy?: string;
}

export async function upCommand({ auditPolicy: file, ...options }: UpCommandOptions): Promise<void> {
  requireRoot();
  const auditPolicy = file === undefined ? undefined : readPolicy(readFileSync(file, 'utf8'));
  const startMs = performance.now();
  const shown = showProgress();
  await setup(shown.step);
  const network = {
    ipFamily: options.ipFamily,
    serviceCIDR: options.serviceCidr,
    podCIDR: options.podCidr,
    serviceNodePortRange: options.serviceNodePortRange,
  };
  const record = await up({ ...options, network, ...(auditPolicy && { auditPolicy }) }, shown.step);
  await waitUntilReady(record, shown.step);
  shown.done();
  process.stderr.write(
    `Cluster ${record.name} is up after ${duration(performance.now() - startMs)}: ${record.nodes.length} node(s), API and node ports on ${hostAddressOf(record.index)}\n` +
      `kubectl's context is switchboard-${record.name} (in ${record.userKubeconfig}; also alone in ${clusterPaths(record.name).kubeconfig})\n`,
  );
}
