/**
 * What a pod sends to a host that is neither pod nor node comes from the pod's node: nobody out there has a route to
 * pods. https://kubernetes.io/docs/tutorials/services/source-ip/
 */
import { internalIPs } from '../api/core/node/addresses.ts';
import type { Node } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import { familyOf } from '../lib/ip.ts';
import { logger } from '../lib/log.ts';
import type { Nft } from '../nft/contract.ts';
import { commandsFor, replaceTable } from '../nft/transaction.ts';

const log = logger('outside');
const table = 'inet switchboard-network';

export interface OutsideOptions {
  nodes: Informer<Node>;
  /** Where pods have their addresses, on all nodes. */
  podCIDRs: readonly string[];
  nft: Nft;
  /** The link to the LAN. */
  link?: string;
}

export interface OutsideSync {
  /** The rules for all nodes that were known at the start are in the kernel. */
  synced: Promise<void>;
  /** The rules stay. */
  stop(): void;
}

/** The whole table: it has two rules, and is written again when a node comes, goes or has another address. */
export function outsideTable(nodeIPs: readonly string[], podCIDRs: readonly string[], link: string): string {
  const { addChain, addRule } = commandsFor(table);
  const rules = ([4, 6] as const).flatMap((family) => {
    const [pods, nodes] = [podCIDRs, nodeIPs].map((of) => of.filter((each) => familyOf(each) === family));
    if (!pods?.length) return [];
    const ip = family === 4 ? 'ip' : 'ip6';
    const inside = [pods, nodes]
      .filter((of) => of?.length)
      .map((of) => `${ip} daddr != { ${of?.join(', ')} }`);
    return `oifname "${link}" ${ip} saddr { ${pods.join(', ')} } ${inside.join(' ')} masquerade`;
  });
  return [
    ...replaceTable(table),
    addChain('postrouting', 'type nat hook postrouting priority 100;'),
    ...rules.map((rule) => addRule('postrouting', rule)),
  ].join('\n');
}

export function masqueradeOutside({ nodes, podCIDRs, nft, link = 'eth0' }: OutsideOptions): OutsideSync {
  let isStopped = false;
  let written: string | undefined;

  const write = async (): Promise<void> => {
    const text = outsideTable([...nodes.list()].flatMap(internalIPs).sort(), podCIDRs, link);
    if (isStopped || text === written) return;
    written = text;
    await nft.run(text).catch((err: unknown) => {
      written = undefined;
      log.error({ err: String(err) }, 'rules for what pods send outside could not be set');
    });
  };

  nodes.onChange(() => {
    if (nodes.hasSynced) void write();
  });
  return {
    synced: nodes.synced.then(write),
    stop() {
      isStopped = true;
    },
  };
}
