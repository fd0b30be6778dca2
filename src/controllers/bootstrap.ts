/**
 * The namespaces and priority classes that every cluster has. Made before anything else: the Leases of the control plane
 * live in one of them.
 */
import { isAlreadyExists } from '../api/errors.ts';
import { namespaces, priorityClasses } from '../api/resource.ts';
import { systemPriorityClasses } from '../api/scheduling/priorityclass/system.ts';
import type { Client } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Tries until the server answers. What is there already stays as it is. */
export async function bootstrap(client: Client, clock: Clock, signal: AbortSignal): Promise<void> {
  const make = async (name: string, create: () => Promise<unknown>) => {
    while (!signal.aborted && !(await isMade(name, create))) await clock.sleep(100, signal);
  };
  for (const name of systemNamespaces) await make(name, () => createNamespace(client, name));
  for (const priorityClass of systemPriorityClasses)
    await make(priorityClass.metadata.name, () => client.create(priorityClasses, priorityClass));
}

function createNamespace(client: Client, name: string): Promise<unknown> {
  // `name: kube-system` is what tutorials of NetworkPolicies select by.
  const labels = { 'kubernetes.io/metadata.name': name, ...(name === 'kube-system' && { name }) };
  return client.create(namespaces, { metadata: { name, labels } });
}

async function isMade(name: string, create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (err) {
    if (isAlreadyExists(err)) return true;
    logger('bootstrap').debug({ name, err: String(err) }, 'it cannot be made yet');
    return false;
  }
}
