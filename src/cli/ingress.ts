/** Ingresses of any cluster, carried out by HAProxy. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { httpClient } from '../client/http.ts';
import { fromKubeconfig, inCluster } from '../client/kubeconfig.ts';
import { haproxy } from '../ingress/proxy.ts';
import { serveIngress } from '../ingress/serve.ts';
import { systemClock } from '../lib/clock.ts';
import { endSignal } from './signal.ts';

export interface IngressCommandOptions {
  kubeconfig?: string;
  publishService: string;
  directory: string;
}

/** Runs until it is asked to end, or the proxy does. */
export async function ingressCommand({ kubeconfig, publishService, directory }: IngressCommandOptions) {
  const signal = endSignal();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const client = httpClient(kubeconfig ? fromKubeconfig(kubeconfig) : inCluster());
  const clock = systemClock;
  const proxy = haproxy({
    directory,
    program: 'haproxy',
    clock,
    onExit(code) {
      process.stderr.write(`Cannot go on: haproxy ended with code ${code}\n`);
      process.exit(1);
    },
  });
  const everywhere = (port: number) => `0.0.0.0:${port},:::${port} v6only`;
  const bind = { http: everywhere(80), https: everywhere(443), health: everywhere(10254) };
  await serveIngress({
    ...{ client, proxy, publishService, clock, signal },
    place: { directory, bind },
    identity: hostname(),
  });
  if (!signal.aborted) await once(signal, 'abort');
  await proxy.stop();
  client.close();
  process.exit();
}
