/** Into the pod's network: IPv4 first, then IPv6, as the container runtimes of Kubernetes do it. */
import type { Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import type { Pod } from '../../../api/types.ts';
import { connectIn } from '../../../lib/linux/sockets.ts';
import type { OpenInPod } from '../contract.ts';

/** `network` tells in which namespace the pod is; none for `hostNetwork`. `Kubelet` is one as it stands. */
export function podDialer(kubelet: {
  network(namespace: string, pod: string): { netns?: string } | undefined;
}): OpenInPod {
  return async ({ metadata: { name, namespace = '' } }: Pod, port): Promise<Socket> => {
    const network = kubelet.network(namespace, name);
    if (!network) throw new Error(`failed to find sandbox of pod ${name}`);
    try {
      return await connectIn(network.netns, '127.0.0.1', port);
    } catch (first) {
      try {
        return await connectIn(network.netns, '::1', port);
      } catch (second) {
        throw new Error(
          `failed to connect to localhost:${port} inside the pod's network namespace, IPv4: ${reason(first)} IPv6: ${reason(second)}`,
        );
      }
    }
  };
}

/** `connection refused`, as everybody knows it. */
function reason(err: unknown): string {
  const { errno, message } = err as NodeJS.ErrnoException;
  return errno === undefined ? message : `connect: ${getSystemErrorMessage(errno)}`;
}
