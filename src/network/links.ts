/** The network of the pods of a node, as the kubelet needs it. Runs inside the node's network namespace. */
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import type { Pod } from '../api/types.ts';
import type { PodNetwork, Sandbox } from '../kubelet/contract.ts';
import { familyOf, hostRange, isAddress } from '../lib/ip.ts';
import { createNamespaces, removeNamespace } from '../lib/linux/namespaces.ts';
import { deleteLink, findLink } from '../lib/linux/netlink/links.ts';
import { deleteRoute } from '../lib/linux/netlink/routes.ts';
import { type Netlink, netlink } from '../lib/linux/netlink/socket.ts';
import { nextAddress } from './addresses.ts';
import { createPodLink, nodeEndOf } from './podLink.ts';
import { openRecords, type PodRecord, type Records } from './records.ts';

export interface PodNetworkOptions {
  /** Of this node, as its Node object has them; undefined until it has. */
  podCIDRs: () => readonly string[] | undefined;
  /** What `hostNetwork` pods have as their addresses, the primary family's first. */
  nodeIPs: () => readonly string[];
  /** Keeps the pods' addresses over a restart of the agent. */
  stateDir: string;
  /** Holds the pods' namespaces open: one directory a pod, with a file a namespace. */
  runDir?: string;
  /** A file that holds the node's namespace open; by default the one that this process is in. */
  nodeNetns?: string;
}

/** https://kubernetes.io/docs/concepts/cluster-administration/networking/ */
export function podNetwork(options: PodNetworkOptions): PodNetwork {
  const { podCIDRs, nodeIPs, stateDir, runDir = '/run/switchboard/pods', nodeNetns } = options;
  mkdirSync(runDir, { recursive: true });
  const records = openRecords(stateDir);
  const node = netlink(nodeNetns);
  const dirOf = (uid: string) => `${runDir}/${uid}`;

  return {
    async setUp(pod: Pod, hostname: string): Promise<Sandbox> {
      const uid = uidOf(pod);
      const dir = dirOf(uid);
      const isHostNetwork = pod.spec?.hostNetwork === true;
      const record = records.get(uid) ?? newRecord(pod, records, isHostNetwork ? [] : podCIDRs());
      if (!isStanding(node, dir, record)) {
        records.put({ ...record, isComplete: false });
        deleteLink(node, nodeEndOf(uid));
        removeNamespaces(dir);
        if (isHostNetwork) createNamespaces(dir, { kinds: ['ipc'] });
        else createPodLink(node, dir, { uid, hostname, podIPs: record.podIPs, nodeNetns });
        records.put({ ...record, isComplete: true });
      }
      const ipcns = pod.spec?.hostIPC ? {} : { ipcns: `${dir}/ipc` };
      if (isHostNetwork) return { ...ipcns, podIPs: [...nodeIPs()] };
      return { netns: `${dir}/net`, utsns: `${dir}/uts`, ...ipcns, podIPs: [...record.podIPs] };
    },

    async tearDown(uid: string): Promise<void> {
      // Deleting the link here would hold up everything for 30 ms; without its namespace the kernel does it by itself.
      for (const podIP of records.get(uid)?.podIPs ?? []) deleteRoute(node, hostRange(podIP));
      removeNamespaces(dirOf(uid));
      records.delete(uid);
    },

    async list() {
      return Array.from(records.all(), ({ uid, podIPs }) => ({
        uid,
        podIPs: podIPs.length > 0 ? podIPs : [...nodeIPs()],
      }));
    },
  };
}

/** The uid becomes part of paths. */
function uidOf(pod: Pod): string {
  const uid = pod.metadata.uid ?? '';
  if (!/^[0-9a-zA-Z-]{1,63}$/.test(uid))
    throw new Error(
      `Cannot set up the network of pod ${pod.metadata.name}: its uid is ${JSON.stringify(uid)}`,
    );
  return uid;
}

function newRecord(pod: Pod, records: Records, podCIDRs: readonly string[] | undefined): PodRecord {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (podCIDRs === undefined)
    throw new Error(`Cannot give pod ${name} an address: the node has no podCIDR yet`);
  const taken = new Set(Array.from(records.all(), (record) => record.podIPs).flat());
  const last = (podCIDR: string) =>
    records.lastGiven().find((ip) => isAddress(ip) && familyOf(ip) === familyOf(podCIDR));
  const podIPs = podCIDRs.map((podCIDR) => nextAddress(podCIDR, taken, last(podCIDR)));
  return { uid: uidOf(pod), pod: name, podIPs, isComplete: false };
}

/** Made completely once, and still there: not so after the node's plug was pulled. */
function isStanding(node: Netlink, dir: string, record: PodRecord): boolean {
  if (!record.isComplete || !isNamespace(`${dir}/ipc`)) return false;
  if (record.podIPs.length === 0) return true;
  return (
    isNamespace(`${dir}/net`) &&
    isNamespace(`${dir}/uts`) &&
    findLink(node, nodeEndOf(record.uid)) !== undefined
  );
}

const NSFS_MAGIC = 0x6e736673;

function isNamespace(file: string): boolean {
  try {
    return statfsSync(file).type === NSFS_MAGIC;
  } catch {
    return false;
  }
}

function removeNamespaces(dir: string): void {
  for (const kind of ['net', 'uts', 'ipc']) removeNamespace(`${dir}/${kind}`);
  rmSync(dir, { recursive: true, force: true });
}
