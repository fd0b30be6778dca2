/** The kubelet's server, asked by the API server for logs and streams. */
import type { Pod } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import type { Kubelet } from '../kubelet/index.ts';
import { accessByReviews } from '../kubelet/streams/access/reviews.ts';
import { type KubeletServer, startKubeletServer } from '../kubelet/streams/server.ts';
import type { Clock } from '../lib/clock.ts';
import { connectIn } from '../lib/linux/sockets.ts';
import type { AgentConfig } from './config.ts';

const kubeletPort = 10250;

export function serveKubelet(
  config: AgentConfig,
  kubelet: Kubelet,
  client: Client,
  clock: Clock,
  signal: AbortSignal,
): Promise<KubeletServer> {
  /** On the pod's own loopback, as if something in the pod connected. */
  function openInPod({ metadata: { name, namespace = 'default' } }: Pod, port: number) {
    const network = kubelet.network(namespace, name);
    if (!network) throw new Error(`Cannot reach pod ${namespace}/${name}: it has no network yet`);
    return connectIn(network.netns, '127.0.0.1', port);
  }

  return startKubeletServer({
    port: kubeletPort,
    tls: { ...config.serving, clientCa: config.ca },
    nodeName: config.nodeName,
    pods: kubelet,
    runtime: kubelet.runtime,
    ...accessByReviews(client, config.nodeName),
    openInPod: async (pod, port) => openInPod(pod, port),
    clock,
    signal,
  });
}
