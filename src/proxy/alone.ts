/** What a proxy has to know before its first rule when nobody tells it: its Node, and the ranges of the cluster. */
import { internalIPs } from '../api/core/node/addresses.ts';
import { StatusError } from '../api/errors.ts';
import { nodes, serviceCIDRs } from '../api/resource.ts';
import type { Node } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { familyOf, hostRange } from '../lib/ip.ts';

const firstDelayMs = 250;
const longestDelayMs = 5_000;

export interface Patience {
  clock: Clock;
  signal: AbortSignal;
  /** Told why it has to wait, each time that the reason is another one. */
  tell: (reason: string) => void;
}

/** Asks until there is an answer; undefined when the signal comes first. */
export async function patiently<T>(
  ask: () => Promise<T>,
  { clock, signal, tell }: Patience,
): Promise<T | undefined> {
  const ended = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  let told = '';
  for (let delayMs = firstDelayMs; !signal.aborted; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      // A server that keeps silent holds nobody up who is asked to end.
      return await Promise.race([ask(), ended]);
    } catch (err) {
      const reason = err instanceof Error ? err.message : String(err);
      if (reason !== told) tell((told = reason));
      await clock.sleep(delayMs, signal);
    }
  }
  return undefined;
}

/** Rejects while the Node is not there, or does not say where its pods are although that is wanted. */
export async function ownNode(client: Client, name: string, wantsPodCIDRs: boolean): Promise<Node> {
  const node = await client.get(nodes, name).catch((err: unknown) => {
    if (!isAbsent(err)) throw err;
    throw new Error(`the API has no Node ${name}: it has another name perhaps; see --hostname-override`);
  });
  if (wantsPodCIDRs && !node.spec?.podCIDRs?.length)
    throw new Error(`the Node ${name} has no spec.podCIDRs yet; where nobody gives any, use --cluster-cidr`);
  return node;
}

/** The first InternalIP of each family, as ranges of one address. */
export function primaryAddresses(node: Node): string[] {
  const own = internalIPs(node);
  return [4, 6].flatMap((family) => own.find((address) => familyOf(address) === family) ?? []).map(hostRange);
}

/** The ranges of all ServiceCIDRs; undefined when this API server does not have them, or not for us. */
export async function rangesOfServices(client: Client): Promise<string[] | undefined> {
  try {
    const { items } = await client.list(serviceCIDRs);
    return items.flatMap(({ spec }) => spec?.cidrs ?? []);
  } catch (err) {
    if (isAbsent(err) || codeOf(err) === 403) return undefined;
    throw err;
  }
}

const codeOf = (err: unknown): number | undefined =>
  err instanceof StatusError ? err.status.code : undefined;

/** Of a kind that a server does not know it says so in plain text. */
const isAbsent = (err: unknown): boolean => codeOf(err) === 404;
