/** Brings a cluster up: from nothing, from half of it, or finds that all of it runs already. */
import { mkdirSync } from 'node:fs';
import { removeNamespace } from '../lib/linux/namespaces.ts';
import { isAlive } from '../lib/process.ts';
import { createLan, joinHost } from '../network/lan.ts';
import {
  addressesOf,
  apiPort,
  type ClusterAddresses,
  hostAddressOf,
  nodeAddresses,
  withLanPrefix,
} from './addresses.ts';
import { agreeing } from './agreeing.ts';
import { type ClusterCertificates, certificatesOf } from './certificates.ts';
import { relayConfig } from './config.ts';
import { down } from './down.ts';
import { kubeconfigOf, mergeKubeconfig, userKubeconfig, writeKubeconfig } from './kubeconfig.ts';
import { lanExists } from './lan.ts';
import { withLock } from './lock.ts';
import { beyondLan, checkPools } from './network/loadBalancerPools.ts';
import { networkOf } from './network/network.ts';
import { checkRoom } from './network/ranges.ts';
import { bootNode } from './node/boot.ts';
import { clusterPaths, lockFile } from './paths.ts';
import { portIsFree } from './ports.ts';
import type { Progress } from './progress.ts';
import {
  type ClusterRecord,
  checkClusterName,
  freeIndex,
  hostLink,
  listRecords,
  nodeName,
  readRecord,
  writeRecord,
} from './record.ts';
import { startRelay } from './relay/supervise.ts';
import type { UpOptions } from './upOptions.ts';

/** Everything runs when this resolves; whether it is ready is for {@link waitUntilReady} to say. */
export async function up(options: UpOptions, progress: Progress): Promise<ClusterRecord> {
  checkClusterName(options.name);
  return withLock(lockFile, async () => {
    const known = readRecord(options.name);
    if (known) return run(agreeing(known, options), options, progress);
    const record = await planned(options);
    try {
      return await run(record, options, progress);
    } catch (err) {
      await down(record.name, () => {});
      throw err;
    }
  });
}

/** A new cluster: nothing exists yet but its place among the others. */
async function planned({
  name,
  nodes = 1,
  hermetic,
  network: asked = {},
  loadBalancerPool: pools,
  auditPolicy,
}: UpOptions): Promise<ClusterRecord> {
  const network = networkOf(asked);
  checkRoom(network.podCIDRs, nodes);
  const index = freeIndex(listRecords().map((r) => r.index));
  if (pools) checkPools(pools, addressesOf({ index, network }));
  const hostAddress = hostAddressOf(index);
  if (!(await portIsFree(hostAddress, apiPort))) {
    throw new Error(
      `Cannot use ${hostAddress}:${apiPort} for the API: something else listens there; find it with: ss -ltnp 'sport = :${apiPort}'`,
    );
  }
  const record: ClusterRecord = {
    name,
    index,
    hermetic,
    network,
    ...(pools && { loadBalancerPools: pools }),
    ...(auditPolicy && { auditPolicy }),
    nodes: Array.from({ length: nodes }, (_, i) => ({
      name: nodeName(name, i + 1),
      addresses: nodeAddresses({ index, network }, i + 1),
      controlPlane: i === 0,
    })),
  };
  writeRecord(record);
  return record;
}

async function run(record: ClusterRecord, options: UpOptions, progress: Progress): Promise<ClusterRecord> {
  const paths = clusterPaths(record.name);
  const addresses = addressesOf(record);
  mkdirSync(paths.run, { recursive: true });
  progress('certificates');
  const certs = await certificatesOf(paths.pki, addresses, record.nodes, Date.now());
  progress('network');
  ensureLan(record, addresses);
  for (const [i, node] of record.nodes.entries()) {
    if (node.process && isAlive(node.process)) continue;
    progress(`node ${node.name}`);
    record.nodes[i] = await bootNode(record, node, certs);
    writeRecord(record);
  }
  if (!record.relay || !isAlive(record.relay)) {
    record.relay = await startRelay(record.name, paths, relayConfig(record, paths.lanNetns, certs));
    writeRecord(record);
  }
  record.userKubeconfig = writeAccess(record, addresses, certs, options.kubeconfig);
  writeRecord(record);
  return record;
}

function ensureLan(record: ClusterRecord, addresses: ClusterAddresses): void {
  const { lanNetns } = clusterPaths(record.name);
  if (lanExists(lanNetns)) return;
  removeNamespace(lanNetns);
  createLan({
    netnsFile: lanNetns,
    addresses: addresses.lanAddresses.map(withLanPrefix),
    routes: beyondLan(addresses.loadBalancerPools, addresses.lanCIDRs),
  });
  if (!record.hermetic)
    joinHost({ lanNetns, name: hostLink(record), addresses: addresses.hostOnLan.map(withLanPrefix) });
}

function writeAccess(
  record: ClusterRecord,
  addresses: ClusterAddresses,
  certs: ClusterCertificates,
  wanted: string | undefined,
): string {
  const access = kubeconfigOf({
    name: `switchboard-${record.name}`,
    server: `https://${addresses.hostAddress}:${apiPort}`,
    ca: certs.authority.certificate,
    cert: certs.admin.certificate,
    key: certs.admin.privateKey,
  });
  writeKubeconfig(clusterPaths(record.name).kubeconfig, access);
  const file = wanted ?? userKubeconfig();
  mergeKubeconfig(file, access);
  return file;
}
