/**
 * The part of the table that does not depend on policies. It stands while the cluster has policies: without
 * any, a packet meets nothing of it.
 */
import { commandsFor, replaceTable } from '../nft/transaction.ts';

const tableName = 'inet switchboard-policy';
export const commands = commandsFor(tableName);

/** From a pod's link (its end on the node) to what the pod may send, and to what it may receive. */
export const senders = 'senders';
export const receivers = 'receivers';
/** Links as their own peers: nobody keeps a pod from itself, not even by way of a Service. */
export const loops = 'loops';

/**
 * Replaces the whole table, in one transaction with what is appended. `linkPrefix` is what the names of pods' links
 * begin with.
 *
 * Packets are judged where they are forwarded: after the Service's address became an endpoint's, before the
 * client's becomes the node's. What a node sends to its own pods and they to it is not forwarded, and free, as
 * Kubernetes has it. Every packet is judged, not only the first: so a new policy also ends connections.
 */
export function freshTable(linkPrefix: string): string[] {
  const rule = commands.addRule;
  return [
    ...replaceTable(tableName),
    commands.addMap(senders, 'type ifname : verdict;'),
    commands.addMap(receivers, 'type ifname : verdict;'),
    commands.addSet(loops, 'type ifname . ifname;'),
    commands.addChain('refuse'),
    rule('refuse', `iifname . oifname @${loops} return`),
    rule('refuse', 'drop'),
    // A link that nobody has said anything about yet is closed.
    commands.addChain('from-pod'),
    rule('from-pod', `iifname vmap @${senders}`),
    rule('from-pod', 'drop'),
    commands.addChain('to-pod'),
    rule('to-pod', `oifname vmap @${receivers}`),
    rule('to-pod', 'drop'),
    commands.addChain('forward', 'type filter hook forward priority 0;'),
    rule('forward', 'ct direction reply accept'),
    // ICMP errors about a connection.
    rule('forward', 'ct state related accept'),
    rule('forward', `iifname "${linkPrefix}*" jump from-pod`),
    rule('forward', `oifname "${linkPrefix}*" jump to-pod`),
  ];
}

/** In one transaction, whether it is there or not. */
export const noTable = (): string => [commands.addTable(), commands.deleteTable()].join('\n');
