/** Pods of a real cluster as places where this process may have sockets. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import type { Pod } from '../../src/api/types.ts';
import { eventually } from './eventually.ts';
import type { Kubectl } from './kubectl.ts';
import { answerTcp, answerUdp, type Listener } from './sockets.ts';

export interface Peer {
  name: string;
  node: string;
  ip: string;
  ip6: string;
  /** Its network namespace: the node's, for a pod on the host's network. */
  netns: string;
}

/** Pods that run, though perhaps they are not ready, in the order of their names here. */
export async function peers(kubectl: Kubectl, ...names: string[]): Promise<Peer[]> {
  const pods = await eventually(async () => {
    const { items } = await kubectl.json<{ items: Pod[] }>('get', 'pods');
    return names.map((name) =>
      running(
        items.find(({ metadata }) => metadata.name === name),
        name,
      ),
    );
  });
  return pods.map(peerOf);
}

function running(pod: Pod | undefined, name: string): Pod {
  assert.ok(pod?.status?.podIP, `${name} has an address`);
  assert.ok(
    pod.status.containerStatuses?.every(({ state }) => state?.running),
    `${name} runs`,
  );
  return pod;
}

function peerOf({ metadata, spec, status }: Pod): Peer {
  const [container] = status?.containerStatuses ?? [];
  const [ip = '', ip6 = ''] = (status?.podIPs ?? []).map((address) => address.ip);
  const pid = pidOf(container?.containerID ?? '');
  return { name: metadata.name, node: spec?.nodeName ?? '', ip, ip6, netns: `/proc/${pid}/ns/net` };
}

/** Of a process in a container, as the host counts. */
function pidOf(containerID: string): number {
  const cgroup = `/pods/${containerID.replace('crun://', '')}`;
  const file = globSync('/proc/[0-9]*/cgroup').find((candidate) => textOf(candidate).includes(cgroup));
  if (!file) throw new Error(`Cannot find a process of ${containerID}`);
  return Number(file.split('/')[2]);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

/** Each answers on these ports with its name and the address that it sees. */
export async function answering(
  of: readonly Peer[],
  { tcp = [], udp = [] }: { tcp?: readonly number[]; udp?: readonly number[] },
): Promise<Listener> {
  const listeners = await Promise.all(
    of.flatMap(({ name, netns }) => [
      ...tcp.map((port) => answerTcp(netns, port, name)),
      ...udp.map((port) => answerUdp(netns, port, name)),
    ]),
  );
  return { close: () => listeners.forEach((listener) => listener.close()) };
}
