import { once } from 'node:events';
import type { ApiEndpoint } from '../client/connection.ts';
import { httpClient } from '../client/http.ts';
import { fromKubeconfig, inCluster } from '../client/kubeconfig.ts';
import { lineLog } from '../dns/log.ts';
import { serveDns } from '../dns/server/serve.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { endSignal } from './signal.ts';

/** Answers take less than a millisecond, and the metrics say how much less. */
const clock: Clock = { ...systemClock, now: () => performance.timeOrigin + performance.now() };

/** Serves until it is asked to end. */
export async function dnsCommand({ conf, kubeconfig }: { conf: string; kubeconfig?: string }): Promise<void> {
  const signal = endSignal();
  const clients = new Map<string, ReturnType<typeof httpClient>>();
  const own = () => (kubeconfig === undefined ? inCluster() : fromKubeconfig(kubeconfig));
  const clientOf = (endpoint?: ApiEndpoint) => {
    const key = JSON.stringify(endpoint ?? 'own');
    const client = clients.get(key) ?? httpClient(endpoint ?? own());
    clients.set(key, client);
    return client;
  };
  const log = lineLog((line) => process.stdout.write(line), {
    debug: process.env['SWITCHBOARD_LOG'] === 'debug',
  });
  const server = await serveDns({
    corefile: conf,
    client: clientOf,
    env: process.env,
    clock,
    log,
    random: Math.random,
    end() {
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  });
  // As people tell CoreDNS to take its Corefile anew.
  process.on('SIGUSR1', () => void server.reload());
  if (!signal.aborted) await once(signal, 'abort');
  // Who asks a second time does not want to wait.
  await Promise.race([server.lameduck(), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
  for (const client of clients.values()) client.close();
  process.exit();
}
