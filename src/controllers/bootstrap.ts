/**
 * The namespaces that every cluster has. Made before anything else: the Leases of the control plane
 * live in one of them.
 */
import { isAlreadyExists } from '../api/errors.ts';
import { namespaces } from '../api/resource.ts';
import type { Client } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Tries until the server answers. What is there already stays as it is. */
export async function bootstrap(client: Client, clock: Clock, signal: AbortSignal): Promise<void> {
  for (const name of systemNamespaces) {
    while (!signal.aborted && !(await create(client, name))) await clock.sleep(100, signal);
  }
}

async function create(client: Client, name: string): Promise<boolean> {
  try {
    // `name: kube-system` is what tutorials of NetworkPolicies select by.
    const labels = { 'kubernetes.io/metadata.name': name, ...(name === 'kube-system' && { name }) };
    await client.create(namespaces, { metadata: { name, labels } });
    return true;
  } catch (err) {
    if (isAlreadyExists(err)) return true;
    logger('bootstrap').debug({ name, err: String(err) }, 'the namespace cannot be made yet');
    return false;
  }
}
