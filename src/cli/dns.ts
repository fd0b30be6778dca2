import { once } from 'node:events';
import { httpClient } from '../client/http.ts';
import { fromKubeconfig, inCluster } from '../client/kubeconfig.ts';
import { serveDns } from '../dns/server/serve.ts';
import { systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { endSignal } from './signal.ts';

/** Serves until it is asked to end. */
export async function dnsCommand({ conf, kubeconfig }: { conf: string; kubeconfig?: string }): Promise<void> {
  const signal = endSignal();
  let client: ReturnType<typeof httpClient> | undefined;
  const server = await serveDns({
    corefile: conf,
    client: () =>
      (client ??= httpClient(kubeconfig === undefined ? inCluster() : fromKubeconfig(kubeconfig))),
    env: process.env,
    clock: systemClock,
    log: logger('dns'),
    random: Math.random,
    end() {
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  });
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
  client?.close();
  process.exit();
}
