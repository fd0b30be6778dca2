/** The kubelet's server, asked by the API server for logs and streams. */
import type { Client } from '../client/contract.ts';
import type { Identity } from '../client/identity.ts';
import type { Kubelet } from '../kubelet/index.ts';
import { accessByReviews } from '../kubelet/streams/access/reviews.ts';
import { podDialer } from '../kubelet/streams/portForward/dial.ts';
import { type KubeletServer, startKubeletServer } from '../kubelet/streams/server.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentConfig } from './config.ts';

const kubeletPort = 10250;

export const serveKubelet = (
  config: AgentConfig,
  identity: Identity,
  kubelet: Kubelet,
  client: Client,
  clock: Clock,
  signal: AbortSignal,
): Promise<KubeletServer> =>
  startKubeletServer({
    port: kubeletPort,
    tls: { ...identity, clientCa: config.ca },
    nodeName: config.nodeName,
    pods: kubelet,
    runtime: kubelet.runtime,
    ...accessByReviews(client, config.nodeName),
    openInPod: podDialer(kubelet),
    clock,
    signal,
  });
