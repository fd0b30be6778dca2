/** What the load is sent to and where it comes from: a Deployment as the tutorials write it, and clients inside and outside. */
import assert from 'node:assert/strict';
import type { Pod, Service } from '../../../src/api/types.ts';
import type { ClusterRecord } from '../../../src/cluster/record.ts';
import { readIfThere } from '../../../src/lib/files.ts';
import { familyOf, formatAddress, parseAddress } from '../../../src/lib/ip.ts';
import { addAddress } from '../../../src/lib/linux/netlink/addresses.ts';
import { findLink } from '../../../src/lib/linux/netlink/links.ts';
import { netlink } from '../../../src/lib/linux/netlink/socket.ts';
import type { TestCluster } from '../cluster.ts';
import { eventually } from '../eventually.ts';
import { processesOf } from '../leftovers.ts';
import { apply } from '../pods.ts';
import type { Path, Source } from './load.ts';

export const deploymentName = 'nginx-deployment';
const labels = { app: 'nginx' };

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#creating-a-deployment */
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: deploymentName, labels },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }] },
    },
  },
});

const service = (name: string, type: string, nodePort?: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type, selector: labels, ports: [{ port: 80, ...(nodePort && { nodePort }) }] },
});

const sleep = ['sleep', '86400'];

/** Clients on every node, which no drain takes away. */
const callers = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'callers' },
  spec: {
    selector: { matchLabels: { app: 'callers' } },
    template: {
      metadata: { labels: { app: 'callers' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'busybox', command: sleep }],
      },
    },
  },
};

const nodePort = 31880;
/** Clients outside: addresses of the LAN that no node has. */
const outsideClients = 6;
/** 172.30.13.1: far from the nodes, which are counted from the LAN's first address. */
const clientsFrom = 13n * 256n + 1n;

/** Resolves when all of it is there, with the three ways to reach it. */
export async function loadWorld(cluster: TestCluster, replicas: number): Promise<Path[]> {
  const { kubectl } = cluster;
  await apply(
    kubectl,
    deployment(replicas),
    service('by-cluster-ip', 'ClusterIP'),
    service('by-node-port', 'NodePort', nodePort),
    service('by-load-balancer', 'LoadBalancer'),
    callers,
  );
  await kubectl('rollout', 'status', 'daemonset/callers', '--timeout=60s');
  await kubectl('rollout', 'status', `deployment/${deploymentName}`, '--timeout=60s');
  const outside = clientsOnLan(cluster);
  const { spec } = await kubectl.json<Service>('get', 'service', 'by-cluster-ip');
  const loadBalancer = await eventually(async () => {
    const { status } = await kubectl.json<Service>('get', 'service', 'by-load-balancer');
    const address = status?.loadBalancer?.ingress?.[0]?.ip;
    assert.ok(address, 'the LoadBalancer has no address');
    return address;
  });
  return [
    {
      name: 'ClusterIP',
      sources: await callerPods(cluster),
      targets: [{ address: spec?.clusterIP ?? '', port: 80 }],
    },
    {
      name: 'NodePort',
      sources: outside,
      targets: nodeAddresses(cluster.record()).map((address) => ({ address, port: nodePort })),
    },
    { name: 'LoadBalancer', sources: outside, targets: [{ address: loadBalancer, port: 80 }] },
  ];
}

const nodeAddresses = ({ nodes }: ClusterRecord): string[] =>
  nodes.flatMap(({ addresses }) => addresses.find((address) => familyOf(address) === 4) ?? []);

/** Each in the namespace of its own process. */
async function callerPods(cluster: TestCluster): Promise<Source[]> {
  const { items } = await cluster.kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', 'app=callers');
  const sleepers = processesOf(cluster.name).filter(({ command }) => command === sleep.join(' '));
  return items.map(({ metadata, status }) => {
    const container = status?.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? '';
    const own = sleepers.find(({ pid }) => readIfThere(`/proc/${pid}/cgroup`).includes(container));
    assert.ok(own && container && status?.podIP, `there is no process of ${metadata.name}`);
    return { netns: `/proc/${own.pid}/ns/net`, address: status.podIP };
  });
}

/** They end with the LAN. */
function clientsOnLan({ lanNetns, record }: TestCluster): Source[] {
  const lanNumber = parseAddress(nodeAddresses(record())[0] ?? '').value & ~0xfffn;
  const addresses = Array.from({ length: outsideClients }, (_, n) =>
    formatAddress({ family: 4, value: lanNumber + clientsFrom + BigInt(n) }),
  );
  const lan = netlink(lanNetns);
  try {
    const link = findLink(lan, 'lan')?.index;
    assert.ok(link, 'the LAN has no bridge');
    lan.send(...addresses.map((address) => addAddress({ link, address, prefix: 32 })));
  } finally {
    lan.close();
  }
  return addresses.map((address) => ({ netns: lanNetns, address }));
}
